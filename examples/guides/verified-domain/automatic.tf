# Registers the domain with SendGrid, which says which DNS records it needs.
resource "postmaster_sender_domain" "example" {
  domain = "example.com"
  sendgrid = {
    subdomain = "em"
  }
}

# Finds the DNS host by the domain's name servers, once.
resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

# Publishes the records next to those of others.
resource "postmaster_dns_records" "sender" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_sender_domain.example.dns_records
}

# Has SendGrid verify the domain. The reference to published makes the verification
# wait for the records, and repeats it when they change.
resource "postmaster_domain_verification" "example" {
  domain_id   = postmaster_sender_domain.example.id
  dns_records = postmaster_dns_records.sender.published
}

# After that, asks receivers to put mail that fails SPF and DKIM into quarantine.
resource "postmaster_dns_records" "dmarc" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records = {
    dmarc = {
      name  = "_dmarc.example.com"
      type  = "TXT"
      value = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com"
    }
  }

  depends_on = [postmaster_domain_verification.example]
}

output "verified_at" {
  value = postmaster_domain_verification.example.verified_at
}
