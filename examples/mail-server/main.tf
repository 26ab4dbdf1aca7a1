# The mail of a small firm: its domains, the mailboxes of its staff, a DKIM key for each domain, and the certificate of
# the mail server. mailboxes.csv lists the mailboxes: add a line for a new colleague. dns.tf publishes the DNS records.

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

  # The mail server creates a domain together with its first account. By default, this is postmaster@.
  first_account = {
    password_wo         = var.initial_password
    password_wo_version = 1
  }

  # This firm is an example, so destroy may delete its mail. Leave this line out if you need your mail.
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
