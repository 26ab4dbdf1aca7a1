output "bimi" {
  value = provider::postmaster::bimi({
    l = "https://example.com/logo.svg"
    a = "https://example.com/logo.pem"
  })
}

# v=BIMI1; l=https://example.com/logo.svg; a=https://example.com/logo.pem
