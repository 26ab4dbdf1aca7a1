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
  customers = toset(["example.com"])
}

module "customer" {
  source   = "../../../modules/sending-domain"
  for_each = local.customers

  domain = each.key
  sender = { sendgrid = {} }
  dmarc  = "v=DMARC1; p=none"
}

# A removed block takes a whole module, and not one instance. So the instance gets
# an address of its own first.
moved {
  from = module.customer["example.org"]
  to   = module.leaving
}

removed {
  from = module.leaving

  lifecycle {
    destroy = false
  }
}
