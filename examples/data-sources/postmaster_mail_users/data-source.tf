data "postmaster_mail_users" "example" {
  mail_domain_id = "mailserver/example.com"
}

# Import all mailboxes that exist already.
import {
  for_each = { for u in data.postmaster_mail_users.example.users : u.email => u.id }
  to       = postmaster_mail_user.existing[each.key]
  id       = each.value
}

resource "postmaster_mail_user" "existing" {
  for_each       = { for u in data.postmaster_mail_users.example.users : u.email => u.id }
  mail_domain_id = "mailserver/example.com"
  local_part     = split("@", each.key)[0]
}

# At Yandex.Mail for Domain.
data "postmaster_mail_users" "team" {
  mail_domain_id = "yandex/team.example.com"
}
