# At SendGrid, with automatic security, which needs three CNAME records.
resource "postmaster_sender_domain" "example" {
  domain = "example.com"

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

# A domain of the account itself. Two of its subusers may send with it too.
resource "postmaster_sender_domain" "shared" {
  domain = "shared.example.com"

  sendgrid = {
    subusers = ["newsletter", "shop"]
  }
}

# A subuser's own domain. If the account has a domain of the same name, each needs a
# DKIM selector of its own. Otherwise both would publish their keys at the same names.
resource "postmaster_sender_domain" "subuser" {
  domain = "example.com"

  sendgrid = {
    username             = "newsletter"
    custom_dkim_selector = "new"
  }
}

# At Octeth, for campaigns. If the subdomain changes, Octeth generates other records.
# The same apply publishes and verifies them.
resource "postmaster_sender_domain" "newsletter" {
  domain = "news.example.com"

  octeth = {
    record_type = "campaign"
    subdomain   = "em"
  }
}

resource "postmaster_dns_records" "newsletter" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_sender_domain.newsletter.dns_records
}

resource "postmaster_domain_verification" "newsletter" {
  domain_id   = postmaster_sender_domain.newsletter.id
  dns_records = postmaster_dns_records.newsletter.published
}

# At Octeth's email gateway. Octeth publishes the records by itself.
resource "postmaster_sender_domain" "shop" {
  domain = "shop.example.com"

  octeth = {
    record_type          = "email-gateway"
    dns_authorization_id = postmaster_dns_authorization.example.id
  }
}

resource "postmaster_domain_verification" "shop" {
  domain_id   = postmaster_sender_domain.shop.id
  dns_records = postmaster_sender_domain.shop.dns_records
}
