import {
  to = postmaster_dkim_key.example
  identity = {
    service = "mailserver"
    domain  = "example.com"
  }
}
