# A domain at SendGrid with automatic security, from nothing to verified. Then its DMARC policy becomes stricter, and then
# it is removed. The DNS host is found by the domain's name servers.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-cloudflare.json"
  }
}

variables {
  domain = "example.com"
  sender = {
    sendgrid = { subdomain = "em" }
  }
  dmarc = "v=DMARC1; p=none; rua=mailto:dmarc@example.com"
}

run "from_nothing" {
  assert {
    condition     = startswith(output.id, "sendgrid/")
    error_message = "The domain is not at SendGrid, but ${output.id}."
  }

  assert {
    condition     = output.dns_provider == "cloudflare" && output.zone == "example.com"
    error_message = "The records are in the zone ${output.zone} at ${output.dns_provider}."
  }

  assert {
    condition     = toset(keys(output.dns_records)) == toset(["dkim1", "dkim2", "mail_cname"])
    error_message = "SendGrid asks for ${join(", ", keys(output.dns_records))}."
  }

  assert {
    condition = toset([for record in output.published : "${record.type} ${record.name}"]) == toset([
      "CNAME em.example.com", "CNAME s1._domainkey.example.com", "CNAME s2._domainkey.example.com", "TXT _dmarc.example.com",
    ])
    error_message = "Published are ${jsonencode(output.published)}."
  }

  assert {
    condition     = output.valid && output.verified_at != null
    error_message = "SendGrid has not verified the domain."
  }
}

run "from_nothing_again" {
  command = plan

  variables {
    from_nothing = run.from_nothing
  }

  assert {
    condition     = output.published == var.from_nothing.published && output.verified_at == var.from_nothing.verified_at
    error_message = "A second plan has other outputs."
  }
}

run "stricter_dmarc" {
  variables {
    from_nothing = run.from_nothing
    dmarc        = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
  }

  assert {
    condition     = [for record in output.published : record.value if record.name == "_dmarc.example.com"] == [var.dmarc]
    error_message = "Published are ${jsonencode(output.published)}."
  }

  assert {
    condition     = output.id == var.from_nothing.id && output.verified_at == var.from_nothing.verified_at
    error_message = "The domain was registered or verified anew for a record that the sender has no part in."
  }
}

run "no_dmarc" {
  variables {
    stricter_dmarc = run.stricter_dmarc
    dmarc          = null
  }

  assert {
    condition     = length(output.published) == 3 && output.id == var.stricter_dmarc.id
    error_message = "Published are ${jsonencode(output.published)}."
  }
}

run "no_dmarc_again" {
  command = plan

  variables {
    no_dmarc = run.no_dmarc
    dmarc    = null
  }

  assert {
    condition     = output.published == var.no_dmarc.published
    error_message = "A second plan has other outputs."
  }
}
