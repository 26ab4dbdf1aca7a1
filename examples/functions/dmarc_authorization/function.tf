# The domains whose DMARC reports go to dmarc@example.net.
locals {
  domains = toset(["example.com", "example.org"])
}

# These records belong in the zone of example.net. They are as `records` of
# postmaster_dns_records has them.
output "records" {
  value = { for domain in local.domains : domain => provider::postmaster::dmarc_authorization(domain, "example.net") }
}

# { "example.com" = { name = "example.com._report._dmarc.example.net", type = "TXT", value = "v=DMARC1;", … }, … }
