locals {
  mta_sts = provider::postmaster::mta_sts({
    mode = "enforce"
    mx   = ["mx1.example.com", "mx2.example.com"]
  })
}

# To be served at https://mta-sts.example.com/.well-known/mta-sts.txt:
output "policy" {
  value = local.mta_sts.policy
}

# To be published at _mta-sts.example.com. It is as `records` of
# postmaster_dns_records has it.
output "record" {
  value = { name = "_mta-sts.example.com", type = "TXT", value = local.mta_sts.txt, priority = null }
}
