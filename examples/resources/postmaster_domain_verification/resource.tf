# Waits until SendGrid has verified the domain.
resource "postmaster_domain_verification" "example" {
  domain_id   = "sendgrid/45373692"
  dns_records = postmaster_dns_records.example.published

  # A failed verification is a warning and does not stop the apply.
  required = false

  timeouts = {
    create = "15m"
  }
}

resource "postmaster_dns_records" "example" {
  dns_authorization_id = "cloudflare/example.com"
  records = {
    mail_cname = {
      name  = "em.example.com"
      type  = "CNAME"
      value = "u123.wl123.sendgrid.net"
    }
  }
}
