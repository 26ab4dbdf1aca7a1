# The public key as PEM, such as file("dkim.pub"), or as base64.
output "key" {
  value = provider::postmaster::dkim_record({
    p = <<-EOT
      -----BEGIN PUBLIC KEY-----
      MCowBQYDK2VwAyEAAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
      -----END PUBLIC KEY-----
    EOT
    t = "s"
  })
}

# v=DKIM1; k=ed25519; t=s; p=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
