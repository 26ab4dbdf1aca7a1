provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-mta-sts.json"
  }
}

variables {
  account_id = "0123456789abcdef0123456789abcdef"
  domains = {
    "example.com" = { zone_id = "1", mx = ["mx.example.com"] }
  }
}

run "published" {
  assert {
    condition     = postmaster_dns_records.mta_sts["example.com"].published.id.value == provider::postmaster::mta_sts({ mode = "testing", mx = ["mx.example.com"] }).txt
    error_message = "The record is ${jsonencode(postmaster_dns_records.mta_sts["example.com"].published)}."
  }

  assert {
    condition     = strcontains(cloudflare_workers_script.policies.content, "\"mta-sts.example.com\":\"version: STSv1\\r\\nmode: testing\\r\\n")
    error_message = "The worker is ${cloudflare_workers_script.policies.content}"
  }
}
