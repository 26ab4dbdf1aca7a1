# A domain for newsletters at Octeth. If its subdomain changes, Octeth generates other records. A domain for transactional
# mail is another domain at Octeth.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-octeth.json"
  }
  octeth = { api_version = "5.9.4" }
}

variables {
  domain = "example.net"
  sender = {
    octeth = { record_type = "campaign" }
  }
  dmarc = "v=DMARC1; p=none"
}

run "from_nothing" {
  assert {
    condition     = startswith(output.id, "octeth/campaign/")
    error_message = "The domain is not at Octeth, but ${output.id}."
  }

  assert {
    condition     = output.dns_provider == "godaddy" && output.zone == "example.net"
    error_message = "The records are in the zone ${output.zone} at ${output.dns_provider}."
  }

  assert {
    condition     = length(output.dns_records) > 0 && length(output.published) == length(output.dns_records) + 1
    error_message = "Octeth asks for ${jsonencode(output.dns_records)}, published are ${jsonencode(output.published)}."
  }

  assert {
    condition     = output.valid
    error_message = "Octeth has not verified the domain."
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

run "another_subdomain" {
  variables {
    from_nothing = run.from_nothing
    sender = {
      octeth = { record_type = "campaign", subdomain = "mail" }
    }
  }

  assert {
    condition     = output.id == var.from_nothing.id && output.valid
    error_message = "The domain was made anew (${output.id}), or is not verified."
  }

  assert {
    condition = toset([for record in output.published : "${record.type} ${record.name}"]) == toset(concat(
      [for record in output.dns_records : "${record.type} ${record.name}"], ["TXT _dmarc.example.net"],
    ))
    error_message = "Octeth asks for ${jsonencode(output.dns_records)}, published are ${jsonencode(output.published)}."
  }

  assert {
    condition     = contains([for record in output.published : record.name], "mail.example.net")
    error_message = "Published are ${jsonencode(output.published)}."
  }
}

run "another_subdomain_again" {
  command = plan

  variables {
    another_subdomain = run.another_subdomain
    sender = {
      octeth = { record_type = "campaign", subdomain = "mail" }
    }
  }

  assert {
    condition     = output.published == var.another_subdomain.published
    error_message = "A second plan has other outputs."
  }
}

run "email_gateway" {
  variables {
    sender = {
      octeth = { record_type = "email-gateway" }
    }
  }

  assert {
    condition     = startswith(output.id, "octeth/email-gateway/") && output.valid
    error_message = "The domain is ${output.id}, or not verified."
  }
}
