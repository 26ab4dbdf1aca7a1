terraform {
  # What the provider itself asks for.
  required_version = ">= 1.11"

  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}
