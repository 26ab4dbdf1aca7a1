# Renews the certificate now, whenever you run
# terraform apply -invoke=action.postmaster_renew_certificate.mail
action "postmaster_renew_certificate" "mail" {
  config {
    hostname = "mail.example.com"
  }
}
