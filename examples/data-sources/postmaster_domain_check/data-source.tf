data "postmaster_domain_check" "example" {
  domain            = "example.com"
  selectors         = ["mail"]
  sending_addresses = ["192.0.2.25", "2001:db8::25"]
  helo_name         = "mail.example.com"
  silence           = ["bimi_*", "autoconfig"]
}

# A warning in each plan while something fails.
check "mail" {
  assert {
    condition     = length(data.postmaster_domain_check.example.failed) == 0
    error_message = join("\n", data.postmaster_domain_check.example.reasons)
  }
}

# An error of the plan instead, for what costs mail.
data "postmaster_domain_check" "strict" {
  domain  = "example.com"
  fail_on = ["critical", "mx_*"]
}

output "lookups" {
  value = data.postmaster_domain_check.example.results["spf_lookups"].found
}
