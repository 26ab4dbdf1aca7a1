provider "postmaster" {
  sandbox = {
    path = ".postmaster/test-domain-connect.json"
  }
}

run "published" {
  assert {
    condition = output.published == {
      "mx-@-1"                     = "example.com MX mx1.example.net"
      "mx-@-2"                     = "example.com MX mx2.example.net"
      "spfm-@-1"                   = "example.com TXT v=spf1 include:spf.example.net ~all"
      "cname-s1._domainkey-1"      = "s1._domainkey.example.com CNAME s1.u1234.dkim.example.net"
      "txt-@-1"                    = "example.com TXT example-mail=5f3759df"
      "srv-_imaps._tcp-1"          = "_imaps._tcp.example.com SRV 0 1 993 imap.example.net."
      "spfm-news-1"                = "news.example.com TXT v=spf1 include:spf.example.net ~all"
      "cname-s2._domainkey.news-1" = "s2._domainkey.news.example.com CNAME s2.u1234.dkim.example.net"
    }
    error_message = "The records are ${jsonencode(output.published)}."
  }
}

run "published_again" {
  command = plan

  assert {
    condition     = length(output.published) == 8
    error_message = "The second plan changes the records."
  }
}
