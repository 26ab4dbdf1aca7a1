terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

# Begin with none, and read the reports for some weeks. Then quarantine, and then reject.
variable "dmarc_policy" {
  type    = string
  default = "none"

  validation {
    condition     = contains(["none", "quarantine", "reject"], var.dmarc_policy)
    error_message = "The policy is none, quarantine or reject."
  }
}

locals {
  domain    = "example.com"
  selectors = ["mail"] # by which the domain's mail is signed

  strength  = { none = 0, quarantine = 1, reject = 2 }
  published = lookup(local.strength, coalesce(data.postmaster_domain_check.senders.dmarc_policy, "missing"), -1)
  wanted    = local.strength[var.dmarc_policy]
}

# Looks in each plan whether mail of the domain would survive a stricter policy.
data "postmaster_domain_check" "senders" {
  domain    = local.domain
  selectors = local.selectors
  only      = ["spf_*", "dkim_*", "dmarc_*"]
}

resource "postmaster_dns_authorization" "example" {
  domain = local.domain
}

resource "postmaster_dns_records" "dmarc" {
  dns_authorization_id = postmaster_dns_authorization.example.id

  records = {
    dmarc = {
      name = "_dmarc.${local.domain}"
      type = "TXT"
      value = provider::postmaster::dmarc({
        p   = var.dmarc_policy
        rua = "mailto:dmarc@${local.domain}"
      })
    }
  }

  lifecycle {
    # A policy that is in force already is neither refused nor lowered: somebody has to look.
    precondition {
      condition     = local.wanted <= max(local.published, 0) || data.postmaster_domain_check.senders.ok
      error_message = "The DMARC policy does not become ${var.dmarc_policy} while checks fail:\n${join("\n", data.postmaster_domain_check.senders.reasons)}"
    }
    precondition {
      condition     = local.wanted <= max(local.published, 0) + 1
      error_message = "The DMARC policy becomes quarantine before it becomes reject."
    }
  }
}

# Warns in each plan, whatever the policy is.
check "senders" {
  assert {
    condition     = data.postmaster_domain_check.senders.ok
    error_message = join("\n", data.postmaster_domain_check.senders.reasons)
  }
}
