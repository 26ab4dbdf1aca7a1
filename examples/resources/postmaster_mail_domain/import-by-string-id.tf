import {
  to = postmaster_mail_domain.example
  id = "mailserver/example.com"
}
