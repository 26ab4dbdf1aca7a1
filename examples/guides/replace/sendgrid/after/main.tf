terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

resource "postmaster_sender_domain" "example" {
  domain   = "example.com"
  sendgrid = {}
}
