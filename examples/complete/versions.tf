terraform {
  # Passwords are given in write-only arguments, which Terraform and OpenTofu know since 1.11.
  required_version = ">= 1.11"

  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}
