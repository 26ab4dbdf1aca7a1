# A service publishes its template as a file of JSON, which is read with file("mail.example.net.json").
# This one is written in HCL to show what is in it.
output "records" {
  value = provider::postmaster::domain_connect(
    jsonencode({
      providerId = "mail.example.net"
      serviceId  = "mail"
      records = [
        { type = "MX", groupId = "mail", host = "@", pointsTo = "mx.example.net", priority = 10, ttl = 3600 },
        { type = "SPFM", groupId = "mail", host = "@", spfRules = "include:spf.example.net" },
        { type = "CNAME", groupId = "dkim", host = "%selector%._domainkey", pointsTo = "%selector%.dkim.example.net", ttl = 3600 },
        { type = "REDIR301", groupId = "web", host = "@", target = "https://www.example.net" },
      ]
    }),
    "example.com",
    "", # the domain itself
    { selector = "s1" },
    "mail", "dkim",
  )
}

# The result is as `records` of postmaster_dns_records has them, by these keys:
# mx-@-1, spfm-@-1, cname-s1._domainkey-1
