terraform import postmaster_mail_domain.example mailserver/example.com
terraform import postmaster_mail_domain.team yandex/team.example.com
