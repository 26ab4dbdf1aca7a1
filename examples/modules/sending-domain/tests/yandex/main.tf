# Connects a domain to Yandex.Mail for Domain. The domain is delegated to Yandex, so that Yandex then has its zone.

variable "domain" {
  description = "The domain."
  type        = string
}

resource "postmaster_mail_domain" "this" {
  domain  = var.domain
  service = "yandex"

  # The domain has no mail yet.
  force_destroy = true
}

# Waits until Yandex has seen that the domain is delegated to it.
resource "postmaster_domain_verification" "this" {
  domain_id = postmaster_mail_domain.this.id
}
