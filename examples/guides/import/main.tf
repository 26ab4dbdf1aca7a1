terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

provider "postmaster" {}

# What exists already, with its import ids.
import {
  to = postmaster_mail_domain.example
  id = "mailserver/example.com"
}

import {
  to = postmaster_dkim_key.example
  id = "mailserver/example.com"
}

import {
  to = postmaster_sender_domain.example
  id = "sendgrid/example.com"
}

import {
  to = postmaster_dns_authorization.example
  id = "cloudflare/example.com"
}

# The DNS records that each of the resources above needs.
import {
  to = postmaster_dns_records.mail
  id = "${postmaster_dns_authorization.example.id}#${jsonencode(postmaster_mail_domain.example.dns_records)}"
}

import {
  to = postmaster_dns_records.dkim
  id = "${postmaster_dns_authorization.example.id}#${jsonencode(postmaster_dkim_key.example.dns_records)}"
}

import {
  to = postmaster_dns_records.sender
  id = "${postmaster_dns_authorization.example.id}#${jsonencode(postmaster_sender_domain.example.dns_records)}"
}

# The configuration, as for new objects, but without passwords.
resource "postmaster_mail_domain" "example" {
  domain      = "example.com"
  service     = "mailserver"
  mx_hostname = "mail.example.com"
}

resource "postmaster_dkim_key" "example" {
  mail_domain_id = postmaster_mail_domain.example.id
}

resource "postmaster_sender_domain" "example" {
  domain   = "example.com"
  sendgrid = {} # keeps all settings as they are
}

resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

resource "postmaster_dns_records" "mail" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_mail_domain.example.dns_records
}

resource "postmaster_dns_records" "dkim" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_dkim_key.example.dns_records
}

resource "postmaster_dns_records" "sender" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_sender_domain.example.dns_records
}
