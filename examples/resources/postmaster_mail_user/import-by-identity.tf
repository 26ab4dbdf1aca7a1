import {
  to = postmaster_mail_user.alice
  identity = {
    service = "mailserver"
    email   = "alice@example.com"
  }
}
