# At SendGrid. {} takes its defaults: automatic security, three CNAME records.
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

# A domain of the account itself, with which two of its subusers may send too.
resource "postmaster_sender_domain" "shared" {
  domain = "shared.example.com"

  sendgrid = {
    subusers = ["newsletter", "shop"]
  }
}

# A subuser's own domain. Where the account has one of the same name, each needs a
# DKIM selector of its own: both would publish their keys at the same names otherwise.
resource "postmaster_sender_domain" "subuser" {
  domain = "example.com"

  sendgrid = {
    username             = "newsletter"
    custom_dkim_selector = "new"
  }
}

# At Octeth, for campaigns. A change of the subdomain has Octeth draw up other
# records: they are published and verified in the same apply.
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

# At Octeth's email gateway, whose records Octeth publishes by itself.
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
