# Sets up the whole firm from nothing.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test.json" # not the file that a run of the example uses
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
    error_message = "There should be ${length(local.mailboxes)} mailboxes and the postmaster's, and there are ${sum([for domain in output.domains : coalesce(domain.mailboxes, 0)])}."
  }

  assert {
    condition = alltrue([
      for name, domain in output.domains : contains([for record in domain.records : record.name], "_dmarc.${name}")
    ])
    error_message = "A domain is without a DMARC policy."
  }

  # The mechanisms of several resources are in one SPF record.
  assert {
    condition = [
      for record in output.domains["corp.example"].records : record.value if startswith(record.value, "v=spf1")
    ] == ["v=spf1 ip4:192.0.2.80 a:mail.example.com ~all"]
    error_message = "The SPF record is ${jsonencode(output.domains["corp.example"].records)}."
  }
}

# What is set up is right: the checks of all domains find nothing else to say than that MTA-STS is left out.
run "all_is_right" {
  module {
    source = "./tests/check"
  }

  variables {
    domains = run.from_nothing.domains
  }

  assert {
    condition     = output.found == ["corp.example sts_record", "example.org sts_record"]
    error_message = "The checks say:\n${join("\n", output.reasons)}"
  }
}

run "from_nothing_again" {
  command = plan

  # make check-examples also checks that this plan is empty.
  assert {
    condition     = length(output.domains["corp.example"].records) > 0 && output.domains["example.com"].valid
    error_message = "The second plan has other outputs."
  }
}
