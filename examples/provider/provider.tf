terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# Configure only the services that you use. Credentials may also come from
# environment variables, such as SENDGRID_API_KEY and CLOUDFLARE_API_TOKEN.
provider "postmaster" {
  sendgrid = {
    api_key = var.sendgrid_api_key
  }
  cloudflare = {
    api_token = var.cloudflare_api_token
  }
}

# Ephemeral variables are in no state and in no saved plan.
variable "sendgrid_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "cloudflare_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

# Registers the domain with SendGrid, which says which DNS records it needs.
resource "postmaster_sender_domain" "example" {
  domain   = "example.com"
  sendgrid = {}
}

# Finds the DNS host by the domain's name servers.
resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

# Publishes the records next to those of others.
resource "postmaster_dns_records" "example" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_sender_domain.example.dns_records
}

# Waits until SendGrid has verified the domain.
resource "postmaster_domain_verification" "example" {
  domain_id   = postmaster_sender_domain.example.id
  dns_records = postmaster_dns_records.example.published
}
