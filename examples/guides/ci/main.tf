terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# All credentials come from environment variables, for the plan and for the apply.
provider "postmaster" {}

variable "domain" {
  type    = string
  default = "example.com"
}

# Set by the environment variable TF_VAR_initial_password.
variable "initial_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "force_destroy" {
  description = "Whether Terraform may delete the domain with all its mail. Tests set it, so that they leave nothing behind."
  type        = bool
  default     = false
}

resource "postmaster_mail_domain" "this" {
  domain      = var.domain
  service     = "mailserver"
  mx_hostname = "mail.example.com"

  first_account = {
    password_wo         = var.initial_password
    password_wo_version = 1
  }

  force_destroy = var.force_destroy
}

resource "postmaster_dns_authorization" "this" {
  domain = var.domain
}

resource "postmaster_dns_records" "mail" {
  dns_authorization_id = postmaster_dns_authorization.this.id
  records              = postmaster_mail_domain.this.dns_records
}

output "spf" {
  value = postmaster_dns_records.mail.published["spf"].value
}
