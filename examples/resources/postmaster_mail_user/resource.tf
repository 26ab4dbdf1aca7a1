variable "alice_password" {
  type      = string
  ephemeral = true
}

resource "postmaster_mail_domain" "example" {
  domain  = "example.com"
  service = "mailserver"

  first_account = {
    password_wo         = var.alice_password
    password_wo_version = 1
  }
}

# Write-only: the password is in no state and no plan. A higher version sets it
# anew.
resource "postmaster_mail_user" "alice" {
  mail_domain_id = postmaster_mail_domain.example.id
  local_part     = "alice"

  password_wo         = var.alice_password
  password_wo_version = 1
}

variable "bob_password" {
  type      = string
  ephemeral = true
}

# At Yandex.Mail for Domain: a password has 6 to 20 characters, and a mailbox has a
# name. None is made before the domain is verified, so it is the verification that
# gives the domain's id.
resource "postmaster_mail_user" "bob" {
  mail_domain_id = postmaster_domain_verification.team.id
  local_part     = "bob"

  password_wo         = var.bob_password
  password_wo_version = 1

  first_name = "Bob"
  last_name  = "Roe"
}

resource "postmaster_mail_domain" "team" {
  domain  = "team.example.com"
  service = "yandex"
}

resource "postmaster_dns_records" "team" {
  dns_authorization_id = "cloudflare/example.com"
  records              = postmaster_mail_domain.team.dns_records
}

resource "postmaster_domain_verification" "team" {
  domain_id   = postmaster_mail_domain.team.id
  dns_records = postmaster_dns_records.team.published
}
