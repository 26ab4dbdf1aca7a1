terraform {
  # Write-only arguments, used for passwords, need Terraform or OpenTofu 1.11.
  required_version = ">= 1.11"

  required_providers {
    postmaster = {
      source = "postmaster-dev/postmaster"
    }
  }
}
