data "postmaster_mail_domains" "all" {}

data "postmaster_mail_users" "all" {
  for_each       = { for domain in data.postmaster_mail_domains.all.domains : domain.domain => domain.id if domain.id != null }
  mail_domain_id = each.value
}

locals {
  mailboxes = merge([
    for domain in data.postmaster_mail_users.all : {
      for user in domain.users : user.email => { id = user.id, domain_id = domain.mail_domain_id } if user.id != null
    }
  ]...)
}

import {
  for_each = local.mailboxes
  to       = postmaster_mail_user.all[each.key]
  id       = each.value.id
}

resource "postmaster_mail_user" "all" {
  for_each = local.mailboxes

  mail_domain_id = each.value.domain_id
  local_part     = split("@", each.key)[0]
}
