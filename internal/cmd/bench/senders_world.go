package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

const (
	// The domains are configured customer by customer. One block of resources for all of them would
	// be shorter. But Terraform's own time for a block grows with the square of its instances, and
	// would hide what the provider takes.
	customers          = 6
	domainsPerCustomer = 50
	senderDomains      = customers * domainsPerCustomer

	// validDelay is how long SendGrid reports a domain as not valid after it has first seen the
	// domain's records.
	validDelay = 2 * time.Second
	// senderWaits is this delay summed over all domains.
	senderWaits = senderDomains * validDelay
)

// senderWorld is a number of domains that send with SendGrid, each in a zone of its own at
// Cloudflare.
//
// The zones are divided between two API tokens. A token may make 1200 calls in five minutes. It may
// make 600 of them at once, and after that the provider makes two calls a second. An apply from
// nothing needs three calls for each zone. With one token, the provider would delay a third of them
// for minutes, and nobody could see whether it waits for many domains at the same time.
var senderWorld = &world{
	services: map[string]map[string]string{
		sendgridsim.Section: {
			sendgridsim.SettingValidDelay: validDelay.String(),
			sendgridsim.SettingRequests:   "0",
		},
		cloudflaresim.Section: nil,
	},
	objects: 4 * senderDomains,
	prepare: func(_ context.Context, box *sandbox.Sandbox) error {
		zones := map[string]string{}
		for c := range customers {
			for d := range domainsPerCustomer {
				zones[fmt.Sprintf("domain-%d-%d.example", c, d)] = cloudflaresim.Section
			}
		}
		return box.AddZones(zones)
	},
	configuration: func(at address) string {
		return fmt.Sprintf(`
provider "postmaster" {
  dns_resolvers = [%[1]q]

  sendgrid = {
    base_url = %[2]q
    api_key  = %[3]q
  }
  dns_accounts = {
    even = { cloudflare = { base_url = %[4]q, api_token = %[5]q } }
    odd  = { cloudflare = { base_url = %[4]q, api_token = %[6]q } }
  }
}
`, at.dns, at.url(sendgridsim.Section), sendgridsim.Key,
			at.url(cloudflaresim.Section)+cloudflaresim.BasePath, cloudflaresim.Token, cloudflaresim.TokenOfAccount) +
			perCustomer(`
resource "postmaster_sender_domain" "customer_%[1]d" {
  for_each = local.customer_%[1]d

  domain   = each.key
  sendgrid = {}
}

resource "postmaster_dns_authorization" "customer_%[1]d" {
  for_each = local.customer_%[1]d

  domain  = each.key
  account = %[1]d %% 2 == 0 ? "even" : "odd"
}

resource "postmaster_dns_records" "customer_%[1]d" {
  for_each = local.customer_%[1]d

  dns_authorization_id = postmaster_dns_authorization.customer_%[1]d[each.key].id
  records              = postmaster_sender_domain.customer_%[1]d[each.key].dns_records
  wait_for_propagation = false # this is no test of name servers
}

resource "postmaster_domain_verification" "customer_%[1]d" {
  for_each = local.customer_%[1]d

  domain_id   = postmaster_sender_domain.customer_%[1]d[each.key].id
  dns_records = postmaster_dns_records.customer_%[1]d[each.key].published
}
`)
	},
	floor: perCustomer(`
resource "terraform_data" "sender_%[1]d" {
  for_each = local.customer_%[1]d

  input = each.key
}

resource "terraform_data" "authorization_%[1]d" {
  for_each = local.customer_%[1]d

  input = each.key
}

resource "terraform_data" "records_%[1]d" {
  for_each = local.customer_%[1]d

  input = [terraform_data.authorization_%[1]d[each.key].id, { for n in range(3) : "r${n}" => {
    name = "r${n}.${each.key}", type = "CNAME", value = terraform_data.sender_%[1]d[each.key].id
  } }]
}

resource "terraform_data" "verification_%[1]d" {
  for_each = local.customer_%[1]d

  input = [terraform_data.sender_%[1]d[each.key].id, terraform_data.records_%[1]d[each.key].output]
}
`),
}

// perCustomer returns HCL with the blocks for each customer. In the blocks, %[1]d is the customer's
// number, and a local value has the customer's domains.
func perCustomer(blocks string) string {
	var all strings.Builder
	for c := range customers {
		fmt.Fprintf(&all, `
locals {
  customer_%[1]d = toset([for d in range(%[2]d) : "domain-%[1]d-${d}.example"])
}
`, c, domainsPerCustomer)
		fmt.Fprintf(&all, blocks, c)
	}
	return all.String()
}
