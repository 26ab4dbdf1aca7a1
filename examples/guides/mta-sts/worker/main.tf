terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
    cloudflare = {
      source = "cloudflare/cloudflare"
    }
  }
}

provider "postmaster" {}

variable "account_id" {
  description = "The id of the account at Cloudflare."
  type        = string
}

variable "domains" {
  description = "The domains, each with the id of its zone at Cloudflare and the hosts of its MX records."
  type = map(object({
    zone_id = string
    mx      = list(string)
  }))
}

locals {
  mta_sts = { for domain, d in var.domains : domain => provider::postmaster::mta_sts({
    mode = "testing"
    mx   = d.mx
  }) }
}

# One worker answers for all domains.
resource "cloudflare_workers_script" "policies" {
  account_id         = var.account_id
  script_name        = "mta-sts"
  main_module        = "mta-sts.js"
  compatibility_date = "2026-01-01"

  content = <<-EOT
    const policies = ${jsonencode({ for domain, policy in local.mta_sts : "mta-sts.${domain}" => policy.policy })};

    export default {
      fetch(request) {
        const url = new URL(request.url);
        const policy = policies[url.hostname];
        if (!policy || url.pathname !== "/.well-known/mta-sts.txt") {
          return new Response("There is nothing here.", { status: 404 });
        }
        return new Response(policy, { headers: { "content-type": "text/plain" } });
      },
    };
  EOT
}

# This makes the record of mta-sts.DOMAIN and its certificate.
resource "cloudflare_workers_custom_domain" "policies" {
  for_each = var.domains

  account_id = var.account_id
  zone_id    = each.value.zone_id
  hostname   = "mta-sts.${each.key}"
  service    = cloudflare_workers_script.policies.script_name
}

resource "postmaster_dns_authorization" "domains" {
  for_each = var.domains

  domain       = each.key
  dns_provider = "cloudflare"
}

resource "postmaster_dns_records" "mta_sts" {
  for_each = postmaster_dns_authorization.domains

  dns_authorization_id = each.value.id

  records = {
    id = { name = "_mta-sts.${each.key}", type = "TXT", value = local.mta_sts[each.key].txt }
  }

  depends_on = [cloudflare_workers_custom_domain.policies]
}
