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

  senders = data.postmaster_domain_check.senders

  # The policy in force is null if it could not be looked up, and empty if the domain is without DMARC.
  seen      = local.senders.dmarc_policy != null
  strength  = { none = 0, quarantine = 1, reject = 2 }
  published = lookup(local.strength, coalesce(local.senders.dmarc_policy, "missing"), 0)
  wanted    = local.strength[var.dmarc_policy]

  # What speaks against a stricter policy. Warnings, such as that the policy is still none, do not.
  obstacles = [for id in concat(local.senders.failed, local.senders.unknown) :
  "- ${id} (${local.senders.results[id].status}): ${local.senders.results[id].found}"]
}

# Looks in each plan whether mail of the domain would survive a stricter policy.
data "postmaster_domain_check" "senders" {
  domain    = local.domain
  selectors = local.selectors
  only      = ["spf_*", "dkim_*", "dmarc_*"]

  # If the SPF and DKIM records are in this configuration, look after they are written:
  # depends_on = [postmaster_dns_records.mail]
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
    # Without a look at the policy in force, nobody knows how large the step would be.
    precondition {
      condition     = local.wanted == 0 || local.seen
      error_message = "The DMARC policy does not become ${var.dmarc_policy}, because the policy in force could not be seen:\n${join("\n", local.obstacles)}"
    }
    # A policy that is in force already is neither refused nor lowered: somebody has to look.
    precondition {
      condition     = local.wanted <= local.published || !local.seen || local.senders.ok
      error_message = "The DMARC policy does not become ${var.dmarc_policy} while these checks fail or cannot look:\n${join("\n", local.obstacles)}"
    }
    precondition {
      condition     = local.wanted <= local.published + 1 || !local.seen
      error_message = "The DMARC policy becomes quarantine before it becomes reject."
    }
  }
}

# Warns in each plan, whatever the policy is.
check "senders" {
  assert {
    condition     = local.senders.ok
    error_message = join("\n", local.obstacles)
  }
}
