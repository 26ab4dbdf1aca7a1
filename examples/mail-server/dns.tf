# The DNS of the firm's domains. They were bought over the years, and each is at another DNS host.

resource "postmaster_dns_authorization" "firm" {
  for_each = var.dns_hosts

  domain       = each.key
  dns_provider = each.value
}

# MX and SPF: mail for these domains comes to the mail server from now on, so the mailboxes come first.
resource "postmaster_dns_records" "mail" {
  for_each = postmaster_mail_domain.firm

  dns_authorization_id = postmaster_dns_authorization.firm[each.key].id
  records              = each.value.dns_records
  replace_mx           = var.replace_mx

  depends_on = [postmaster_mail_user.staff, postmaster_letsencrypt_cert.mail]
}

resource "postmaster_dns_records" "dkim" {
  for_each = postmaster_dkim_key.firm

  dns_authorization_id = postmaster_dns_authorization.firm[each.key].id
  records              = each.value.dns_records
}

# The firm itself decides about DMARC: mail that fails goes to the spam folder, and receivers send reports to the postmaster.
resource "postmaster_dns_records" "dmarc" {
  for_each = local.domains

  dns_authorization_id = postmaster_dns_authorization.firm[each.key].id
  records = {
    dmarc = {
      name  = "_dmarc.${each.key}"
      type  = "TXT"
      value = "v=DMARC1; p=quarantine; rua=mailto:postmaster@${each.key}"
    }
  }

  # If the policy came before the SPF and DKIM records, the firm's own mail would go to the spam folder.
  depends_on = [postmaster_dns_records.mail, postmaster_dns_records.dkim]
}

# The firm's internal domain is on its own name server. It neither sends nor receives mail. A null MX record (RFC 7505), an
# SPF record that allows nobody, and a DMARC policy that rejects mail say so.
resource "postmaster_dns_records" "no_mail" {
  for_each = var.domains_without_mail

  dns_authorization_id = postmaster_dns_authorization.firm[each.key].id
  records = {
    mx    = { name = each.key, type = "MX", value = ".", priority = 0 }
    spf   = { name = each.key, type = "TXT", value = "v=spf1 -all" }
    dmarc = { name = "_dmarc.${each.key}", type = "TXT", value = "v=DMARC1; p=reject" }
  }
}
