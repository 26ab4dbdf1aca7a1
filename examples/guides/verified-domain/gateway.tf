# Transactional mail of a shop, sent by Octeth's email gateway. Octeth publishes the
# records itself, with the credentials of this authorization.
resource "postmaster_dns_authorization" "shop" {
  domain = "shop.example.com"
  via    = "octeth"
}

resource "postmaster_sender_domain" "shop" {
  domain = "shop.example.com"
  octeth = {
    record_type          = "email-gateway"
    dns_authorization_id = postmaster_dns_authorization.shop.id
  }
}

resource "postmaster_domain_verification" "shop" {
  domain_id   = postmaster_sender_domain.shop.id
  dns_records = postmaster_sender_domain.shop.dns_records
}
