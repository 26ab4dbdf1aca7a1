terraform {
  # The provider needs this version.
  required_version = ">= 1.11"

  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}
