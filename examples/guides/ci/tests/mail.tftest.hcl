# The same configuration on simulated services. What the test makes, it destroys
# at the end; each file has a sandbox of its own.
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

run "from_nothing_again" {
  command = plan

  assert {
    condition     = output.spf == run.from_nothing.spf
    error_message = "A second plan has other outputs."
  }
}
