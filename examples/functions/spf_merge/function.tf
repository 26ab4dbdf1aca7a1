locals {
  present = "v=spf1 mx -all"
  sender  = "v=spf1 include:spf.example.net ~all"
}

output "merged" {
  value = provider::postmaster::spf_merge(local.present, local.sender)
}

# v=spf1 mx include:spf.example.net -all
