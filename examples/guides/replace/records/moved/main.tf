terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
    # Stays until the removed blocks were applied.
    cloudflare = {
      source = "cloudflare/cloudflare"
    }
  }
}

provider "postmaster" {}

# Forgets the old resources, with all their instances, and leaves the records.
removed {
  from = cloudflare_dns_record.mx

  lifecycle {
    destroy = false
  }
}

removed {
  from = cloudflare_dns_record.spf

  lifecycle {
    destroy = false
  }
}

removed {
  from = cloudflare_dns_record.sender

  lifecycle {
    destroy = false
  }
}

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
