# The staff's mailboxes, on the firm's own mail server.

resource "postmaster_dns_authorization" "staff" {
  domain       = var.domains.staff.name
  dns_provider = var.domains.staff.dns_provider
}

resource "postmaster_letsencrypt_cert" "mail_host" {
  hostname = var.mail_host
}

resource "postmaster_mail_domain" "staff" {
  service     = "mailserver"
  domain      = var.domains.staff.name
  mx_hostname = var.mail_host

  # The mail server creates a domain together with its first account. By default, this is postmaster@.
  first_account = {
    password_wo         = var.initial_password
    password_wo_version = 1
  }

  # This firm is an example, so destroy may delete its mail. Leave this line out if you need your mail.
  force_destroy = true
}

resource "postmaster_mail_user" "staff" {
  for_each = { for address, row in local.mailboxes : address => row if row.domain == var.domains.staff.name }

  mail_domain_id      = postmaster_mail_domain.staff.id
  local_part          = each.value.local_part
  password_wo         = var.initial_password
  password_wo_version = 1
  force_destroy       = true
}

resource "postmaster_dkim_key" "staff" {
  mail_domain_id = postmaster_mail_domain.staff.id
}

# The monitoring sends its alarms by itself, so it needs an SPF mechanism too. A name has one SPF record: the provider
# merges the mechanisms of several resources into it. Destroying a resource removes only its own mechanisms.
resource "postmaster_dns_records" "monitoring" {
  dns_authorization_id = postmaster_dns_authorization.staff.id
  records = {
    spf = { name = var.domains.staff.name, type = "TXT", value = "v=spf1 ip4:192.0.2.80 ~all" }
  }
}

# MX and SPF: mail comes to the mail server from now on, so the mailboxes come first.
resource "postmaster_dns_records" "staff_mail" {
  dns_authorization_id = postmaster_dns_authorization.staff.id
  records              = postmaster_mail_domain.staff.dns_records
  replace_mx           = var.replace_mx

  depends_on = [postmaster_mail_user.staff, postmaster_letsencrypt_cert.mail_host, postmaster_dns_records.monitoring]
}

resource "postmaster_dns_records" "staff_dkim" {
  dns_authorization_id = postmaster_dns_authorization.staff.id
  records              = postmaster_dkim_key.staff.dns_records
}

# The firm itself decides what receivers do with mail that fails SPF and DKIM. If the policy came before the SPF and DKIM
# records, the firm's own mail would go to the spam folder.
resource "postmaster_dns_records" "staff_dmarc" {
  dns_authorization_id = postmaster_dns_authorization.staff.id
  records = {
    dmarc = {
      name  = "_dmarc.${var.domains.staff.name}"
      type  = "TXT"
      value = provider::postmaster::dmarc({ p = "quarantine", rua = local.reports })
    }
  }

  depends_on = [postmaster_dns_records.staff_mail, postmaster_dns_records.staff_dkim]
}

# A domain has to agree to the DMARC reports about another one. MTA-STS is left out, because it needs a web server: the
# checks warn of that (sts_record), and the guide "MTA-STS" has the rest.
resource "postmaster_dns_records" "staff_reports" {
  dns_authorization_id = postmaster_dns_authorization.staff.id
  records = merge(
    { for role, domain in var.domains : role => provider::postmaster::dmarc_authorization(domain.name, var.domains.staff.name) if role != "staff" },
    { tls = { name = "_smtp._tls.${var.domains.staff.name}", type = "TXT", value = provider::postmaster::tls_rpt([local.reports]) } },
  )
}
