terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

# What there is. Data sources change nothing.
data "postmaster_mail_domains" "all" {
  service = "mailserver"
}

data "postmaster_mail_users" "all" {
  for_each       = { for d in data.postmaster_mail_domains.all.domains : d.domain => d.id if d.id != null }
  mail_domain_id = each.value
}

data "postmaster_sender_domains" "all" {
  service = "sendgrid"
}

variable "zones" {
  description = "The zones, each with its DNS host."
  type        = map(string)
  default = {
    "example.com" = "cloudflare"
    "example.org" = "namecheap"
  }
}

data "postmaster_zone_records" "all" {
  for_each             = var.zones
  dns_authorization_id = "${each.value}/${each.key}"
}

# The estate, as the next step reads it from a file.
output "estate" {
  value = {
    mail_domains = sort(keys(data.postmaster_mail_users.all))
    mailboxes    = merge([for d in data.postmaster_mail_users.all : { for u in d.users : u.email => d.mail_domain_id if u.id != null }]...)
    senders      = { for d in data.postmaster_sender_domains.all.domains : d.id => d.domain }
    zones        = var.zones
    records = merge([
      for zone, found in data.postmaster_zone_records.all : {
        for label, set in found.sets : "${zone}/${label}" => { zone = zone, import_id = set.import_id, records = set.records }
      }
    ]...)
  }
}
