variable "sandbox" {
  description = "Whether to use the simulated services inside the provider. For real services, set this to false, and set the environment variables with their credentials."
  type        = bool
  default     = true
}

variable "domains" {
  description = "The firm's domains by their roles, each with its DNS host: cloudflare, namecheap, godaddy, rfc2136, route53, google, azure or yandex. Without one, the host is found by the domain's name servers."
  type = object({
    staff       = object({ name = string, dns_provider = optional(string) })
    workshop    = object({ name = string, dns_provider = optional(string) })
    newsletters = object({ name = string, dns_provider = optional(string) })
    receipts    = object({ name = string, dns_provider = optional(string) })
  })
  default = {
    staff       = { name = "corp.example", dns_provider = "rfc2136" }
    workshop    = { name = "example.org", dns_provider = "namecheap" }
    newsletters = { name = "example.net", dns_provider = "godaddy" }
    receipts    = { name = "example.com", dns_provider = "cloudflare" }
  }
}

variable "mail_host" {
  description = "The host name of the mail server. The staff's mail goes there, and its certificate is for this name. Its address must be in the DNS already."
  type        = string
  default     = "mail.example.com"
}

variable "replace_mx" {
  description = "Whether to replace the MX records of another mail service. Mail then goes to the new service at once, so set this after the mailboxes have been moved."
  type        = bool
  default     = false
}

variable "initial_password" {
  description = "The initial password of new mailboxes. It is in neither the plan nor the state."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = length(var.initial_password) >= 12 && length(var.initial_password) <= 20 && !startswith(var.initial_password, "-")
    error_message = "The initial password needs 12 to 20 characters, because Yandex takes no longer ones. It must not begin with a hyphen, because the mail server refuses that."
  }
}
