package main

import (
	"context"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
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
	// settings are the service's own, as in fault.Conditions.
	settings map[string]string
	// prepare brings what is there before Terraform comes into the sandbox, which does not count; nil if it is nothing.
	prepare func(context.Context, *sandbox.Sandbox) error
	// first is the address of what is applied in a run of its own while a case is set up; empty if nothing is. Two runs
	// make half the calls each, and the provider holds none of them back.
	first string
	// parallelism is how many objects Terraform works on at once; 0 leaves it at its default, 10.
	parallelism int
	// configuration is the HCL for a provider that finds its service there. If it has a variable "change", that is a number,
	// and another number changes one object.
	configuration func(address) string
	// floor is the same number of terraform_data resources, with the same variable: what Terraform itself costs.
	floor string
}

// address is where the sandbox answers.
type address struct {
	url string // of the service
	dns string // host:port of the DNS server, which takes dynamic updates too
}

// cases are in an order in which each finds its world as the one before left it.
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
	{
		name: "dns-noop", world: cloudflareZones, operation: planNothing,
		limits: []limit{{nil, 330, "zones are listed in pages, a zone is read once"}},
	},
	{
		name: "dns-noop-namecheap", world: namecheapZones, operation: planNothing,
		limits: []limit{{nil, 15, "a zone is read once"}},
	},
	{
		name: "dns-publish-cloudflare", world: cloudflareZone, operation: applyAll,
		limits: []limit{{[]string{"POST /client/v4/zones/dns_records/batch"}, mostWrites, whyFewWrites}},
	},
	{
		name: "dns-publish-namecheap", world: namecheapZone, operation: applyAll,
		limits: []limit{{[]string{"domains.dns.setHosts"}, mostWrites, whyFewWrites}},
	},
	{
		name: "dns-publish-godaddy", world: godaddyZone, operation: applyAll,
		limits: []limit{{[]string{"POST /v3/domains/zones/" + publishedZone + "/dns-records"}, publishedRecords, "a record is created once, which takes a call each"}},
	},
	{
		name: "dns-publish-rfc2136", world: updateZone, operation: applyAll,
		limits: []limit{{[]string{"UPDATE /" + publishedZone}, mostWrites, whyFewWrites}},
	},
}
