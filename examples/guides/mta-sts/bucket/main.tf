terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "postmaster" {}

variable "bucket" {
  description = "The bucket whose files are served at https://mta-sts.example.com."
  type        = string
}

variable "web_host" {
  description = "The host in front of the bucket, which has a certificate for mta-sts.example.com."
  type        = string
}

locals {
  domain = "example.com"

  mta_sts = provider::postmaster::mta_sts({
    mode    = "testing"
    mx      = ["mx1.example.com", "mx2.example.com"]
    max_age = 86400
  })
}

resource "aws_s3_object" "policy" {
  bucket        = var.bucket
  key           = ".well-known/mta-sts.txt"
  content       = local.mta_sts.policy
  content_type  = "text/plain"
  cache_control = "max-age=300"
}

resource "postmaster_dns_authorization" "example" {
  domain = local.domain
}

resource "postmaster_dns_records" "web" {
  dns_authorization_id = postmaster_dns_authorization.example.id

  records = {
    host = { name = "mta-sts.${local.domain}", type = "CNAME", value = var.web_host }
  }
}

# Senders fetch the policy when they see a new id. So the id is published after
# the policy can be fetched.
resource "postmaster_dns_records" "mta_sts" {
  dns_authorization_id = postmaster_dns_authorization.example.id

  records = {
    id      = { name = "_mta-sts.${local.domain}", type = "TXT", value = local.mta_sts.txt }
    reports = { name = "_smtp._tls.${local.domain}", type = "TXT", value = provider::postmaster::tls_rpt("mailto:tls-reports@${local.domain}") }
  }

  depends_on = [aws_s3_object.policy, postmaster_dns_records.web]
}

output "published" {
  value = { for key, r in postmaster_dns_records.mta_sts.published : key => r.value }
}
