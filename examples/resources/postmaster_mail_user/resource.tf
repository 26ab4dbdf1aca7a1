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

# Write-only: the password is in no state and no plan. Another version sets the
# password again.
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

# At Yandex.Mail for Domain. A password has 6 to 20 characters, and a mailbox can have
# a first and a last name. Yandex creates mailboxes only after it has seen the record
# that proves the ownership of the domain.
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
