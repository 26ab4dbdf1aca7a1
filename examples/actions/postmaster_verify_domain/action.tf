resource "postmaster_sender_domain" "example" {
  domain   = "example.com"
  sendgrid = {}
}

# Has the service look at the DNS records again, whenever you run
# terraform apply -invoke=action.postmaster_verify_domain.example
action "postmaster_verify_domain" "example" {
  config {
    domain_id = postmaster_sender_domain.example.id
    timeout   = "2m"
  }
}
