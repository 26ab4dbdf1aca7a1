import {
  to = postmaster_mail_user.alice
  id = "mailserver/alice@example.com"
}
