terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# Each service is configured by itself, and only those that are used. Credentials
# may come from environment variables instead, such as MAILSERVER_PASSWORD.
provider "postmaster" {
  mailserver = {
    url      = "https://mail.example.com"
    username = "admin"
    password = var.mailserver_password
  }

  # Beside another mail service, each new postmaster_mail_domain names its own.
  yandex = {
    base_url  = "https://pdd.example.net/api2/admin"
    pdd_token = var.yandex_pdd_token
  }

  octeth = {
    url     = "https://campaigns.example.com"
    api_key = var.octeth_api_key
  }
}

# Ephemeral: in no state, and in no saved plan.
variable "mailserver_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "yandex_pdd_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "octeth_api_key" {
  type      = string
  sensitive = true
  ephemeral = true
}
