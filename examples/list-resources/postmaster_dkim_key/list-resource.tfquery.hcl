# The domains that have a DKIM key.
list "postmaster_dkim_key" "all" {
  provider = postmaster

  config {
    service = "mailserver"
  }
}
