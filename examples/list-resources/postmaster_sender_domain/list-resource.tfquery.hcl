# All domains of a SendGrid account. Terraform lists at most 100 objects by default.
list "postmaster_sender_domain" "all" {
  provider = postmaster
  limit    = 3000

  config {
    service = "sendgrid"
  }
}

# Those with one name: a domain can be registered with several subdomains.
list "postmaster_sender_domain" "example" {
  provider = postmaster

  config {
    service = "sendgrid"
    domain  = "example.com"
  }
}
