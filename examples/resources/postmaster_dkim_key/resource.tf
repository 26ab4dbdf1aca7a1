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
