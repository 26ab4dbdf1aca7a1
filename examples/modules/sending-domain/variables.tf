variable "domain" {
  description = "The domain to send from, such as example.com or news.example.com."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s@/:]+\\.[^\\s@/:]+$", var.domain))
    error_message = "The domain must be a name of at least two labels, such as example.com, and no email address or URL."
  }
}

variable "sender" {
  description = "The sender: sendgrid or octeth, with the arguments of that block in postmaster_sender_domain. Arguments that are left out have the sender's defaults."
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
    error_message = "Set exactly one sender: sendgrid or octeth."
  }
}

variable "dns_provider" {
  description = "The DNS host of the domain: cloudflare, namecheap, godaddy, rfc2136, route53, google, azure or yandex. With null, it is the host of account, or else the host is found by the domain's name servers."
  type        = string
  default     = null

  validation {
    condition     = var.dns_provider == null || contains(["cloudflare", "namecheap", "godaddy", "rfc2136", "route53", "google", "azure", "yandex"], coalesce(var.dns_provider, "-"))
    error_message = "The DNS host must be cloudflare, namecheap, godaddy, rfc2136, route53, google, azure or yandex. With null, it is found."
  }
}

variable "account" {
  description = "The account in dns_accounts of the provider block, for a domain at a customer's DNS host. With null, the credentials are those of the host's own block."
  type        = string
  default     = null
}

variable "zone" {
  description = "The zone to publish in. With null, it is the deepest zone of the account that holds the domain."
  type        = string
  default     = null
}

variable "zone_id" {
  description = "The host's own ID of the zone, for an account that has several zones of one name, or that may not list zones. With null, the zone is found by its name."
  type        = string
  default     = null
}

variable "dmarc" {
  description = "The DMARC policy to publish for the domain, such as \"v=DMARC1; p=quarantine\". With null, none is published: the domain may have one already, or the policy of the domain above it may cover it."
  type        = string
  default     = null

  validation {
    condition     = var.dmarc == null || can(regex("^v=DMARC1\\s*;", var.dmarc))
    error_message = "A DMARC policy must begin with v=DMARC1 and a semicolon, such as \"v=DMARC1; p=none\"."
  }
}

variable "required" {
  description = "Whether it is an error if the sender does not verify the domain in time. With false, it is a warning, and the next apply tries again. Use false if somebody else edits the DNS."
  type        = bool
  default     = true
  nullable    = false
}

variable "ttl" {
  description = "The TTL of the records in seconds. With null, it is the DNS host's default."
  type        = number
  default     = null
}

variable "overwrite" {
  description = "Whether to replace records of others that are in the way, such as those of an earlier sender. With false, the plan is an error that names them."
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
