# A subdomain. Its records are published in the zone above it, on an RFC 2136 server. Then the domain changes to manual
# security, which makes another domain at SendGrid with other records.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-rfc2136.json"
  }
}

variables {
  domain = "news.corp.example"
  sender = {
    sendgrid = {}
  }
  dns_provider = "rfc2136"
  zone         = "corp.example"
  required     = false
  timeouts = {
    publish = "2m"
    verify  = "2m"
  }
}

run "from_nothing" {
  assert {
    condition     = output.dns_provider == "rfc2136" && output.zone == "corp.example"
    error_message = "The records are in the zone ${output.zone} at ${output.dns_provider}."
  }

  assert {
    condition     = length(output.published) == 3 && alltrue([for record in output.published : endswith(record.name, ".news.corp.example")])
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
    condition     = output.id == var.from_nothing.id && output.published == var.from_nothing.published
    error_message = "A second plan has other outputs."
  }
}

run "manual_security" {
  variables {
    from_nothing = run.from_nothing
    sender = {
      sendgrid = { automatic_security = false }
    }
  }

  assert {
    condition     = output.id != var.from_nothing.id && output.valid
    error_message = "Still the domain ${output.id}, or not verified."
  }

  assert {
    condition     = length(output.published) > 0 && alltrue([for record in output.published : contains(["MX", "TXT"], record.type)])
    error_message = "Published are ${jsonencode(output.published)}."
  }
}

run "manual_security_again" {
  command = plan

  variables {
    manual_security = run.manual_security
    sender = {
      sendgrid = { automatic_security = false }
    }
  }

  assert {
    condition     = output.id == var.manual_security.id && output.published == var.manual_security.published
    error_message = "A second plan has other outputs."
  }
}
