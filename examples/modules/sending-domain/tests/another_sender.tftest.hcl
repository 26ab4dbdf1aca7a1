# A domain moves from SendGrid to Octeth: the records of Octeth replace those of SendGrid, and the DMARC policy stays.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-another-sender.json"
  }
  octeth = { api_version = "5.9.4" }
}

variables {
  domain = "example.com"
  dmarc  = "v=DMARC1; p=none"
}

run "sendgrid" {
  variables {
    sender = {
      sendgrid = {}
    }
  }

  assert {
    condition     = startswith(output.id, "sendgrid/") && output.valid
    error_message = "The domain is ${output.id}, or not verified."
  }
}

run "octeth" {
  variables {
    sendgrid = run.sendgrid
    sender = {
      octeth = { record_type = "campaign" }
    }
  }

  assert {
    condition     = startswith(output.id, "octeth/campaign/") && output.valid
    error_message = "The domain is ${output.id}, or not verified."
  }

  assert {
    condition     = length(output.published) == length(output.dns_records) + 1
    error_message = "Octeth asks for ${jsonencode(output.dns_records)}, published are ${jsonencode(output.published)}."
  }

  assert {
    condition = [for record in output.published : record if record.name == "_dmarc.example.com"] == [
      for record in var.sendgrid.published : record if record.name == "_dmarc.example.com"
    ]
    error_message = "The DMARC policy has changed: ${jsonencode(output.published)}."
  }
}

run "octeth_again" {
  command = plan

  variables {
    octeth = run.octeth
    sender = {
      octeth = { record_type = "campaign" }
    }
  }

  assert {
    condition     = output.published == var.octeth.published
    error_message = "A second plan has other outputs."
  }
}
