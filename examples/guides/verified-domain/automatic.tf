# SendGrid learns of the domain, and says which records it wants.
resource "postmaster_sender_domain" "example" {
  domain = "example.com"
  sendgrid = {
    subdomain = "em"
  }
}

# The domain's DNS host is found by its name servers, once.
resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

# The records are published beside those of others.
resource "postmaster_dns_records" "sender" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_sender_domain.example.dns_records
}

# SendGrid looks at them. The reference to published has it wait for them, and
# look again whenever they change.
resource "postmaster_domain_verification" "example" {
  domain_id   = postmaster_sender_domain.example.id
  dns_records = postmaster_dns_records.sender.published
}

# Only then does the domain ask receivers to refuse what is not signed.
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
