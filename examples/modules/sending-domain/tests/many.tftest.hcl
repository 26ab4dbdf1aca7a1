# Domains of several customers with for_each, at different DNS hosts.

provider "postmaster" {
  sandbox = {
    path  = ".postmaster/test-many.json"
    zones = { "shop.example" = "cloudflare" }
  }
}

variables {
  domains = ["example.com", "example.net", "example.org", "corp.example", "shop.example"]
}

run "from_nothing" {
  module {
    source = "./tests/many"
  }

  assert {
    condition = { for name, domain in output.domains : name => domain.dns_provider } == {
      "corp.example" = "rfc2136"
      "example.com"  = "cloudflare"
      "example.net"  = "godaddy"
      "example.org"  = "namecheap"
      "shop.example" = "cloudflare"
    }
    error_message = "The DNS hosts are ${jsonencode({ for name, domain in output.domains : name => domain.dns_provider })}."
  }

  assert {
    condition     = alltrue([for domain in output.domains : domain.valid && length(domain.published) == 4])
    error_message = "Not all are verified and published: ${jsonencode(output.domains)}."
  }
}

run "from_nothing_again" {
  command = plan

  module {
    source = "./tests/many"
  }

  variables {
    from_nothing = run.from_nothing
  }

  assert {
    condition     = output.domains == var.from_nothing.domains
    error_message = "A second plan has other outputs."
  }
}

run "one_leaves" {
  module {
    source = "./tests/many"
  }

  variables {
    from_nothing = run.from_nothing
    domains      = ["example.com", "example.net", "example.org", "corp.example"]
  }

  assert {
    condition     = output.domains == { for name, domain in var.from_nothing.domains : name => domain if name != "shop.example" }
    error_message = "The domains that stayed have changed."
  }
}
