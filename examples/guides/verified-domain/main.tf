terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# Credentials come from the environment: SENDGRID_API_KEY, OCTETH_API_KEY,
# YANDEX_PDD_TOKEN, and those of the DNS hosts, such as CLOUDFLARE_API_TOKEN. An
# installation of Octeth has to be named, with its version.
provider "postmaster" {
  octeth = {
    url         = "https://octeth.example.com"
    api_version = "5.9.4"
  }
}
