resource "postmaster_dns_authorization" "example" {
  domain = "example.com"
}

# What another resource asks for; the mail domain is managed in another configuration.
resource "postmaster_dkim_key" "example" {
  mail_domain_id = "mailserver/example.com"
}

resource "postmaster_dns_records" "dkim" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  records              = postmaster_dkim_key.example.dns_records
}

# Records of one's own. The SPF mechanisms are merged into the record that the
# domain has, and only these are taken out again at destroy.
resource "postmaster_dns_records" "policy" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  ttl                  = 3600
  records = {
    spf   = { name = "example.com", type = "TXT", value = "v=spf1 a:mail.example.com ~all" }
    dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com" }
  }
}

# Mail moves here from where it has been. Without replace_mx the plan refuses that,
# and names the records in the way.
resource "postmaster_dns_records" "mx" {
  dns_authorization_id = postmaster_dns_authorization.example.id
  replace_mx           = true
  records = {
    first  = { name = "example.com", type = "MX", value = "mail.example.com", priority = 10 }
    second = { name = "example.com", type = "MX", value = "backup.example.net", priority = 20 }
  }
}

# The text as it stands in the zone, with what others have in it.
output "spf" {
  value = postmaster_dns_records.policy.published["spf"].value
}
