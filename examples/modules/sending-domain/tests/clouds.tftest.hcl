# Domains at Route 53, Google Cloud DNS and Azure DNS. First SendGrid asks for CNAME records. With manual security it asks for
# MX and TXT records in their place.

provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-clouds.json"
    zones = {
      "azure.example"   = "azure"
      "google.example"  = "google"
      "route53.example" = "route53"
    }
  }
}

variables {
  domains = ["azure.example", "google.example", "news.route53.example"]
}

run "from_nothing" {
  module {
    source = "./tests/many"
  }

  assert {
    condition = { for name, domain in output.domains : name => "${domain.dns_provider} ${domain.zone}" } == {
      "azure.example"        = "azure azure.example"
      "google.example"       = "google google.example"
      "news.route53.example" = "route53 route53.example"
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

run "manual_security" {
  module {
    source = "./tests/many"
  }

  variables {
    from_nothing = run.from_nothing
    sender       = { sendgrid = { automatic_security = false } }
  }

  assert {
    condition     = alltrue([for name, domain in output.domains : domain.valid && domain.id != var.from_nothing.domains[name].id])
    error_message = "Not all are new and verified: ${jsonencode(output.domains)}."
  }

  assert {
    condition = alltrue([
      for domain in output.domains : toset([for record in domain.published : record.type]) == toset(["MX", "TXT"])
    ])
    error_message = "Published are ${jsonencode({ for name, domain in output.domains : name => domain.published })}."
  }
}

run "manual_security_again" {
  command = plan

  module {
    source = "./tests/many"
  }

  variables {
    manual_security = run.manual_security
    sender          = { sendgrid = { automatic_security = false } }
  }

  assert {
    condition     = output.domains == var.manual_security.domains
    error_message = "A second plan has other outputs."
  }
}
