# With manual security, the records are TXT records and an MX record for the
# subdomain. Their keys are known only after apply.
resource "postmaster_sender_domain" "manual" {
  domain = "example.net"
  sendgrid = {
    subdomain          = "post"
    automatic_security = false
  }
}

resource "postmaster_dns_authorization" "manual" {
  domain = "example.net"
}

resource "postmaster_dns_records" "manual" {
  dns_authorization_id = postmaster_dns_authorization.manual.id
  records              = postmaster_sender_domain.manual.dns_records
}

resource "postmaster_domain_verification" "manual" {
  domain_id   = postmaster_sender_domain.manual.id
  dns_records = postmaster_dns_records.manual.published
}
