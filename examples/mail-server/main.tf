# The mail of a small firm: its domains, the mailboxes of its staff, a DKIM key for each domain, and the certificate of
# the mail server. Who has a mailbox is in mailboxes.csv; a new colleague is a new line there. The records that all of it
# needs in the DNS are in dns.tf.

provider "postmaster" {
  sandbox = var.sandbox ? {} : null
}

locals {
  mailboxes = {
    for row in csvdecode(file("${path.module}/mailboxes.csv")) :
    "${row.local_part}@${row.domain}" => row
  }
  domains = toset(values(local.mailboxes)[*].domain)
}

resource "postmaster_mail_domain" "firm" {
  for_each = local.domains

  service     = "mailserver"
  domain      = each.key
  mx_hostname = var.mail_host

  # The mail server creates a domain together with its first account, postmaster@ unless another local part is given.
  first_account = {
    password_wo         = var.initial_password
    password_wo_version = 1
  }

  # This firm is an example: its mail may go with it. Leave this out where somebody would miss theirs.
  force_destroy = true
}

resource "postmaster_mail_user" "staff" {
  for_each = local.mailboxes

  mail_domain_id      = postmaster_mail_domain.firm[each.value.domain].id
  local_part          = each.value.local_part
  password_wo         = var.initial_password
  password_wo_version = 1
  force_destroy       = true
}

resource "postmaster_dkim_key" "firm" {
  for_each = postmaster_mail_domain.firm

  mail_domain_id = each.value.id
}

resource "postmaster_letsencrypt_cert" "mail" {
  hostname = var.mail_host
}
