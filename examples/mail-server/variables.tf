variable "sandbox" {
  description = "Whether to use the simulated services inside the provider. For real ones set this to false, and their credentials in the environment, such as MAILSERVER_URL, MAILSERVER_USERNAME, MAILSERVER_PASSWORD and CLOUDFLARE_API_TOKEN."
  type        = bool
  default     = true
}

variable "mail_host" {
  description = "The name under which people reach the mail server. The firm's domains send their mail there, and its certificate is for this name."
  type        = string
  default     = "mail.example.com"
}

variable "dns_hosts" {
  description = "The DNS host of each domain: cloudflare, namecheap, godaddy or rfc2136. With null it is found by the domain's name servers."
  type        = map(string)
  default = {
    "example.com"  = "cloudflare"
    "example.org"  = "namecheap"
    "example.net"  = "godaddy"
    "corp.example" = "rfc2136"
  }
}

variable "domains_without_mail" {
  description = "Those of the domains in dns_hosts that neither send nor receive mail."
  type        = set(string)
  default     = ["corp.example"]
}

variable "replace_mx" {
  description = "Whether MX records of another mail service make way for those of the mail server. Mail then goes there from one hour to the next: set this when the mailboxes have been moved."
  type        = bool
  default     = false
}

variable "initial_password" {
  description = "The password that new mailboxes start with. It is written to the mail server, and to neither the plan nor the state."
  type        = string
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = length(var.initial_password) >= 12 && !startswith(var.initial_password, "-")
    error_message = "The initial password needs at least 12 characters and must not begin with a hyphen, which the mail server cannot take."
  }
}
