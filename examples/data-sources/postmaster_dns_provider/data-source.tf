data "postmaster_dns_provider" "example" {
  domain = "example.com"
}

# Publish records with this provider if it supports the DNS host. Otherwise use the
# host's own provider.
resource "postmaster_dns_authorization" "example" {
  count  = data.postmaster_dns_provider.example.supported ? 1 : 0
  domain = data.postmaster_dns_provider.example.domain
}

output "dns_host" {
  value = "${data.postmaster_dns_provider.example.zone} is at ${data.postmaster_dns_provider.example.name}"
}

# Whether Octeth supports the DNS host, so that it can publish by itself.
data "postmaster_dns_provider" "octeth" {
  domain = "example.org"
  via    = "octeth"
}
