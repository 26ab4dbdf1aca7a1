terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# The credentials are application default credentials: those of gcloud on a
# workstation, of a service account on a machine of Google's, or of workload
# identity federation in CI.
provider "postmaster" {
  google = {
    project                     = "example-dns"
    impersonate_service_account = "postmaster@example-dns.iam.gserviceaccount.com"
  }
  # The zones of a customer, with the key of a service account of theirs.
  dns_accounts = {
    bakery = { google = { credentials = var.bakery_key } }
  }
}

variable "bakery_key" {
  description = "The content of the key's file, as JSON."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "postmaster_dns_authorization" "shop" {
  domain = "shop.example"
}

resource "postmaster_dns_authorization" "bakery" {
  domain  = "bakery.example"
  account = "bakery"
}

resource "postmaster_dns_records" "shop" {
  dns_authorization_id = postmaster_dns_authorization.shop.id
  records = {
    spf = { name = "shop.example", type = "TXT", value = "v=spf1 include:_spf.mailer.example ~all" }
  }
}
