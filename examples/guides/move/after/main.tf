terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

variable "initial_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

resource "postmaster_mail_domain" "new" {
  domain  = "example.com"
  service = "yandex"
}

resource "postmaster_dns_records" "proof" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = { for key, record in postmaster_mail_domain.new.dns_records : key => record if key == "ownership" }
}

resource "postmaster_mail_user" "alice" {
  mail_domain_id = postmaster_mail_domain.new.id
  local_part     = "alice"

  password_wo         = var.initial_password
  password_wo_version = 1

  depends_on = [postmaster_dns_records.proof]
}

resource "postmaster_dns_records" "new_spf" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = { spf = postmaster_mail_domain.new.dns_records["spf"] }
}

resource "postmaster_dns_records" "mx" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = { mx = postmaster_mail_domain.new.dns_records["mx"] }

  depends_on = [postmaster_mail_user.alice]
}

resource "postmaster_domain_verification" "new" {
  domain_id   = postmaster_mail_domain.new.id
  dns_records = merge(postmaster_dns_records.proof.published, postmaster_dns_records.mx.published)
}

resource "postmaster_dkim_key" "new" {
  mail_domain_id   = postmaster_mail_domain.new.id
  replace_existing = true

  depends_on = [postmaster_domain_verification.new]
}

resource "postmaster_dns_records" "dkim" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_dkim_key.new.dns_records
}
