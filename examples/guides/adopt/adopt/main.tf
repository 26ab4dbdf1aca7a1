terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

# Written by: terraform output -json estate > estate.json
locals {
  estate = jsondecode(file("${path.module}/estate.json"))
}

import {
  for_each = toset(local.estate.mail_domains)
  to       = postmaster_mail_domain.all[each.key]
  id       = "mailserver/${each.key}"
}

resource "postmaster_mail_domain" "all" {
  for_each = toset(local.estate.mail_domains)

  domain  = each.key
  service = "mailserver"
}

import {
  for_each = local.estate.mailboxes
  to       = postmaster_mail_user.all[each.key]
  id       = "mailserver/${each.key}"
}

resource "postmaster_mail_user" "all" {
  for_each = local.estate.mailboxes

  mail_domain_id = each.value
  local_part     = split("@", each.key)[0]
}

import {
  for_each = local.estate.senders
  to       = postmaster_sender_domain.all[each.key]
  id       = each.key
}

resource "postmaster_sender_domain" "all" {
  for_each = local.estate.senders

  domain   = each.value
  sendgrid = {} # keeps all settings as they are
}

import {
  for_each = local.estate.zones
  to       = postmaster_dns_authorization.all[each.key]
  id       = "${each.value}/${each.key}"
}

resource "postmaster_dns_authorization" "all" {
  for_each = local.estate.zones

  domain       = each.key
  dns_provider = each.value
}

import {
  for_each = local.estate.records
  to       = postmaster_dns_records.all[each.key]
  id       = each.value.import_id
}

resource "postmaster_dns_records" "all" {
  for_each = local.estate.records

  dns_authorization_id = postmaster_dns_authorization.all[each.value.zone].id
  records              = each.value.records
}
