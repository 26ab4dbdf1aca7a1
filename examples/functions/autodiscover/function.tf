output "autodiscover" {
  value = provider::postmaster::autodiscover("example.com", "mail.example.net")
}

# { name = "_autodiscover._tcp.example.com", type = "SRV", value = "0 0 443 mail.example.net.", priority = null }
