terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

resource "postmaster_dns_records" "example" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  adopt_existing       = true

  records = merge(
    {
      mx  = { name = "example.com", type = "MX", value = "mail.example.com", priority = 10 }
      spf = { name = "example.com", type = "TXT", value = "v=spf1 a:mail.example.com ~all", priority = null }
    },
    { for name, target in {
      "em.example.com"                = "u123.wl.sendgrid.net"
      "s1._domainkey.example.com"     = "s1.domainkey.u123.wl.sendgrid.net"
      "s2._domainkey.example.com"     = "s2.domainkey.u123.wl.sendgrid.net"
      "autodiscover.mail.example.com" = "mail.example.com"
    } : name => { name = name, type = "CNAME", value = target, priority = null } },
  )
}
