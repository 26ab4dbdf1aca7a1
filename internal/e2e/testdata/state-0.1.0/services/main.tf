# What release 0.1.0 made at mail services and senders.

provider "postmaster" {
  sandbox = { path = "sandbox.json" }
  octeth  = { api_version = "5.9.4" }
}

# An installation of Octeth that registers no domains for campaigns.
provider "postmaster" {
  alias   = "old_octeth"
  sandbox = { path = "sandbox.json" }
  octeth  = { api_version = "5.6" }
}

# Domains at the mail server: with a first account whose password is in no state, with one whose password is, and
# imported.
resource "postmaster_mail_domain" "company" {
  service       = "mailserver"
  domain        = "Corp.Example."
  mx_hostname   = "Mail.example.com"
  force_destroy = true
  first_account = {
    local_part          = "chief"
    password_wo         = "correct horse"
    password_wo_version = 3
  }
}

resource "postmaster_mail_domain" "plain" {
  service       = "mailserver"
  domain        = "plain.corp.example"
  force_destroy = true
  first_account = {
    password = "battery staple"
  }
}

import {
  to = postmaster_mail_domain.imported
  id = "mailserver/imported.corp.example"
}

resource "postmaster_mail_domain" "imported" {
  domain  = "imported.corp.example"
  service = "mailserver"
}

# Mailboxes with each form of a password, and without any.
resource "postmaster_mail_user" "write_only" {
  mail_domain_id      = postmaster_mail_domain.company.id
  local_part          = "Alice"
  password_wo         = "correct horse"
  password_wo_version = 2
  force_destroy       = true
}

resource "postmaster_mail_user" "password" {
  mail_domain_id = postmaster_mail_domain.company.id
  local_part     = "bob"
  password       = "battery staple"
}

resource "postmaster_mail_user" "hash" {
  mail_domain_id = postmaster_mail_domain.company.id
  local_part     = "carol"
  password_hash  = local.hash
}

resource "postmaster_mail_user" "hash_write_only" {
  mail_domain_id           = postmaster_mail_domain.company.id
  local_part               = "dave"
  password_hash_wo         = local.hash
  password_hash_wo_version = 1
}

import {
  to = postmaster_mail_user.imported
  id = "mailserver/erin@imported.corp.example"
}

resource "postmaster_mail_user" "imported" {
  mail_domain_id = postmaster_mail_domain.imported.id
  local_part     = "erin"
}

# Keys.
resource "postmaster_dkim_key" "company" {
  mail_domain_id = postmaster_mail_domain.company.id
  keepers        = { year = "2026" }
}

resource "postmaster_dkim_key" "plain" {
  mail_domain_id   = postmaster_mail_domain.plain.id
  replace_existing = true
}

import {
  to = postmaster_dkim_key.imported
  id = "mailserver/imported.corp.example"
}

resource "postmaster_dkim_key" "imported" {
  mail_domain_id = postmaster_mail_domain.imported.id
}

# Certificates.
resource "postmaster_letsencrypt_cert" "mail" {
  hostname = "Mail.Example.com"

  # An upload takes the place of every certificate that is there.
  depends_on = [postmaster_tls_certificate.write_only, postmaster_tls_certificate.key]
}

resource "postmaster_letsencrypt_cert" "submission" {
  hostname          = "smtp.example.com"
  endpoint          = "smtp://smtp.example.com:25"
  renew_before_days = 10
  timeouts = {
    create = "2m"
  }
  depends_on = [postmaster_tls_certificate.write_only, postmaster_tls_certificate.key]
}

resource "postmaster_tls_certificate" "write_only" {
  hostname                   = "web.example.com"
  certificate_pem            = file("certificate.pem")
  private_key_pem_wo         = file("key.pem")
  private_key_pem_wo_version = 1
}

resource "postmaster_tls_certificate" "key" {
  hostname        = "shop.example.com"
  certificate_pem = file("certificate.pem")
  private_key_pem = file("key.pem")
}

import {
  to = postmaster_letsencrypt_cert.imported
  id = "mailserver/imap.example.com"
}

resource "postmaster_letsencrypt_cert" "imported" {
  hostname = "imap.example.com"
}

# Archives.
resource "postmaster_mail_domain_export" "company" {
  mail_domain_id = postmaster_mail_domain.company.id
  triggers       = { month = "2026-12" }
  depends_on = [
    postmaster_mail_user.write_only, postmaster_mail_user.password, postmaster_mail_user.hash, postmaster_mail_user.hash_write_only,
    postmaster_dkim_key.company,
  ]
}

import {
  to = postmaster_mail_domain_export.imported
  id = "mailserver/imported.corp.example/2026-01-31T02:00:00Z"
}

resource "postmaster_mail_domain_export" "imported" {
  mail_domain_id = postmaster_mail_domain.imported.id
}

# Yandex.
resource "postmaster_dns_authorization" "zone" {
  for_each = toset(["corp.example", "example.com", "example.net", "example.org"])
  domain   = each.key
}

resource "postmaster_mail_domain" "yandex" {
  service       = "yandex"
  domain        = "example.org"
  force_destroy = true
}

resource "postmaster_dns_records" "yandex" {
  dns_authorization_id = postmaster_dns_authorization.zone["example.org"].id
  records              = postmaster_mail_domain.yandex.dns_records
}

resource "postmaster_domain_verification" "yandex" {
  domain_id   = postmaster_mail_domain.yandex.id
  dns_records = postmaster_dns_records.yandex.published
}

