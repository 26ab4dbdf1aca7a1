package main

import (
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

const (
	mailDomains       = 20
	accountsPerDomain = 50
	mailboxes         = mailDomains * accountsPerDomain
)

var mailWorld = &world{
	services: map[string]map[string]string{mailserversim.Section: nil},
	objects:  mailDomains + mailboxes,
	configuration: func(at address) string {
		return mailLocals + fmt.Sprintf(`
provider "postmaster" {
  mailserver = {
    url      = %q
    username = %q
    password = %q
  }
}

resource "postmaster_mail_domain" "all" {
  for_each = local.domains

  domain        = each.key
  force_destroy = true
  first_account = {
    password_wo         = "an-invented-password"
    password_wo_version = 1
  }
}

resource "postmaster_mail_user" "all" {
  for_each = local.mailboxes

  mail_domain_id      = postmaster_mail_domain.all[each.value].id
  local_part          = split("@", each.key)[0]
  password_wo         = "an-invented-password"
  password_wo_version = each.key == local.changing ? 1 + var.change : 1
  force_destroy       = true
}
`, at.url(mailserversim.Section), mailserversim.Username, mailserversim.Password)
	},
	floor: mailLocals + `
resource "terraform_data" "domain" {
  for_each = local.domains

  input = each.key
}

resource "terraform_data" "user" {
  for_each = local.mailboxes

  input = [terraform_data.domain[each.value].id, each.key == local.changing ? 1 + var.change : 1]
}
`,
}

var mailLocals = fmt.Sprintf(`
variable "change" {
  type = number
}

locals {
  domains   = toset([for d in range(%d) : "domain-${d}.example.com"])
  mailboxes = merge([for d in local.domains : { for n in range(%d) : "user-${n}@${d}" => d }]...)
  changing  = "user-0@domain-0.example.com"
}
`, mailDomains, accountsPerDomain)
