package main

import (
	"fmt"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/mailserver"
)

// latency is what each call of a service takes before the service's own work.
const latency = 20 * time.Millisecond

// benchCase is one operation of Terraform on one world, measured.
type benchCase struct {
	name      string
	world     *world
	operation operation
	limits    []limit
}

// operation is what Terraform is asked to do.
type operation int

const (
	planNothing operation = iota // plan where everything is as configured
	applyAll                     // apply where nothing is there yet
	applyChange                  // apply where one object is to change
	destroyAll                   // destroy where everything is there
)

// limit is how many calls a case may make.
type limit struct {
	kinds []string // of calls, such as "POST /users", counted together; none: all calls
	most  int
	why   string
}

// world is a configuration of some size and the service that it is for.
type world struct {
	service string // as the sandbox calls it
	objects int
	// configuration is the HCL for a provider whose service answers at url. Its variable "change" is a number; another
	// number changes one object.
	configuration func(url string) string
	// floor is the same number of terraform_data resources, with the same variable: what Terraform itself costs.
	floor string
}

const (
	mailDomains       = 20
	accountsPerDomain = 50
	mailboxes         = mailDomains * accountsPerDomain
)

var mailWorld = &world{
	service: mailserver.Section,
	objects: mailDomains + mailboxes,
	configuration: func(url string) string {
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
`, url, mailserver.Username, mailserver.Password)
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

// cases are in an order in which each finds the world as the one before left it.
var cases = []benchCase{
	{
		name: "mail-apply", world: mailWorld, operation: applyAll,
		limits: []limit{
			{[]string{"POST /domains"}, mailDomains, "a domain is created once"},
			{[]string{"POST /users"}, mailboxes, "an account is created once"},
			{[]string{"GET /domains", "GET /users"}, mailboxes/5 - 1, "fewer than one list for five creates"},
		},
	},
	{
		name: "mail-noop", world: mailWorld, operation: planNothing,
		limits: []limit{{nil, mailDomains + 2, "a login, the domains, the accounts of each"}},
	},
	{
		name: "mail-change-one", world: mailWorld, operation: applyChange,
		limits: []limit{{[]string{"POST /user-change-password"}, 1, "one password is set, once"}},
	},
	{
		name: "mail-destroy", world: mailWorld, operation: destroyAll,
		limits: []limit{
			{[]string{"DELETE /users"}, mailboxes, "an account is deleted once"},
			{[]string{"DELETE /domain"}, mailDomains, "a domain is deleted once"},
		},
	},
}
