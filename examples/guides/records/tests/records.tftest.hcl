provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-records.json"
  }
}

run "published" {
  assert {
    condition     = output.values["_dmarc.example.com"] == "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
    error_message = "The records are ${jsonencode(output.values)}."
  }

  assert {
    condition     = output.values["srv-imaps"] == "0 1 993 mail.example.com." && output.values["srv-pop3"] == "0 0 0 ."
    error_message = "The records are ${jsonencode(output.values)}."
  }

  assert {
    condition     = output.values["caa-issue-letsencrypt.org"] == "0 issue \"letsencrypt.org\""
    error_message = "The records are ${jsonencode(output.values)}."
  }

  assert {
    condition     = length(output.values) == 14
    error_message = "There are ${length(output.values)} records."
  }
}

run "published_again" {
  command = plan

  assert {
    condition     = length(output.values) == 14
    error_message = "The second plan changes the records."
  }
}
