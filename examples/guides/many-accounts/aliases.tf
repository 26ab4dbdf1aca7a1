# A second mail server needs a second configuration of the provider.
provider "postmaster" {
  alias = "branch"

  mailserver = {
    url      = "https://mail.branch.example"
    username = "admin"
    password = var.branch_password
  }
}

variable "branch_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "initial_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "postmaster_mail_user" "front_desk" {
  provider = postmaster.branch

  mail_domain_id = "mailserver/branch.example"
  local_part     = "front-desk"

  password_wo         = var.initial_password
  password_wo_version = 1
}
