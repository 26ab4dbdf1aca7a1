terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

# False until all mailboxes exist at the new service and all mail has been copied.
variable "switched" {
  type    = bool
  default = false
}

variable "initial_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

# Allows Terraform to delete the old domain with all its mail. Set it last.
variable "delete_old" {
  type    = bool
  default = false
}

# The same for the new domain. Only tests set it.
variable "delete_new" {
  type    = bool
  default = false
}

resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

# The old service: a mail server.
resource "postmaster_mail_domain" "old" {
  domain      = "example.com"
  service     = "mailserver"
  mx_hostname = "mail.example.com"

  first_account = {
    password_wo         = var.initial_password
    password_wo_version = 1
  }

  force_destroy = var.delete_old
}

resource "postmaster_dkim_key" "old" {
  mail_domain_id = postmaster_mail_domain.old.id
}

# The new service: Yandex. The domain, the proof of its ownership and the mailboxes
# come first. They change nothing for the mail that arrives.
resource "postmaster_mail_domain" "new" {
  domain        = "example.com"
  service       = "yandex"
  force_destroy = var.delete_new
}

resource "postmaster_dns_records" "proof" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = { for key, record in postmaster_mail_domain.new.dns_records : key => record if key == "ownership" }
}

resource "postmaster_mail_user" "alice" {
  mail_domain_id = postmaster_mail_domain.new.id
  local_part     = "alice"

  password_wo         = var.initial_password
  password_wo_version = 1
  force_destroy       = var.delete_new

  depends_on = [postmaster_dns_records.proof]
}

# SPF of both services, merged into one record: the old server may still send mail
# that is in its queue.
resource "postmaster_dns_records" "old_spf" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = { spf = postmaster_mail_domain.old.dns_records["spf"] }
}

resource "postmaster_dns_records" "new_spf" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = { spf = postmaster_mail_domain.new.dns_records["spf"] }

  # Written last, so that it shows the merged record.
  depends_on = [postmaster_dns_records.old_spf]
}

# The MX record of the service that receives the mail. Because this is one resource,
# the switch changes the record in place: there is always exactly one.
resource "postmaster_dns_records" "mx" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = { mx = var.switched ? postmaster_mail_domain.new.dns_records["mx"] : postmaster_mail_domain.old.dns_records["mx"] }

  depends_on = [postmaster_mail_user.alice]
}

resource "postmaster_domain_verification" "new" {
  count = var.switched ? 1 : 0

  domain_id   = postmaster_mail_domain.new.id
  dns_records = merge(postmaster_dns_records.proof.published, postmaster_dns_records.mx.published)
}

# Both services use the selector "mail", so the new key replaces the old one.
resource "postmaster_dkim_key" "new" {
  count = var.switched ? 1 : 0

  mail_domain_id   = postmaster_mail_domain.new.id
  replace_existing = true

  depends_on = [postmaster_domain_verification.new]
}

resource "postmaster_dns_records" "dkim" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = var.switched ? postmaster_dkim_key.new[0].dns_records : postmaster_dkim_key.old.dns_records
}

output "mx" {
  value = postmaster_dns_records.mx.published["mx"].value
}

output "spf" {
  value = postmaster_dns_records.new_spf.published["spf"].value
}
