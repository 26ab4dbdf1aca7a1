terraform import postmaster_mail_user.alice mailserver/alice@example.com
terraform import postmaster_mail_user.bob yandex/bob@team.example.com
