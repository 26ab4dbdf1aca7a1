terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

variable "passwords" {
  description = "The first passwords of mailboxes, by address."
  type        = map(string)
  sensitive   = true
  ephemeral   = true
}

resource "postmaster_mail_domain" "example" {
  domain      = "example.com"
  service     = "mailserver"
  mx_hostname = "mail.example.com"

  first_account = {
    password_wo         = var.passwords["postmaster@example.com"]
    password_wo_version = 1
  }
}

locals {
  staff = {
    alice = "alice"
    bob   = "bob"
  }
}

resource "postmaster_mail_user" "staff" {
  for_each = local.staff

  mail_domain_id = postmaster_mail_domain.example.id
  local_part     = each.value

  password_wo         = var.passwords["${each.value}@example.com"]
  password_wo_version = 1
}
