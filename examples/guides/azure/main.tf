terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# The application logs in with the token of the workflow that runs Terraform, so
# there is no secret to keep. In a GitHub workflow with `id-token: write`, the
# provider finds the token by itself.
provider "postmaster" {
  azure = {
    subscription_id = var.subscription_id
    tenant_id       = var.tenant_id
    client_id       = var.client_id
    use_oidc        = true
  }
}

variable "subscription_id" {
  description = "The subscription that has the DNS zone."
  type        = string
}

variable "tenant_id" {
  description = "The tenant of the application."
  type        = string
}

variable "client_id" {
  description = "The application, with the role DNS Zone Contributor on the zone."
  type        = string
}

# An authorization finds the zone in the subscription by its name.
resource "postmaster_dns_authorization" "example" {
  domain       = "example.com"
  dns_provider = "azure"
}

resource "postmaster_dns_records" "example" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records = {
    spf = {
      name  = "example.com"
      type  = "TXT"
      value = "v=spf1 include:spf.example.net ~all"
    }
    mx = {
      name     = "example.com"
      type     = "MX"
      value    = "mail.example.net"
      priority = 10
    }
  }
}
