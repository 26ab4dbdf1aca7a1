variable "sandbox" {
  description = "Whether to use the simulated services inside the provider. For real services, set this to false, and set the environment variables with their credentials, such as MAILSERVER_URL, MAILSERVER_USERNAME, MAILSERVER_PASSWORD and CLOUDFLARE_API_TOKEN."
  type        = bool
  default     = true
}

variable "mail_host" {
  description = "The host name of the mail server. The mail of the firm's domains goes there, and its certificate is for this name."
  type        = string
  default     = "mail.example.com"
}

variable "dns_hosts" {
  description = "The DNS host of each domain: cloudflare, namecheap, godaddy, rfc2136, route53, google, azure or yandex. With null, the host is found by the domain's name servers."
  type        = map(string)
  default = {
    "example.com"  = "cloudflare"
    "example.org"  = "namecheap"
    "example.net"  = "godaddy"
    "corp.example" = "rfc2136"
  }
}

variable "domains_without_mail" {
  description = "The domains in dns_hosts that neither send nor receive mail."
  type        = set(string)
  default     = ["corp.example"]
}

variable "replace_mx" {
  description = "Whether to replace the MX records of another mail service. Mail then goes to the mail server at once, so set this after the mailboxes have been moved."
  type        = bool
  default     = false
}

variable "initial_password" {
  description = "The initial password of new mailboxes. It is in neither the plan nor the state."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = length(var.initial_password) >= 12 && !startswith(var.initial_password, "-")
    error_message = "The initial password needs at least 12 characters. It must not begin with a hyphen, because the mail server refuses that."
  }
}
