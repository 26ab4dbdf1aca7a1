# The domain changes to one at another DNS host: everything of the first one is removed.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-another-domain.json"
  }
}

variables {
  sender = {
    sendgrid = {}
  }
  dmarc = "v=DMARC1; p=none"
}

run "from_nothing" {
  variables {
    domain = "example.com"
  }

  assert {
    condition     = output.dns_provider == "cloudflare" && output.valid
    error_message = "The domain is at ${output.dns_provider}, or not verified."
  }
}

run "another_domain" {
  variables {
    from_nothing = run.from_nothing
    domain       = "example.net"
  }

  assert {
    condition     = output.id != var.from_nothing.id && output.dns_provider == "godaddy" && output.valid
    error_message = "The domain is at ${output.dns_provider}, or not verified."
  }

  assert {
    condition     = length(output.published) == 4 && alltrue([for record in output.published : endswith(record.name, ".example.net")])
    error_message = "Published are ${jsonencode(output.published)}."
  }
}

run "another_domain_again" {
  command = plan

  variables {
    another_domain = run.another_domain
    domain         = "example.net"
  }

  assert {
    condition     = output.published == var.another_domain.published && output.dns_records == var.another_domain.dns_records
    error_message = "A second plan has other outputs."
  }
}
