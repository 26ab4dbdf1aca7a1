terraform {
  required_providers {
    cloudflare = {
      source = "cloudflare/cloudflare"
    }
  }
}

variable "zone_id" {
  type    = string
  default = "023e105f4ecef8ad9ca31a8372d0c353"
}

resource "cloudflare_dns_record" "mx" {
  zone_id  = var.zone_id
  name     = "example.com"
  type     = "MX"
  content  = "mail.example.com"
  priority = 10
  ttl      = 3600
}

resource "cloudflare_dns_record" "spf" {
  zone_id = var.zone_id
  name    = "example.com"
  type    = "TXT"
  content = "\"v=spf1 a:mail.example.com ~all\""
  ttl     = 3600
}

resource "cloudflare_dns_record" "sender" {
  for_each = {
    "em.example.com"                = "u123.wl.sendgrid.net"
    "s1._domainkey.example.com"     = "s1.domainkey.u123.wl.sendgrid.net"
    "s2._domainkey.example.com"     = "s2.domainkey.u123.wl.sendgrid.net"
    "autodiscover.mail.example.com" = "mail.example.com"
  }

  zone_id = var.zone_id
  name    = each.key
  type    = "CNAME"
  content = each.value
  ttl     = 3600
}
