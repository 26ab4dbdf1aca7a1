output "caa" {
  value = provider::postmaster::caa("example.com", {
    issue     = ["letsencrypt.org; validationmethods=dns-01"]
    issuewild = [] # nobody
    iodef     = "mailto:security@example.com"
  })
}

# The result is as `records` of postmaster_dns_records has them. Their values:
# 0 issue "letsencrypt.org; validationmethods=dns-01"
# 0 issuewild ";"
# 0 iodef "mailto:security@example.com"
