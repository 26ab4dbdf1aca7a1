import {
  to = postmaster_letsencrypt_cert.example
  id = "mailserver/mail.example.com"
}
