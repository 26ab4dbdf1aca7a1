# Receives the mail of corp.example at Yandex.
resource "postmaster_mail_domain" "office" {
  domain  = "corp.example"
  service = "yandex"
}

resource "postmaster_dns_authorization" "office" {
  domain = "corp.example"
}

# Publishes the CNAME record that proves the ownership of the domain.
resource "postmaster_dns_records" "proof" {
  dns_authorization_id = postmaster_dns_authorization.office.id
  records              = { for key, record in postmaster_mail_domain.office.dns_records : key => record if key == "ownership" }
}

variable "initial_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

# Yandex creates mailboxes only after it has seen that record. This resource waits for it.
resource "postmaster_mail_user" "alice" {
  mail_domain_id = postmaster_mail_domain.office.id
  local_part     = "alice"
  first_name     = "Alice"

  password_wo         = var.initial_password
  password_wo_version = 1

  depends_on = [postmaster_dns_records.proof]
}

# Publishes MX and SPF. Mail arrives from now on, so the mailboxes come first.
resource "postmaster_dns_records" "office" {
  dns_authorization_id = postmaster_dns_authorization.office.id
  records              = { for key, record in postmaster_mail_domain.office.dns_records : key => record if key != "ownership" }

  depends_on = [postmaster_mail_user.alice]
}

resource "postmaster_domain_verification" "office" {
  domain_id   = postmaster_mail_domain.office.id
  dns_records = merge(postmaster_dns_records.proof.published, postmaster_dns_records.office.published)
}
