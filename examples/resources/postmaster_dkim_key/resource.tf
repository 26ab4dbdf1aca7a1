# At the mail server. Another configuration manages this mail domain.
resource "postmaster_dkim_key" "example" {
  mail_domain_id = "mailserver/example.com"

  # Change the value in January and in July: each change creates a new key.
  keepers = {
    half_year = "2027-1"
  }
}

output "dkim_record" {
  value = postmaster_dkim_key.example.dns_records["dkim"]
}

# At Yandex.Mail for Domain: enables the domain's key. Its record is published below.
resource "postmaster_dkim_key" "team" {
  mail_domain_id = "yandex/team.example.com"
}

resource "postmaster_dns_records" "team_dkim" {
  dns_authorization_id = "cloudflare/example.com"
  records              = postmaster_dkim_key.team.dns_records
}
