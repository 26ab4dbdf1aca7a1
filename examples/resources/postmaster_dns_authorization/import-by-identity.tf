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
