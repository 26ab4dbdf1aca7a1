# The id of a domain that another configuration manages.
resource "postmaster_dkim_key" "example" {
  mail_domain_id = "mailserver/example.com"

  # A new key in January and in July.
  keepers = {
    half_year = "2027-1"
  }
}

output "dkim_record" {
  value = postmaster_dkim_key.example.dns_records["dkim"]
}

# The key of Yandex.Mail for Domain: enabled, and published where the domain's DNS is.
resource "postmaster_dkim_key" "team" {
  mail_domain_id = "yandex/team.example.com"
}

resource "postmaster_dns_records" "team_dkim" {
  dns_authorization_id = "cloudflare/example.com"
  records              = postmaster_dkim_key.team.dns_records
}
