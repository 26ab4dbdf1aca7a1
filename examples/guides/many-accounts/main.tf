terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

variable "bakery_token" {
  type      = string
  ephemeral = true
}

variable "garage_key" {
  type = object({
    key    = string
    secret = string
  })
  ephemeral = true
}

# One provider block for all. SendGrid's API key and the credentials of the firm's
# own zones come from environment variables.
provider "postmaster" {
  dns_accounts = {
    bakery = { cloudflare = { api_token = var.bakery_token } }
    garage = { godaddy = { api_key = var.garage_key.key, api_secret = var.garage_key.secret } }
  }
}
