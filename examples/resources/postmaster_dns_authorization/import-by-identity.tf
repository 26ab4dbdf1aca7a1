import {
  to = postmaster_dns_authorization.example
  identity = {
    host   = "cloudflare"
    domain = "example.com"
  }
}

# With an account of dns_accounts.
import {
  to = postmaster_dns_authorization.customer
  identity = {
    host    = "cloudflare"
    account = "customer"
    domain  = "shop.example"
  }
}

# With the host's id of the zone, as it is.
import {
  to = postmaster_dns_authorization.shop
  identity = {
    host    = "cloudflare"
    domain  = "shop.example"
    zone_id = "023e105f4ecef8ad9ca31a8372d0c353"
  }
}
