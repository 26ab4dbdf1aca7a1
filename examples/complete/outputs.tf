output "domains" {
  description = "Of each domain: its role, who does its mail, where its DNS is, the records as they stand in the zone, whether the service has verified it and since when, its mailboxes, and the end of its certificate; null where there is no such thing."
  value = {
    (var.domains.staff.name) = {
      role             = "the staff's mailboxes"
      service          = "mailserver"
      dns_host         = postmaster_dns_authorization.staff.dns_provider
      zone             = postmaster_dns_authorization.staff.zone
      records          = local.staff_records
      valid            = null # the mail server is the firm's own, and asks for no proof
      verified_at      = null
      mailboxes        = 1 + length(postmaster_mail_user.staff) # the postmaster's account, and those of the staff
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
  # The monitoring's record is not among them: it is part of the SPF record that came after it.
  staff_records = flatten([
    for source in [postmaster_dns_records.staff_mail, postmaster_dns_records.staff_dkim, postmaster_dns_records.staff_dmarc] :
    values(source.published)
  ])
  workshop_records = flatten([
    for source in [postmaster_dns_records.workshop_proof, postmaster_dns_records.workshop_mail, postmaster_dns_records.workshop_dkim, postmaster_dns_records.workshop_dmarc] :
    values(source.published)
  ])
}
