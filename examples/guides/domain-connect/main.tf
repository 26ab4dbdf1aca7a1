terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

locals {
  domain   = "example.com"
  template = file("${path.module}/mail.example.net.mail.json")
}

resource "postmaster_dns_authorization" "example" {
  domain = local.domain
}

# Mailboxes of the domain itself, and mail programs that find them.
resource "postmaster_dns_records" "mail" {
  dns_authorization_id = postmaster_dns_authorization.example.id

  records = provider::postmaster::domain_connect(
    local.template, local.domain, "",
    {
      selector = "s1"
      account  = "u1234"
      code     = "5f3759df"
    },
    "mailbox", "sending", "verification", "clients",
  )
}

# A newsletter with the domain news.example.com, which gets no mail.
resource "postmaster_dns_records" "newsletter" {
  dns_authorization_id = postmaster_dns_authorization.example.id

  records = provider::postmaster::domain_connect(
    local.template, local.domain, "news",
    {
      selector = "s2"
      account  = "u1234"
    },
    "sending",
  )
}

output "published" {
  value = {
    for key, r in merge(postmaster_dns_records.mail.published, postmaster_dns_records.newsletter.published) :
    key => "${r.name} ${r.type} ${r.value}"
  }
}
