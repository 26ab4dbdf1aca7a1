import {
  to = postmaster_mail_domain.example
  identity = {
    service = "mailserver"
    domain  = "example.com"
  }
}
