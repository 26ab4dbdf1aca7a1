import {
  to = postmaster_dns_authorization.example
  id = "cloudflare/example.com"
}
