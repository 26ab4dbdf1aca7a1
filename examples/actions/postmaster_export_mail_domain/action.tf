resource "postmaster_mail_domain" "example" {
  domain      = "example.com"
  service     = "mailserver"
  mx_hostname = "mail.example.com"

  # Exports the domain before each change of it. If the export fails, nothing is
  # changed.
  lifecycle {
    action_trigger {
      events  = [before_update]
      actions = [action.postmaster_export_mail_domain.example]
    }
  }
}

# Also by hand: terraform apply -invoke=action.postmaster_export_mail_domain.example
action "postmaster_export_mail_domain" "example" {
  config {
    mail_domain_id = "mailserver/example.com"
  }
}
