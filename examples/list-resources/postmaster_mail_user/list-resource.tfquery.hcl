# All mailboxes of a mail service. Terraform lists at most 100 objects by default.
list "postmaster_mail_user" "all" {
  provider = postmaster
  limit    = 1000

  config {
    service = "mailserver"
  }
}

# The mailboxes of one domain.
list "postmaster_mail_user" "example" {
  provider = postmaster

  config {
    service = "yandex"
    domain  = "example.org"
  }
}
