import {
  to = postmaster_dkim_key.example
  id = "mailserver/example.com"
}
