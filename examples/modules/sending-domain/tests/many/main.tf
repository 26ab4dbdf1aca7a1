# Uses the module once for each of several domains, as a configuration does: it inherits the provider, and the domains are
# at different DNS hosts.

variable "domains" {
  description = "The domains to send from."
  type        = set(string)
}

variable "sender" {
  description = "The sender of all domains."
  type        = object({ sendgrid = object({ automatic_security = optional(bool) }) })
  default     = { sendgrid = {} }
}

module "sending_domain" {
  source   = "../.."
  for_each = var.domains

  domain   = each.key
  sender   = var.sender
  dmarc    = "v=DMARC1; p=none"
  required = false
}

output "domains" {
  description = "The outputs of the module for each domain."
  value       = module.sending_domain
}
