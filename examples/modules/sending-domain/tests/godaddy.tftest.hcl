# A domain at SendGrid with manual security. Its records are known only after apply: an MX record, and TXT records for SPF
# and DKIM.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-godaddy.json"
  }
}

variables {
  domain = "example.net"
  sender = {
    sendgrid = {
      subdomain            = "mail"
      automatic_security   = false
      custom_dkim_selector = "abc"
    }
  }
  dns_provider = "godaddy"
  ttl          = 3600
}

run "from_nothing" {
  assert {
    condition     = output.dns_provider == "godaddy" && output.zone == "example.net"
    error_message = "The records are in the zone ${output.zone} at ${output.dns_provider}."
  }

  assert {
    condition     = length(output.published) == length(output.dns_records) && length(output.dns_records) > 0
    error_message = "SendGrid asks for ${jsonencode(output.dns_records)}, published are ${jsonencode(output.published)}."
  }

  assert {
    condition = alltrue([
      for record in output.published : record.type == "MX" ? record.priority != null : record.type == "TXT" && record.priority == null
    ])
    error_message = "Published are ${jsonencode(output.published)}."
  }

  assert {
    condition     = output.valid
    error_message = "SendGrid has not verified the domain."
  }
}

run "from_nothing_again" {
  command = plan

  variables {
    from_nothing = run.from_nothing
  }

  assert {
    condition     = output.dns_records == var.from_nothing.dns_records && output.published == var.from_nothing.published
    error_message = "A second plan has other outputs."
  }
}
