terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
    # Stays until the move was applied: Terraform reads the old state with it.
    sendgrid = {
      source = "kenzo0107/sendgrid"
    }
  }
}

# The API key comes from SENDGRID_API_KEY, for both providers.
provider "postmaster" {}

moved {
  from = sendgrid_sender_authentication.example
  to   = postmaster_sender_domain.example
}

resource "postmaster_sender_domain" "example" {
  domain   = "example.com"
  sendgrid = {} # keeps all settings as they are
}
