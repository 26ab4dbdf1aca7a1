terraform {
  required_version = ">= 1.11"
  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}

# Credentials come from environment variables: SENDGRID_API_KEY, OCTETH_API_KEY,
# YANDEX_PDD_TOKEN, and those of the DNS hosts, such as CLOUDFLARE_API_TOKEN. For
# Octeth, set the URL and the version of the installation.
provider "postmaster" {
  octeth = {
    url         = "https://octeth.example.com"
    api_version = "5.9.4"
  }
}
