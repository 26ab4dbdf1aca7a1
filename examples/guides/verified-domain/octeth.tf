# The newsletters of example.org. Octeth's records are known only after apply.
resource "postmaster_sender_domain" "newsletter" {
  domain = "example.org"
  octeth = {
    record_type = "campaign"
    subdomain   = "news"
  }
}

resource "postmaster_dns_authorization" "newsletter" {
  domain = "example.org"
}

resource "postmaster_dns_records" "newsletter" {
  dns_authorization_id = postmaster_dns_authorization.newsletter.id
  records              = postmaster_sender_domain.newsletter.dns_records
}

resource "postmaster_domain_verification" "newsletter" {
  domain_id   = postmaster_sender_domain.newsletter.id
  dns_records = postmaster_dns_records.newsletter.published
}
