# A domain that may send mail. The module registers it with the sender, publishes the records that the sender needs at the
# domain's DNS host, and waits for the verification.

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
  zone_id      = var.zone_id
}

# The records that the sender needs, as one map: at Octeth, and at SendGrid with manual security, its keys are known only
# after apply.
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

# The DMARC policy belongs to the domain and not to the sender. It has a resource of its own, so that it stays when the sender
# changes.
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

  # If the policy came before the verification, receivers would refuse the domain's own mail.
  depends_on = [postmaster_domain_verification.this]
}
