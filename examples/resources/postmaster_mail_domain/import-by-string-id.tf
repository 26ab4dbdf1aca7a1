import {
  to = postmaster_mail_domain.example
  id = "mailserver/example.com"
}

# Yandex returns the proof of ownership only until it has seen it. After that, an
# import has no record "ownership" in dns_records.
import {
  to = postmaster_mail_domain.team
  id = "yandex/team.example.com"
}
