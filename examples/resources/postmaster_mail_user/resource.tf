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
# name. None is made before Yandex has seen the record that proves whose the domain is.
resource "postmaster_mail_user" "bob" {
  mail_domain_id = postmaster_mail_domain.team.id
  local_part     = "bob"

  password_wo         = var.bob_password
  password_wo_version = 1

  first_name = "Bob"
  last_name  = "Roe"

  depends_on = [postmaster_dns_records.proof]
}

resource "postmaster_mail_domain" "team" {
  domain  = "team.example.com"
  service = "yandex"
}

resource "postmaster_dns_records" "proof" {
  dns_authorization_id = "cloudflare/example.com"
  records              = { for key, record in postmaster_mail_domain.team.dns_records : key => record if key == "ownership" }
}
