# The certificate of the server, such as file("mail.example.com.pem").
locals {
  certificate = <<-EOT
    -----BEGIN CERTIFICATE-----
    MIIBRTCB7KADAgECAgEBMAoGCCqGSM49BAMCMBsxGTAXBgNVBAMTEG1haWwuZXhh
    bXBsZS5jb20wIBcNMjMxMTE0MjIxMzIwWhgPMjA5NjEwMDIwNzA2NDBaMBsxGTAX
    BgNVBAMTEG1haWwuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
    AATdumn1zj9tmgFOA7NS/4FzW6GJrgLkZ6flhHi0tb7L333Q/ZchBsq9hZTSCaEL
    lejXIBKxQxUgi4aTSuWhin9Lox8wHTAbBgNVHREEFDASghBtYWlsLmV4YW1wbGUu
    Y29tMAoGCCqGSM49BAMCA0gAMEUCIQC79NTNPdsm3Ros7U0NRfpYnxxEUgMTUsAw
    p3GMt/Xq9gIgVzGaRNQRgT64n/bdfLFf7UYsIlToQpCdKs8r4mgmF9g=
    -----END CERTIFICATE-----
  EOT
}

# To be published at _25._tcp.mail.example.com. It is as `records` of
# postmaster_dns_records has it.
output "record" {
  value = {
    name     = "_25._tcp.mail.example.com"
    type     = "TLSA"
    value    = provider::postmaster::tlsa(local.certificate, "3 1 1")
    priority = null
  }
}
