# Runs the same configuration on simulated services. At the end, the test destroys
# what it has created. Each test file has a sandbox of its own.
provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-mail.json"
  }
}

variables {
  initial_password = "invented-for-this-test"
  force_destroy    = true
}

run "from_nothing" {
  assert {
    condition     = output.spf == "v=spf1 a:mail.example.com ~all"
    error_message = "The SPF record is ${output.spf}."
  }
}

# If this plan changed the records, their values would be known only after apply,
# and the condition would fail.
run "from_nothing_again" {
  command = plan

  assert {
    condition     = output.spf == "v=spf1 a:mail.example.com ~all"
    error_message = "The second plan changes the SPF record."
  }
}
