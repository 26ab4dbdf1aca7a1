# The mail of corp.example at Yandex.
resource "postmaster_mail_domain" "office" {
  domain  = "corp.example"
  service = "yandex"
}

resource "postmaster_dns_authorization" "office" {
  domain = "corp.example"
}

# A CNAME record that proves whose the domain is, MX, and SPF.
resource "postmaster_dns_records" "office" {
  dns_authorization_id = postmaster_dns_authorization.office.id
  records              = postmaster_mail_domain.office.dns_records
}

resource "postmaster_domain_verification" "office" {
  domain_id   = postmaster_mail_domain.office.id
  dns_records = postmaster_dns_records.office.published
}

variable "initial_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

# Yandex makes mailboxes once it has verified the domain: the verification's id is
# the domain's.
resource "postmaster_mail_user" "alice" {
  mail_domain_id = postmaster_domain_verification.office.id
  local_part     = "alice"
  first_name     = "Alice"

  password_wo         = var.initial_password
  password_wo_version = 1
}
