terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# An ephemeral variable is in no state and in no saved plan. Other variables,
# also sensitive ones, are in the saved plan.
variable "mailserver_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "initial_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "certificate_file" {
  type = string
}

variable "key_file" {
  type = string
}

provider "postmaster" {
  mailserver = {
    url      = "https://mail.example.com"
    username = "admin"
    password = var.mailserver_password
  }
}

resource "postmaster_mail_user" "alice" {
  mail_domain_id = "mailserver/example.com"
  local_part     = "alice"

  password_wo         = var.initial_password
  password_wo_version = 1 # another number sets the password again
}

resource "postmaster_tls_certificate" "mail" {
  hostname        = "mail.example.com"
  certificate_pem = file(var.certificate_file)

  private_key_pem_wo         = file(var.key_file)
  private_key_pem_wo_version = 1
}
