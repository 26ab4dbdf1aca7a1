# In PEM format: first the certificate of the host, then those of the intermediate
# authorities.
variable "mail_host_certificate" {
  type = string
}

# In PEM format. Set the environment variable TF_VAR_mail_host_key.
variable "mail_host_key" {
  type      = string
  ephemeral = true
}

resource "postmaster_tls_certificate" "example" {
  hostname        = "mail.example.com"
  certificate_pem = var.mail_host_certificate

  # Write-only: the key is in no state and no plan. A new certificate or another
  # version uploads it again.
  private_key_pem_wo         = var.mail_host_key
  private_key_pem_wo_version = 1
}
