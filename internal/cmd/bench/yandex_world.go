package main

import (
	"context"
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

const (
	yandexDomains           = 20
	yandexAccountsPerDomain = 50
	yandexMailboxes         = yandexDomains * yandexAccountsPerDomain
)

// yandexWorld is a number of domains at Yandex.Mail for Domain, each with its mailboxes, its DKIM
// key and its verification. The domains are delegated to Yandex's name servers, so Yandex verifies
// them without DNS records. A DNS host would add calls of its own.
var yandexWorld = &world{
	services: map[string]map[string]string{yandexsim.Section: nil},
	objects:  3*yandexDomains + yandexMailboxes,
	prepare: func(_ context.Context, box *sandbox.Sandbox) error {
		zones := map[string]string{}
		for d := range yandexDomains {
			zones[fmt.Sprintf("domain-%d.example", d)] = yandexsim.Section
		}
		return box.AddZones(zones)
	},
	configuration: func(at address) string {
		return yandexLocals + fmt.Sprintf(`
provider "postmaster" {
  dns_resolvers = [%q]

  yandex = {
    base_url  = %q
    pdd_token = %q
  }
}

resource "postmaster_mail_domain" "all" {
  for_each = local.domains

  domain        = each.key
  force_destroy = true
}

resource "postmaster_dkim_key" "all" {
  for_each = local.domains

  mail_domain_id = postmaster_mail_domain.all[each.key].id
}

resource "postmaster_domain_verification" "all" {
  for_each = local.domains

  domain_id = postmaster_mail_domain.all[each.key].id
}

resource "postmaster_mail_user" "all" {
  for_each = local.mailboxes

  mail_domain_id      = postmaster_domain_verification.all[each.value].id
  local_part          = split("@", each.key)[0]
  password_wo         = "Invented-Pass-1"
  password_wo_version = 1
  force_destroy       = true
}
`, at.dns, at.url(yandexsim.Section)+yandexsim.AdminPath, yandexsim.Token)
	},
	floor: yandexLocals + `
resource "terraform_data" "domain" {
  for_each = local.domains

  input = each.key
}

resource "terraform_data" "key" {
  for_each = local.domains

  input = terraform_data.domain[each.key].id
}

resource "terraform_data" "verification" {
  for_each = local.domains

  input = terraform_data.domain[each.key].id
}

resource "terraform_data" "user" {
  for_each = local.mailboxes

  input = terraform_data.verification[each.value].id
}
`,
}

var yandexLocals = fmt.Sprintf(`
locals {
  domains   = toset([for d in range(%d) : "domain-${d}.example"])
  mailboxes = merge([for d in local.domains : { for n in range(%d) : "user-${n}@${d}" => d }]...)
}
`, yandexDomains, yandexAccountsPerDomain)
