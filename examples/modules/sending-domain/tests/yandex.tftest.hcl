# A domain whose mail and zone are at Yandex. It begins to send newsletters through SendGrid with manual security: its records
# stand beside those of the mail service.

provider "postmaster" {
  sandbox = {
    path  = ".postmaster/test-yandex.json"
    zones = { "post.example" = "yandex" }
  }
}

variables {
  domain = "post.example"
  sender = {
    sendgrid = { automatic_security = false }
  }
  dmarc = "v=DMARC1; p=none"
}

run "mail" {
  module {
    source = "./tests/yandex"
  }
}

run "from_nothing" {
  assert {
    condition     = output.dns_provider == "yandex" && output.zone == "post.example"
    error_message = "The records are in the zone ${output.zone} at ${output.dns_provider}."
  }

  assert {
    condition     = output.valid && toset([for record in output.published : record.type]) == toset(["MX", "TXT"])
    error_message = "Published are ${jsonencode(output.published)}."
  }
}

run "from_nothing_again" {
  command = plan

  variables {
    from_nothing = run.from_nothing
  }

  assert {
    condition     = output.published == var.from_nothing.published && output.id == var.from_nothing.id
    error_message = "A second plan has other outputs."
  }
}
