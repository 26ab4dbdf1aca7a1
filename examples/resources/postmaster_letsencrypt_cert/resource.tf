resource "postmaster_letsencrypt_cert" "example" {
  hostname = "mail.example.com"

  # Looked at where other mail servers deliver to, by STARTTLS.
  endpoint = "smtp://mail.example.com:25"

  timeouts = {
    create = "5m"
  }
}

output "certificate_expires" {
  value = postmaster_letsencrypt_cert.example.not_after
}
