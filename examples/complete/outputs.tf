output "domains" {
  description = "For each domain: its role, its service, its DNS host and zone, the records as they were in the zone after the last write, whether and when the service verified it, the number of its mailboxes, and when its certificate expires. Null if a domain has no such thing."
  value = {
    (var.domains.staff.name) = {
      role             = "the staff's mailboxes"
      service          = "mailserver"
      dns_host         = postmaster_dns_authorization.staff.dns_provider
      zone             = postmaster_dns_authorization.staff.zone
      records          = local.staff_records
      valid            = null # the firm's own mail server verifies nothing
      verified_at      = null
      mailboxes        = 1 + length(postmaster_mail_user.staff) # the postmaster's mailbox, and those of the staff
      certificate_ends = postmaster_letsencrypt_cert.mail_host.not_after
    }
    (var.domains.workshop.name) = {
      role             = "the workshop's mailboxes"
      service          = "yandex"
      dns_host         = postmaster_dns_authorization.workshop.dns_provider
      zone             = postmaster_dns_authorization.workshop.zone
      records          = local.workshop_records
      valid            = postmaster_domain_verification.workshop.valid
      verified_at      = postmaster_domain_verification.workshop.verified_at
      mailboxes        = length(postmaster_mail_user.workshop)
      certificate_ends = null
    }
    (var.domains.newsletters.name) = {
      role             = "newsletters"
      service          = "octeth"
      dns_host         = module.newsletters.dns_provider
      zone             = module.newsletters.zone
      records          = module.newsletters.published
      valid            = module.newsletters.valid
      verified_at      = module.newsletters.verified_at
      mailboxes        = null
      certificate_ends = null
    }
    (var.domains.receipts.name) = {
      role             = "receipts and reminders"
      service          = "sendgrid"
      dns_host         = module.receipts.dns_provider
      zone             = module.receipts.zone
      records          = module.receipts.published
      valid            = module.receipts.valid
      verified_at      = module.receipts.verified_at
      mailboxes        = null
      certificate_ends = null
    }
  }
}

locals {
  # The monitoring's SPF record is left out, because its mechanism is in the SPF record of staff_mail.
  staff_records = flatten([
    for source in [postmaster_dns_records.staff_mail, postmaster_dns_records.staff_dkim, postmaster_dns_records.staff_dmarc, postmaster_dns_records.staff_reports] :
    values(source.published)
  ])
  workshop_records = flatten([
    for source in [postmaster_dns_records.workshop_proof, postmaster_dns_records.workshop_mail, postmaster_dns_records.workshop_dkim, postmaster_dns_records.workshop_dmarc] :
    values(source.published)
  ])
}
