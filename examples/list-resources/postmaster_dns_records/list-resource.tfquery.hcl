# The mail records of one domain, in sets such as mail-mx and mail-spf.
list "postmaster_dns_records" "example" {
  provider = postmaster

  config {
    dns_authorization_id = "cloudflare/example.com"
  }
}

# Those of one of several zones with the same name.
list "postmaster_dns_records" "one_of_several" {
  provider = postmaster

  config {
    dns_authorization_id = "route53/example.com#zone_id=Z0123456789ABCDEFGHIJ"
  }
}

# Those of all zones of an account.
list "postmaster_dns_records" "all" {
  provider = postmaster
  limit    = 2000

  config {
    host = "cloudflare"
  }
}
