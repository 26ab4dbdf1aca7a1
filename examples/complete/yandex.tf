# The workshop's mailboxes, at Yandex. The resources are the same as for the mail server.

resource "postmaster_dns_authorization" "workshop" {
  domain       = var.domains.workshop.name
  dns_provider = var.domains.workshop.dns_provider
}

resource "postmaster_mail_domain" "workshop" {
  service       = "yandex"
  domain        = var.domains.workshop.name
  force_destroy = true # destroy may delete its mail, as for the staff
}

# The proof of ownership comes first: Yandex creates mailboxes only after it has seen this record.
resource "postmaster_dns_records" "workshop_proof" {
  dns_authorization_id = postmaster_dns_authorization.workshop.id
  records              = { for key, record in postmaster_mail_domain.workshop.dns_records : key => record if key == "ownership" }
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

  depends_on = [postmaster_dns_records.workshop_proof]
}

# MX and SPF: mail comes to Yandex from now on, so the mailboxes come first. If the zone has MX records of another mail
# service, the plan is an error unless replace_mx is true.
resource "postmaster_dns_records" "workshop_mail" {
  dns_authorization_id = postmaster_dns_authorization.workshop.id
  records              = { for key, record in postmaster_mail_domain.workshop.dns_records : key => record if key != "ownership" }
  replace_mx           = var.replace_mx

  depends_on = [postmaster_mail_user.workshop]
}

resource "postmaster_domain_verification" "workshop" {
  domain_id   = postmaster_mail_domain.workshop.id
  dns_records = merge(postmaster_dns_records.workshop_proof.published, postmaster_dns_records.workshop_mail.published)
}

# Yandex creates the key, and signs with it once its record is published.
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
      value = provider::postmaster::dmarc({ p = "quarantine", rua = local.reports })
    }
    tls = {
      name  = "_smtp._tls.${var.domains.workshop.name}"
      type  = "TXT"
      value = provider::postmaster::tls_rpt([local.reports])
    }
  }

  depends_on = [postmaster_dns_records.workshop_mail, postmaster_dns_records.workshop_dkim]
}
