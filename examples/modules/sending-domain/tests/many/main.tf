# Uses the module once for each of several domains, as a configuration does: it inherits the provider, and the domains are
# at different DNS hosts.

variable "domains" {
  description = "The domains to send from."
  type        = set(string)
}

module "sending_domain" {
  source   = "../.."
  for_each = var.domains

  domain   = each.key
  sender   = { sendgrid = {} }
  dmarc    = "v=DMARC1; p=none"
  required = false
}

output "domains" {
  description = "The outputs of the module for each domain."
  value       = module.sending_domain
}
