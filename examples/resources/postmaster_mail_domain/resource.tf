variable "postmaster_password" {
  type      = string
  ephemeral = true
}

resource "postmaster_mail_domain" "example" {
  domain  = "example.com"
  service = "mailserver"

  # The mail server creates a domain together with this account:
  # postmaster@example.com.
  first_account = {
    password_wo         = var.postmaster_password
    password_wo_version = 1
  }

  # Gives dns_records.mx and dns_records.spf.
  mx_hostname = "mail.example.com"
}
