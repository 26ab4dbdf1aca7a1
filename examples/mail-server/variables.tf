variable "sandbox" {
  description = "Whether to use the simulated mail server inside the provider. For a real one set this to false, and MAILSERVER_URL, MAILSERVER_USERNAME and MAILSERVER_PASSWORD in the environment."
  type        = bool
  default     = true
}

variable "mail_host" {
  description = "The name under which people reach the mail server. The firm's domains send their mail there, and its certificate is for this name."
  type        = string
  default     = "mail.example.com"
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
