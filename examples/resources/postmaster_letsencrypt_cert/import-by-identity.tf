import {
  to = postmaster_letsencrypt_cert.example
  identity = {
    service  = "mailserver"
    hostname = "mail.example.com"
  }
}
