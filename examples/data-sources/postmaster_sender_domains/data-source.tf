data "postmaster_sender_domains" "all" {
  service = "sendgrid"
}

# The domains that are not verified.
output "unverified" {
  value = [for d in data.postmaster_sender_domains.all.domains : "${d.subdomain}.${d.domain} (${d.status})" if !d.valid]
}

# Octeth lists its domains for campaigns and those of its email gateway.
data "postmaster_sender_domains" "octeth" {
  service = "octeth"
}

output "suspended" {
  value = [for d in data.postmaster_sender_domains.octeth.domains : d.id if d.status == "suspended"]
}
