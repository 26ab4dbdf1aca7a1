import {
  to = postmaster_mail_domain.example
  id = "mailserver/example.com"
}

# What proves whose domain it is, Yandex tells only as long as it has not seen it:
# imported afterwards, dns_records is without the record ownership.
import {
  to = postmaster_mail_domain.team
  id = "yandex/team.example.com"
}
