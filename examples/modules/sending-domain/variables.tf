variable "domain" {
  description = "The domain to send from, such as example.com or news.example.com."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s@/:]+\\.[^\\s@/:]+$", var.domain))
    error_message = "The domain has to be a name of at least two labels, such as example.com: no address, no URL."
  }
}

variable "sender" {
  description = "Who sends for the domain: sendgrid or octeth, with the arguments of the block of that name in postmaster_sender_domain. What is left out is the sender's default."
  type = object({
    sendgrid = optional(object({
      subdomain            = optional(string)
      automatic_security   = optional(bool)
      custom_spf           = optional(bool)
      default              = optional(bool)
      ips                  = optional(set(string))
      custom_dkim_selector = optional(string)
      region               = optional(string)
      username             = optional(string)
      subusers             = optional(set(string))
      on_behalf_of         = optional(string)
    }))
    octeth = optional(object({
      record_type            = string
      subdomain              = optional(string)
      track_prefix           = optional(string)
      use_tracking_subdomain = optional(bool)
      link_tracking          = optional(bool)
      open_tracking          = optional(bool)
      unsubscribe_link       = optional(bool)
    }))
  })
  nullable = false

  validation {
    condition     = (var.sender.sendgrid == null) != (var.sender.octeth == null)
    error_message = "A domain has exactly one sender: sendgrid or octeth."
  }
}

variable "dns_provider" {
  description = "The DNS host of the domain: cloudflare, namecheap, godaddy or rfc2136. With null it is the one of account, else it is found by the domain's name servers."
  type        = string
  default     = null

  validation {
    condition     = var.dns_provider == null || contains(["cloudflare", "namecheap", "godaddy", "rfc2136"], coalesce(var.dns_provider, "-"))
    error_message = "The DNS host has to be cloudflare, namecheap, godaddy or rfc2136, or null to have it found."
  }
}

variable "account" {
  description = "The name of the credentials in dns_accounts of the provider's configuration, for a domain at a customer's DNS host. With null they are those of the provider's block for the host."
  type        = string
  default     = null
}

variable "zone" {
  description = "The zone to publish in. With null it is the deepest one of the account that holds the domain."
  type        = string
  default     = null
}

variable "dmarc" {
  description = "The DMARC policy to publish for the domain, such as \"v=DMARC1; p=quarantine\". With null none is published: the domain may have one already, or be covered by the policy of the domain above it."
  type        = string
  default     = null

  validation {
    condition     = var.dmarc == null || can(regex("^v=DMARC1\\s*;", var.dmarc))
    error_message = "A DMARC policy begins with v=DMARC1 and a semicolon, such as \"v=DMARC1; p=none\"."
  }
}

variable "required" {
  description = "Whether it is an error that the sender does not verify the domain in time. Where somebody else's DNS decides, false makes it a warning, and the next apply tries again."
  type        = bool
  default     = true
  nullable    = false
}

variable "ttl" {
  description = "TTL in seconds of the records. With null it is the DNS host's default."
  type        = number
  default     = null
}

variable "overwrite" {
  description = "Whether records of others that are in the way are replaced, such as those that a sender used before has left. Without it the plan fails and names them."
  type        = bool
  default     = false
  nullable    = false
}

variable "timeouts" {
  description = "How long to wait: publish until the name servers have the records (default 5m), verify until the sender has verified the domain (default 10m)."
  type = object({
    publish = optional(string)
    verify  = optional(string)
  })
  default  = {}
  nullable = false
}
