terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# Each service is configured by itself. Credentials may come from environment
# variables instead, such as MAILSERVER_PASSWORD.
provider "postmaster" {
  mailserver = {
    url      = "https://mail.example.com"
    username = "admin"
    password = var.mailserver_password
  }
}

variable "mailserver_password" {
  type      = string
  sensitive = true
  ephemeral = true # in no state, and in no saved plan
}
