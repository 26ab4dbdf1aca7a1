# The whole firm, from nothing.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test.json" # another one than for trying the example out
  }
  octeth = { api_version = "5.9.4" }
}

variables {
  initial_password = "invented-in-a-test"
}

run "from_nothing" {
  assert {
    condition = { for name, domain in output.domains : name => domain.dns_host } == {
      "corp.example" = "rfc2136"
      "example.com"  = "cloudflare"
      "example.net"  = "godaddy"
      "example.org"  = "namecheap"
    }
    error_message = "The DNS hosts are ${jsonencode({ for name, domain in output.domains : name => domain.dns_host })}."
  }

  assert {
    condition     = [for name, domain in output.domains : name if domain.valid == false] == []
    error_message = "Not verified are ${join(", ", [for name, domain in output.domains : name if domain.valid == false])}."
  }

  assert {
    condition     = sum([for domain in output.domains : coalesce(domain.mailboxes, 0)]) == 1 + length(local.mailboxes)
    error_message = "Of ${length(local.mailboxes)} mailboxes and the postmaster's, ${sum([for domain in output.domains : coalesce(domain.mailboxes, 0)])} are there."
  }

  assert {
    condition = alltrue([
      for name, domain in output.domains : contains([for record in domain.records : record.name], "_dmarc.${name}")
    ])
    error_message = "A domain is without a DMARC policy."
  }

  # What several sources ask for at one name is in one SPF record.
  assert {
    condition = [
      for record in output.domains["corp.example"].records : record.value if startswith(record.value, "v=spf1")
    ] == ["v=spf1 ip4:192.0.2.80 a:mail.example.com ~all"]
    error_message = "The SPF record is ${jsonencode(output.domains["corp.example"].records)}."
  }
}

run "from_nothing_again" {
  command = plan

  assert {
    condition     = output.domains["corp.example"].records == run.from_nothing.domains["corp.example"].records
    error_message = "A second plan has other outputs."
  }
}
