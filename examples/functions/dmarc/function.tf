output "dmarc" {
  value = provider::postmaster::dmarc({
    p   = "quarantine"
    np  = "reject"
    rua = ["mailto:dmarc@example.com", "mailto:reports@example.net"]
  })
}

# v=DMARC1; p=quarantine; np=reject; rua=mailto:dmarc@example.com,mailto:reports@example.net
