import {
  to = postmaster_mail_domain_export.example
  identity = {
    service = "mailserver"
    domain  = "example.com"
    time    = "2026-01-31T02:00:00Z"
  }
}
