# The mail domains of a mail server.
list "postmaster_mail_domain" "all" {
  provider = postmaster

  config {
    service = "mailserver"
  }
}
