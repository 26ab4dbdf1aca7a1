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

