resource "postmaster_mail_domain_export" "example" {
  mail_domain_id = "mailserver/example.com"

  # A change of the value writes a new archive.
  triggers = {
    month = "2027-01"
  }
}

output "archive" {
  value = postmaster_mail_domain_export.example.archive_path
}
