output "domains" {
  description = "The mailboxes and the DKIM key of each domain on the mail server."
  value = {
    for name, domain in postmaster_mail_domain.firm : name => {
      # The postmaster's mailbox, and those of the staff.
      mailboxes     = 1 + length([for user in postmaster_mail_user.staff : user if user.mail_domain_id == domain.id])
      dkim_selector = postmaster_dkim_key.firm[name].selector
      dkim_key_type = postmaster_dkim_key.firm[name].key_type
      dkim_key_bits = postmaster_dkim_key.firm[name].key_bits
    }
  }
}

output "published" {
  description = "The DNS host of each domain, and its records as they were in the zone after the last write."
  value = {
    for name, authorization in postmaster_dns_authorization.firm : name => {
      dns_host = authorization.dns_provider
      records = flatten([
        for published in [
          postmaster_dns_records.mail, postmaster_dns_records.dkim, postmaster_dns_records.dmarc, postmaster_dns_records.no_mail,
        ] : values(try(published[name].published, {}))
      ])
    }
  }
}

output "certificate" {
  description = "The certificate that the mail server serves."
  value = {
    hostname  = postmaster_letsencrypt_cert.mail.hostname
    issuer    = postmaster_letsencrypt_cert.mail.issuer
    not_after = postmaster_letsencrypt_cert.mail.not_after
  }
}
