resource "postmaster_sender_domain" "example" {
  domain = "example.com"

  # {} takes SendGrid's defaults: automatic security, three CNAME records.
  sendgrid = {
    subdomain = "em"
  }
}

resource "postmaster_dns_authorization" "example" {
  domain       = "example.com"
  dns_provider = "cloudflare"
}

resource "postmaster_dns_records" "example" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_sender_domain.example.dns_records
}

resource "postmaster_domain_verification" "example" {
  domain_id   = postmaster_sender_domain.example.id
  dns_records = postmaster_dns_records.example.published
}
