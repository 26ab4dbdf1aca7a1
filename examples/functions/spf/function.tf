output "spf" {
  value = provider::postmaster::spf({
    mechanisms = [
      "ip4:192.0.2.25",
      "a:mail.example.com",
      "include:spf.example.net",
    ]
    all = "-"
  })
}

# v=spf1 ip4:192.0.2.25 a:mail.example.com include:spf.example.net -all

# A domain that sends no mail:
output "parked" {
  value = provider::postmaster::spf({ all = "-" })
}

# v=spf1 -all
