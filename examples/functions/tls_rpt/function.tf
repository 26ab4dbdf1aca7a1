output "tls_rpt" {
  value = provider::postmaster::tls_rpt(["mailto:tls-reports@example.com"])
}

# v=TLSRPTv1; rua=mailto:tls-reports@example.com
