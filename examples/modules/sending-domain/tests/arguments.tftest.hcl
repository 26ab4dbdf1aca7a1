# Arguments that are refused before any service is called.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-arguments.json"
  }
}

variables {
  domain = "example.com"
  sender = {
    sendgrid = {}
  }
}

run "no_sender" {
  command = plan

  variables {
    sender = {}
  }

  expect_failures = [var.sender]
}

run "two_senders" {
  command = plan

  variables {
    sender = {
      sendgrid = {}
      octeth   = { record_type = "campaign" }
    }
  }

  expect_failures = [var.sender]
}

run "url_for_a_domain" {
  command = plan

  variables {
    domain = "https://example.com"
  }

  expect_failures = [var.domain]
}

run "single_label" {
  command = plan

  variables {
    domain = "example"
  }

  expect_failures = [var.domain]
}

run "unknown_dns_host" {
  command = plan

  variables {
    dns_provider = "ovh"
  }

  expect_failures = [var.dns_provider]
}

run "no_dmarc_policy" {
  command = plan

  variables {
    dmarc = "p=reject"
  }

  expect_failures = [var.dmarc]
}
