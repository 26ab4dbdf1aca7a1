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
