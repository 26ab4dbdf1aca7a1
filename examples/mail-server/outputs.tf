output "domains" {
  description = "What each domain has on the mail server, and the DNS records that it asks for."
  value = {
    for name, domain in postmaster_mail_domain.firm : name => {
      # The postmaster's account, and those of the staff.
      mailboxes     = 1 + length([for user in postmaster_mail_user.staff : user if user.mail_domain_id == domain.id])
      dkim_selector = postmaster_dkim_key.firm[name].selector
      dkim_key_type = postmaster_dkim_key.firm[name].key_type
      dkim_key_bits = postmaster_dkim_key.firm[name].key_bits
      dns_records   = concat(values(domain.dns_records), values(postmaster_dkim_key.firm[name].dns_records))
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
