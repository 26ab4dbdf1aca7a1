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
  domain = "example.com"
  server = "mail.example.com"

  mta_sts = provider::postmaster::mta_sts({
    mode = "testing"
    mx   = [local.server]
  })
}

resource "postmaster_dns_authorization" "example" {
  domain = local.domain
}

resource "postmaster_dns_records" "policies" {
  dns_authorization_id = postmaster_dns_authorization.example.id

  records = merge(
    { for name, text in {
      (local.domain) = provider::postmaster::spf({
        mechanisms = ["a:${local.server}"]
      })
      "_dmarc.${local.domain}" = provider::postmaster::dmarc({
        p   = "none"
        rua = "mailto:dmarc@${local.domain}"
      })
      "_mta-sts.${local.domain}"      = local.mta_sts.txt
      "_smtp._tls.${local.domain}"    = provider::postmaster::tls_rpt("mailto:tls-reports@${local.domain}")
      "default._bimi.${local.domain}" = provider::postmaster::bimi({ l = "https://www.${local.domain}/logo.svg" })
    } : name => { name = name, type = "TXT", value = text, priority = null } },

    provider::postmaster::caa(local.domain, {
      issue     = ["letsencrypt.org"]
      issuewild = []
    }),

    provider::postmaster::mail_srv(local.domain, {
      imaps       = local.server
      submissions = local.server
    }),

    { autodiscover = provider::postmaster::autodiscover(local.domain, local.server) },
  )
}

# To be served at https://mta-sts.example.com/.well-known/mta-sts.txt:
# see the guide on MTA-STS
output "mta_sts_policy" {
  value = local.mta_sts.policy
}

output "values" {
  value = { for key, r in postmaster_dns_records.policies.published : key => r.value }
}
