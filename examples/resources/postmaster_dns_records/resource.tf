resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

# A DKIM key needs a DNS record. Another configuration manages the mail domain.
resource "postmaster_dkim_key" "example" {
  mail_domain_id = "mailserver/example.com"
}

resource "postmaster_dns_records" "dkim" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_dkim_key.example.dns_records
}

# Records of your own. The SPF mechanisms are merged into the domain's SPF record.
# Destroy removes only these mechanisms.
resource "postmaster_dns_records" "policy" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  ttl                  = 3600
  records = {
    spf   = { name = "example.com", type = "TXT", value = "v=spf1 a:mail.example.com ~all" }
    dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com" }
  }
}

# Moves mail here from another mail service. Without replace_mx, the plan is an error
# that names the records in the way.
resource "postmaster_dns_records" "mx" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  replace_mx           = true
  records = {
    first  = { name = "example.com", type = "MX", value = "mail.example.com", priority = 10 }
    second = { name = "example.com", type = "MX", value = "backup.example.net", priority = 20 }
  }
}

# The SPF record as it was in the zone after the last write, including mechanisms
# of others.
output "spf" {
  value = postmaster_dns_records.policy.published["spf"].value
}
