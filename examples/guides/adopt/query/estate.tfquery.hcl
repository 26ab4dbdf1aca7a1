list "postmaster_mail_domain" "all" {
  provider = postmaster
  limit    = 1000

  config {
    service = "mailserver"
  }
}

list "postmaster_mail_user" "all" {
  provider = postmaster
  limit    = 10000

  config {
    service = "mailserver"
  }
}

list "postmaster_dkim_key" "all" {
  provider = postmaster
  limit    = 1000

  config {
    service = "mailserver"
  }
}

list "postmaster_sender_domain" "all" {
  provider = postmaster
  limit    = 3000

  config {
    service = "sendgrid"
  }
}

list "postmaster_dns_authorization" "all" {
  provider = postmaster
  limit    = 1000

  config {
    host = "cloudflare"
  }
}

list "postmaster_dns_records" "all" {
  provider = postmaster
  limit    = 10000

  config {
    host = "cloudflare"
  }
}
