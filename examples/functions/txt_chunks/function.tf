variable "dkim_key" {
  type    = string
  default = "v=DKIM1; k=ed25519; p=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
}

# The value of a TXT record for a provider that takes a list of strings:
output "strings" {
  value = provider::postmaster::txt_chunks(var.dkim_key)
}

# The same for `records` of aws_route53_record:
output "route53" {
  value = join("\"\"", provider::postmaster::txt_chunks(var.dkim_key))
}
