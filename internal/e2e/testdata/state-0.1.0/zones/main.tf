# What release 0.1.0 made beside records of others, at each of its DNS hosts.

provider "postmaster" {
  sandbox = {
    path = "sandbox.json"
    zones = {
      "customer.example" = "namecheap"
      "shop.example"     = "cloudflare"
    }
  }
  dns_accounts = {
    customer = { namecheap = { api_user = "customer", api_key = "not-used-in-the-sandbox" } }
  }
}

locals {
  zones = toset(["corp.example", "example.com", "example.net", "example.org"])
}

# The host is found.
resource "postmaster_dns_authorization" "zone" {
  for_each = local.zones
  domain   = each.key
}

# The account says which host it is.
resource "postmaster_dns_authorization" "customer" {
  domain  = "customer.example"
  account = "customer"
}

# Host and zone are given, in other spellings.
resource "postmaster_dns_authorization" "news" {
  domain       = "News.Example.com."
  dns_provider = "cloudflare"
  zone         = "example.com"
}

# Octeth has tried the credentials.
resource "postmaster_dns_authorization" "octeth" {
  domain = "shop.example"
  via    = "octeth"
}

# Merged into the SPF record of others, beside which there is a second source.
resource "postmaster_dns_records" "spf" {
  for_each             = local.zones
  dns_authorization_id = postmaster_dns_authorization.zone[each.key].id
  ttl                  = 3600
  records = {
    spf = { name = each.key, type = "TXT", value = "v=spf1 a:mail.example.com ip4:192.0.2.10 ~all" }
  }
}

resource "postmaster_dns_records" "spf_second" {
  for_each             = local.zones
  dns_authorization_id = postmaster_dns_authorization.zone[each.key].id
  wait_for_propagation = false
  records = {
    spf = { name = each.key, type = "TXT", value = "v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 ~all" }
  }
  depends_on = [postmaster_dns_records.spf]
}

# A name that had no SPF record.
resource "postmaster_dns_records" "spf_new" {
  for_each             = local.zones
  dns_authorization_id = postmaster_dns_authorization.zone[each.key].id
  wait_for_propagation = false
  records = {
    spf = { name = "bounce.${each.key}", type = "TXT", value = "v=spf1 ip4:192.0.2.20 -all" }
  }
}

# Mail moves here from another host.
resource "postmaster_dns_records" "mx" {
  for_each             = local.zones
  dns_authorization_id = postmaster_dns_authorization.zone[each.key].id
  replace_mx           = true
  wait_for_propagation = false
  records = {
    first  = { name = each.key, type = "MX", value = "mail.example.com", priority = 10 }
    second = { name = each.key, type = "mx", value = "Backup.Other.Example.", priority = 20 }
  }
}

# A policy and a key.
resource "postmaster_dns_records" "policy" {
  for_each             = local.zones
  dns_authorization_id = postmaster_dns_authorization.zone[each.key].id
  wait_for_propagation = false
  records = {
    dmarc = { name = "_dmarc.${each.key}", type = "TXT", value = "v=DMARC1; p=quarantine; rua=mailto:dmarc@${each.key}" }
    dkim  = { name = "mail._domainkey.${each.key}", type = "TXT", value = "v=DKIM1; k=rsa; p=${local.key}" }
  }
}

# Over records of others.
resource "postmaster_dns_records" "overwritten" {
  for_each             = local.zones
  dns_authorization_id = postmaster_dns_authorization.zone[each.key].id
  overwrite            = true
  wait_for_propagation = false
  records = {
    link  = { name = "link.${each.key}", type = "CNAME", value = "new.example.com" }
    agent = { name = "autoconfig.${each.key}", type = "CNAME", value = "mail.example.com" }
  }
}

# Records that were there before, word for word, and one beside another of its set.
resource "postmaster_dns_records" "adopted" {
  for_each             = local.zones
  dns_authorization_id = postmaster_dns_authorization.zone[each.key].id
  wait_for_propagation = false
  records = {
    there  = { name = "there.${each.key}", type = "TXT", value = "there before" }
    joined = { name = "joined.${each.key}", type = "TXT", value = "ours" }
    text   = { name = "long.${each.key}", type = "TXT", value = "v=proof; ${join("", [for n in range(40) : "0123456789"])}" }
  }
}

# Types, spellings and timeouts.
resource "postmaster_dns_records" "types" {
  dns_authorization_id = postmaster_dns_authorization.zone["corp.example"].id
  ttl                  = 600
  records = {
    a    = { name = "Host.Corp.Example.", type = "a", value = "192.0.2.30" }
    aaaa = { name = "host.corp.example", type = "AAAA", value = "2001:0db8:0::30" }
    idn  = { name = "bücher.corp.example", type = "CNAME", value = "Host.corp.example." }
    star = { name = "*.corp.example", type = "TXT", value = "anything else" }
    srv  = { name = "_submission._tcp.corp.example", type = "SRV", value = "0 1 587 host.corp.example." }
  }
  timeouts = {
    create = "1m"
    update = "1m"
  }
}

resource "postmaster_dns_records" "news" {
  dns_authorization_id = postmaster_dns_authorization.news.id
  records = {
    proof = { name = "proof.news.example.com", type = "TXT", value = "news" }
  }
}

resource "postmaster_dns_records" "customer" {
  dns_authorization_id = postmaster_dns_authorization.customer.id
  records = {
    site = { name = "www.customer.example", type = "CNAME", value = "customer.example" }
    spf  = { name = "customer.example", type = "TXT", value = "v=spf1 redirect=_spf.example.com" }
  }
}

# Made by others, and imported.
import {
  to = postmaster_dns_authorization.imported
  id = "namecheap/mail.example.org"
}

resource "postmaster_dns_authorization" "imported" {
  domain = "mail.example.org"
}

import {
  for_each = local.zones
  to       = postmaster_dns_records.imported[each.key]
  id       = "${local.hosts[each.key]}/${each.key}#${jsonencode(local.imported[each.key])}"
}

resource "postmaster_dns_records" "imported" {
  for_each             = local.zones
  dns_authorization_id = postmaster_dns_authorization.zone[each.key].id
  records              = local.imported[each.key]
}

locals {
  hosts = {
    "corp.example" = "rfc2136"
    "example.com"  = "cloudflare"
    "example.net"  = "godaddy"
    "example.org"  = "namecheap"
  }
  imported = {
    for zone in local.zones : zone => {
      text = { name = "imported.${zone}", type = "TXT", value = "made by hand", priority = null }
      spf  = { name = "imported.${zone}", type = "TXT", value = "v=spf1 ip4:192.0.2.40 -all", priority = null }
      mx   = { name = "imported.${zone}", type = "MX", value = "mail.example.com", priority = 5 }
    }
  }
  key = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5cxgMD11rPj2AkLeGlE62rtNc8pT0kgg+6ahxa9j9gO1Mn5QTsE+Xdq4HQTDs990SoKpCybTdnq+J33kHsm0pcTHH2amcCmrzfxLbBW2SZr/BokhNxaJc0qJBM68fqvl7/MMbZoTisrbKVQZq9YAq7TZC16/TKZzzH+cXFbMPm3ITdx6J0Az54YYmE0xI+NuO51n4Iu5WFA8rz7Jox6HSGjDcpBI2LAVz7T1A7N3TV/2fNhTutxGvi7UpcyBoD2CIQs8eLArCC5EBt5qj7THzCwHyu+7wUGxtguZPc6ctxkY6Mn9x16ptwlPU62QVOVpmDCcQugjltodAt29Oc63NwIDAQAB"
}
