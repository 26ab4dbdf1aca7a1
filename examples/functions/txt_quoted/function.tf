output "quoted" {
  value = provider::postmaster::txt_quoted("v=spf1 mx -all")
}

# "v=spf1 mx -all", with the quotes
