terraform import postmaster_dkim_key.example mailserver/example.com
terraform import postmaster_dkim_key.team yandex/team.example.com
