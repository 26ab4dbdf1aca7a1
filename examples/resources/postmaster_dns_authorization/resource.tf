# The host is found by the domain's name servers, once.
resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

# A domain of a customer, with credentials of the provider's dns_accounts. That
# account says which host it is.
resource "postmaster_dns_authorization" "customer" {
  domain  = "shop.example"
  account = "customer"
}

# A subdomain that is to be published in the zone above it, although the account
# has a zone for it too.
resource "postmaster_dns_authorization" "news" {
  domain       = "news.example.com"
  dns_provider = "cloudflare"
  zone         = "example.com"
}

# Octeth is to publish by itself here: it finds the host and tries the
# credentials, so that a refusal shows before anything is published.
resource "postmaster_dns_authorization" "octeth" {
  domain = "example.org"
  via    = "octeth"
}
