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

provider "postmaster" {
  octeth = { api_version = "5.9.4" }
}

variable "zone_id" {
  description = "The id of the zone shop.example at Route 53."
  type        = string
}

resource "postmaster_sender_domain" "newsletter" {
  domain = "shop.example"
  octeth = {
    record_type = "campaign"
    subdomain   = "news"
  }
}

resource "aws_route53_record" "newsletter" {
  for_each = postmaster_sender_domain.newsletter.dns_records

  zone_id = var.zone_id
  name    = each.value.name
  type    = each.value.type
  ttl     = 3600
  records = [
    # The preference is a part of an MX value, and a TXT value is in strings of
    # at most 255 bytes. This resource adds the first and the last quote itself.
    each.value.type == "MX" ? provider::postmaster::mx_rdata(each.value.priority, each.value.value) :
    each.value.type == "TXT" ? join("\"\"", provider::postmaster::txt_chunks(each.value.value)) :
    each.value.value
  ]
}

resource "postmaster_domain_verification" "newsletter" {
  domain_id   = postmaster_sender_domain.newsletter.id
  dns_records = postmaster_sender_domain.newsletter.dns_records

  depends_on = [aws_route53_record.newsletter]
}
