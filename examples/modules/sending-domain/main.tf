# A domain that may send mail: registered with the sender, the records that the sender asks for published at the domain's
# DNS host, and verified.

resource "postmaster_sender_domain" "this" {
  domain   = var.domain
  sendgrid = var.sender.sendgrid
  octeth   = var.sender.octeth
}

resource "postmaster_dns_authorization" "this" {
  domain       = var.domain
  dns_provider = var.dns_provider
  account      = var.account
  zone         = var.zone
}

# What the sender asks for, as a whole: at Octeth, and at SendGrid with manual security, its keys are known after apply only.
resource "postmaster_dns_records" "sender" {
  dns_authorization_id = postmaster_dns_authorization.this.id
  records              = postmaster_sender_domain.this.dns_records
  ttl                  = var.ttl
  overwrite            = var.overwrite

  timeouts = {
    create = var.timeouts.publish
    update = var.timeouts.publish
  }
}

resource "postmaster_domain_verification" "this" {
  domain_id   = postmaster_sender_domain.this.id
  dns_records = postmaster_dns_records.sender.published
  required    = var.required

  timeouts = {
    create = var.timeouts.verify
    update = var.timeouts.verify
  }
}

# Not the sender's but the domain's own: it stays the same with another sender, so it is published by itself.
resource "postmaster_dns_records" "dmarc" {
  count = var.dmarc == null ? 0 : 1

  dns_authorization_id = postmaster_dns_authorization.this.id
  records = {
    dmarc = {
      name  = "_dmarc.${var.domain}"
      type  = "TXT"
      value = var.dmarc
    }
  }
  ttl       = var.ttl
  overwrite = var.overwrite

  timeouts = {
    create = var.timeouts.publish
    update = var.timeouts.publish
  }

  # A policy before the sender signs for the domain would have the domain's own mail refused.
  depends_on = [postmaster_domain_verification.this]
}
