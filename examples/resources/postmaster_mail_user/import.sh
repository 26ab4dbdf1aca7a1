terraform import postmaster_mail_user.alice mailserver/alice@example.com
