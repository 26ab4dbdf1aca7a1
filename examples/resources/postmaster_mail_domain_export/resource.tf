resource "postmaster_mail_domain_export" "example" {
  mail_domain_id = "mailserver/example.com"

  # Another value has a new archive written.
  triggers = {
    month = "2027-01"
  }
}

output "archive" {
  value = postmaster_mail_domain_export.example.archive_path
}
