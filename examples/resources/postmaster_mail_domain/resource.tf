variable "postmaster_password" {
  type      = string
  ephemeral = true
}

# At the mail server.
resource "postmaster_mail_domain" "example" {
  domain  = "example.com"
  service = "mailserver"

  # The mail server creates a domain together with this account:
  # postmaster@example.com.
  first_account = {
    password_wo         = var.postmaster_password
    password_wo_version = 1
  }

  # Adds the records mx and spf to dns_records.
  mx_hostname = "mail.example.com"
}

# At Yandex.Mail for Domain. dns_records also has the record that proves the ownership
# of the domain.
resource "postmaster_mail_domain" "team" {
  domain  = "team.example.com"
  service = "yandex"
}

resource "postmaster_dns_authorization" "example" {
  domain       = "example.com"
  dns_provider = "cloudflare"
}

resource "postmaster_dns_records" "team" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_mail_domain.team.dns_records
}

# Waits until Yandex has seen the proof and the MX record.
resource "postmaster_domain_verification" "team" {
  domain_id   = postmaster_mail_domain.team.id
  dns_records = postmaster_dns_records.team.published
}

# Another way to prove the ownership: a file in the root of the domain's web site.
output "proof" {
  value = {
    file    = postmaster_mail_domain.team.ownership.file_name
    content = postmaster_mail_domain.team.ownership.file_content
  }
}
