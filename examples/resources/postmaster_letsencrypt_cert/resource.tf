resource "postmaster_letsencrypt_cert" "example" {
  hostname = "mail.example.com"

  # Checks the certificate at the port for other mail servers, with STARTTLS.
  endpoint = "smtp://mail.example.com:25"

  timeouts = {
    create = "5m"
  }
}

output "certificate_expires" {
  value = postmaster_letsencrypt_cert.example.not_after
}
