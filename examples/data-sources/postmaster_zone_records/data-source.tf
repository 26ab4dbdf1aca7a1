data "postmaster_zone_records" "example" {
  dns_authorization_id = "cloudflare/example.com"
}

# What could come under Terraform, and the ids for import blocks.
output "mail_records" {
  value = { for label, set in data.postmaster_zone_records.example.sets : label => set.import_id }
}

# What cannot come under Terraform, and why.
output "left_out" {
  value = data.postmaster_zone_records.example.left_out
}