resource "postmaster_mail_user" "yandex" {
  mail_domain_id      = postmaster_mail_domain.yandex.id
  local_part          = "frank"
  password_wo         = "correct-horse"
  password_wo_version = 1
  first_name          = "Frank"
  last_name           = "Roe"
  enabled             = false
  force_destroy       = true
  depends_on          = [postmaster_domain_verification.yandex]
}

resource "postmaster_mail_user" "yandex_plain" {
  mail_domain_id = postmaster_mail_domain.yandex.id
  local_part     = "grace"
  password       = "battery-staple"
  depends_on     = [postmaster_domain_verification.yandex]
}

resource "postmaster_dkim_key" "yandex" {
  mail_domain_id = postmaster_mail_domain.yandex.id
  depends_on     = [postmaster_domain_verification.yandex]
}

resource "postmaster_dns_records" "yandex_dkim" {
  dns_authorization_id = postmaster_dns_authorization.zone["example.org"].id
  records              = postmaster_dkim_key.yandex.dns_records
}

resource "postmaster_mail_domain" "yandex_unproven" {
  service = "yandex"
  domain  = "unproven.example.org"
}

import {
  to = postmaster_mail_domain.yandex_imported
  id = "yandex/imported.example.org"
}

resource "postmaster_mail_domain" "yandex_imported" {
  service = "yandex"
  domain  = "imported.example.org"
}

# SendGrid.
resource "postmaster_sender_domain" "sendgrid" {
  for_each = {
    plain     = { domain = "example.com", sendgrid = {} }
    label     = { domain = "Label.example.com", sendgrid = { subdomain = "em", default = true } }
    selector  = { domain = "selector.example.com", sendgrid = { subdomain = "em", custom_dkim_selector = "abc" } }
    manual    = { domain = "manual.example.com", sendgrid = { automatic_security = false } }
    addresses = { domain = "addresses.example.com", sendgrid = { automatic_security = false, custom_spf = true, ips = ["192.0.2.50"] } }
    europe    = { domain = "europe.example.com", sendgrid = { region = "eu" } }
    subuser   = { domain = "subuser.example.com", sendgrid = { username = "newsletter" } }
    behalf    = { domain = "behalf.example.com", sendgrid = { on_behalf_of = "newsletter" } }
  }
  domain   = each.value.domain
  sendgrid = each.value.sendgrid
}

import {
  to = postmaster_sender_domain.sendgrid_imported
  id = "sendgrid/imported.example.com"
}

resource "postmaster_sender_domain" "sendgrid_imported" {
  domain   = "imported.example.com"
  sendgrid = {}
}

resource "postmaster_dns_records" "sendgrid" {
  for_each             = postmaster_sender_domain.sendgrid
  dns_authorization_id = postmaster_dns_authorization.zone["example.com"].id
  records              = each.value.dns_records
  wait_for_propagation = false
}

resource "postmaster_domain_verification" "sendgrid" {
  for_each    = postmaster_sender_domain.sendgrid
  domain_id   = each.value.id
  dns_records = postmaster_dns_records.sendgrid[each.key].published
  required    = each.key == "plain"
  timeouts = {
    create = "30s"
  }
}

# Octeth.
resource "postmaster_sender_domain" "octeth" {
  for_each = {
    campaign = { domain = "example.net", octeth = { record_type = "campaign" } }
    options = { domain = "options.example.net", octeth = {
      record_type = "campaign", subdomain = "Mail", track_prefix = "click", use_tracking_subdomain = true, link_tracking = false, open_tracking = false, unsubscribe_link = true
    } }
    untracked = { domain = "untracked.example.net", octeth = { record_type = "campaign", use_tracking_subdomain = false } }
    gateway   = { domain = "example.net", octeth = { record_type = "email-gateway" } }
    labels    = { domain = "labels.example.net", octeth = { record_type = "email-gateway", subdomain = "mta", track_prefix = "go", link_tracking = false } }
  }
  domain = each.value.domain
  octeth = each.value.octeth
}

import {
  to = postmaster_sender_domain.octeth_imported
  id = "octeth/campaign/imported.example.net"
}

resource "postmaster_sender_domain" "octeth_imported" {
  domain = "imported.example.net"
  octeth = { record_type = "campaign" }
}

resource "postmaster_dns_records" "octeth" {
  for_each             = postmaster_sender_domain.octeth
  dns_authorization_id = postmaster_dns_authorization.zone["example.net"].id
  records              = each.value.dns_records
  wait_for_propagation = false
}

resource "postmaster_domain_verification" "octeth" {
  for_each    = postmaster_sender_domain.octeth
  domain_id   = each.value.id
  dns_records = postmaster_dns_records.octeth[each.key].published
}

# Published by Octeth itself.
resource "postmaster_sender_domain" "octeth_publishes" {
  domain = "published.example.com"
  octeth = {
    record_type          = "email-gateway"
    dns_authorization_id = postmaster_dns_authorization.zone["example.com"].id
  }
}

resource "postmaster_domain_verification" "octeth_publishes" {
  domain_id   = postmaster_sender_domain.octeth_publishes.id
  dns_records = postmaster_sender_domain.octeth_publishes.dns_records
}

resource "postmaster_sender_domain" "octeth_publishes_only" {
  provider = postmaster.old_octeth
  domain   = "old.example.org"
  octeth = {
    record_type          = "campaign"
    dns_authorization_id = postmaster_dns_authorization.zone["example.org"].id
  }
}

resource "postmaster_sender_domain" "octeth_old_gateway" {
  provider = postmaster.old_octeth
  domain   = "old.example.com"
  octeth   = { record_type = "email-gateway", subdomain = "em" }
}

locals {
  hash = "$1$invented$HoXHtHrMMXB7Kp/FvUgSx1"
}
