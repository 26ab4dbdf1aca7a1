# The workshop's mailboxes, at Yandex, by the same resources as those on the mail server.

resource "postmaster_dns_authorization" "workshop" {
  domain       = var.domains.workshop.name
  dns_provider = var.domains.workshop.dns_provider
}

resource "postmaster_mail_domain" "workshop" {
  service       = "yandex"
  domain        = var.domains.workshop.name
  force_destroy = true # its mail may go with it, as the staff's may
}

# The proof of ownership, MX and SPF. Mailboxes come after them here: Yandex makes none before it has seen whose the domain
# is, and verifies a domain when it has seen both. Where its mail is elsewhere until now, the plan refuses to divide it.
resource "postmaster_dns_records" "workshop_mail" {
  dns_authorization_id = postmaster_dns_authorization.workshop.id
  records              = postmaster_mail_domain.workshop.dns_records
  replace_mx           = var.replace_mx
}

resource "postmaster_domain_verification" "workshop" {
  domain_id   = postmaster_mail_domain.workshop.id
  dns_records = postmaster_dns_records.workshop_mail.published
}

resource "postmaster_mail_user" "workshop" {
  for_each = { for address, row in local.mailboxes : address => row if row.domain == var.domains.workshop.name }

  mail_domain_id      = postmaster_mail_domain.workshop.id
  local_part          = each.value.local_part
  first_name          = each.value.first_name
  last_name           = each.value.last_name
  password_wo         = var.initial_password
  password_wo_version = 1
  force_destroy       = true

  depends_on = [postmaster_domain_verification.workshop]
}

# Yandex makes the key, and signs with it once it is published.
resource "postmaster_dkim_key" "workshop" {
  mail_domain_id = postmaster_mail_domain.workshop.id

  depends_on = [postmaster_domain_verification.workshop]
}

resource "postmaster_dns_records" "workshop_dkim" {
  dns_authorization_id = postmaster_dns_authorization.workshop.id
  records              = postmaster_dkim_key.workshop.dns_records
}

resource "postmaster_dns_records" "workshop_dmarc" {
  dns_authorization_id = postmaster_dns_authorization.workshop.id
  records = {
    dmarc = {
      name  = "_dmarc.${var.domains.workshop.name}"
      type  = "TXT"
      value = "v=DMARC1; p=quarantine"
    }
  }

  depends_on = [postmaster_dns_records.workshop_mail, postmaster_dns_records.workshop_dkim]
}
