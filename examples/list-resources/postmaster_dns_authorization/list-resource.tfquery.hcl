# The zones of an account. With services, the names show which mail services the
# zones use already, and each zone is read.
list "postmaster_dns_authorization" "all" {
  provider = postmaster
  limit    = 300

  config {
    host     = "cloudflare"
    services = true
  }
}

# The zones of a customer's account in dns_accounts.
list "postmaster_dns_authorization" "bakery" {
  provider = postmaster

  config {
    host    = "godaddy"
    account = "bakery"
  }
}
