data "postmaster_default_authenticated_domain" "main" {}

check "default_domain" {
  assert {
    condition     = coalesce(data.postmaster_default_authenticated_domain.main.valid, false)
    error_message = "SendGrid has no default domain, or its records are not valid."
  }
}
