# A domain whose zone is named by the host's own ID, as it has to be if the credentials may not list zones. With another ID of the
# same zone, nothing changes.

provider "postmaster" {
  sandbox = {
    path  = ".postmaster/test-zone-id.json"
    zones = { "google.example" = "google" }
  }
}

variables {
  domain       = "news.google.example"
  sender       = { sendgrid = {} }
  dns_provider = "google"
  zone_id      = "google-example"
}

run "from_nothing" {
  assert {
    condition     = output.zone == "google.example" && output.valid
    error_message = "The records are in the zone ${output.zone}."
  }
}

run "longer_id" {
  command = plan

  variables {
    from_nothing = run.from_nothing
    zone_id      = "projects/sandbox-project/managedZones/google-example"
  }

  assert {
    condition     = output.published == var.from_nothing.published && output.dns_authorization_id == var.from_nothing.dns_authorization_id
    error_message = "A second plan has other outputs."
  }
}
