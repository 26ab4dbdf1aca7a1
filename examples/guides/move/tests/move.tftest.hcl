# Moves the domain on simulated services: first the old service receives the mail,
# then the new one.
provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-move.json"
  }
}

variables {
  initial_password = "invented-pw-12"
  delete_old       = true
  delete_new       = true
}

run "prepared" {
  assert {
    condition     = output.mx == "mail.example.com"
    error_message = "Mail goes to ${output.mx}."
  }
}

run "switched" {
  variables {
    switched = true
  }

  assert {
    condition     = output.mx == "mx.yandex.net"
    error_message = "Mail goes to ${output.mx}."
  }

  assert {
    condition     = strcontains(output.spf, "include:_spf.yandex.net") && strcontains(output.spf, "a:mail.example.com")
    error_message = "The SPF record is ${output.spf}."
  }
}

run "switched_again" {
  command = plan

  variables {
    switched = true
  }

  assert {
    condition     = output.mx == "mx.yandex.net"
    error_message = "The second plan changes the MX record."
  }
}
