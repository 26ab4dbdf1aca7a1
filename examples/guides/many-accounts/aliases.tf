# A second mail server, which is a second configuration of the provider.
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
  ephemeral = true
}

resource "postmaster_mail_user" "front_desk" {
  provider = postmaster.branch

  mail_domain_id = "mailserver/branch.example"
  local_part     = "front-desk"
}
