data "postmaster_dns_provider" "example" {
  domain = "example.com"
}

# Publish here where that can be done, and leave the records of other domains to
# their host's own provider.
resource "postmaster_dns_authorization" "example" {
  count  = data.postmaster_dns_provider.example.supported ? 1 : 0
  domain = data.postmaster_dns_provider.example.domain
}

output "dns_host" {
  value = "${data.postmaster_dns_provider.example.zone} is at ${data.postmaster_dns_provider.example.name}"
}

# Whether Octeth can publish by itself where a domain is.
data "postmaster_dns_provider" "octeth" {
  domain = "example.org"
  via    = "octeth"
}
