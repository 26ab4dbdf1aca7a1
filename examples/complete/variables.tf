variable "sandbox" {
  description = "Whether to use the simulated services inside the provider. For real ones set this to false, and their credentials in the environment."
  type        = bool
  default     = true
}

variable "domains" {
  description = "The firm's domains by their roles, each with its DNS host: cloudflare, namecheap, godaddy or rfc2136. Without one it is found by the domain's name servers."
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
  description = "The name under which people reach the mail server. The staff's mail goes there, and its certificate is for this name. Its address is in the DNS already."
  type        = string
  default     = "mail.example.com"
}

variable "replace_mx" {
  description = "Whether MX records of another mail service make way for those of the services here. Mail then goes there from one hour to the next: set this when the mailboxes have been moved."
  type        = bool
  default     = false
}

variable "initial_password" {
  description = "The password that new mailboxes start with. It is written to the mail services, and to neither the plan nor the state."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = length(var.initial_password) >= 12 && length(var.initial_password) <= 20 && !startswith(var.initial_password, "-")
    error_message = "The initial password needs 12 to 20 characters, as Yandex takes no longer ones, and must not begin with a hyphen, which the mail server cannot take."
  }
}
