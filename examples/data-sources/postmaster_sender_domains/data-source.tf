data "postmaster_sender_domains" "all" {}

# What to look at: the domains that are not verified.
output "unverified" {
  value = [for d in data.postmaster_sender_domains.all.domains : "${d.subdomain}.${d.domain} (${d.status})" if !d.valid]
}
