# Finds the DNS host by the domain's name servers, once.
resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

# A customer's domain, with credentials from dns_accounts of the provider block. The
# account tells the DNS host.
resource "postmaster_dns_authorization" "customer" {
  domain  = "shop.example"
  account = "customer"
}

# Publishes records of a subdomain in the zone above it, although the account has
# a zone for the subdomain too.
resource "postmaster_dns_authorization" "news" {
  domain       = "news.example.com"
  dns_provider = "cloudflare"
  zone         = "example.com"
}

# The account has several zones called shop.example, or the credentials may not list zones.
resource "postmaster_dns_authorization" "shop" {
  domain       = "shop.example"
  dns_provider = "cloudflare"
  zone_id      = "023e105f4ecef8ad9ca31a8372d0c353"
}

# For domains whose records Octeth publishes by itself. Octeth finds the DNS host
# and tries the credentials, so you see a refusal before anything is published.
resource "postmaster_dns_authorization" "octeth" {
  domain = "example.org"
  via    = "octeth"
}
