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
	// waits is what services make Terraform wait for, summed over all objects; 0 where that is nothing. A case that waits
	// has to overlap its waits.
	waits time.Duration
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

// world is a configuration of some size and the services that it is for.
type world struct {
	// services are those that take their time, by their names in the sandbox, each with settings of its own as in
	// fault.Conditions.
	services map[string]map[string]string
	objects  int
	// prepare brings what is there before Terraform comes into the sandbox, which does not count; nil if it is nothing.
	prepare func(context.Context, *sandbox.Sandbox) error
	// first is the address of what is applied in a run of its own while a case is set up; empty if nothing is. Two runs
	// make half the calls each, and the provider holds none of them back.
	first string
	// parallelism is how many objects Terraform works on at once; 0 leaves it at its default, 10.
	parallelism int
	// configuration is the HCL for a provider that finds its services there. If it has a variable "change", that is a number,
	// and another number changes one object.
	configuration func(address) string
	// floor is the same number of terraform_data resources, with the same variable: what Terraform itself costs.
	floor string
}

// address is where the sandbox answers.
type address struct {
	base string // URL that the services are below, without a slash at its end
	dns  string // host:port of the DNS server, which takes dynamic updates too
}

// url is where a service is, by its name in the sandbox.
func (a address) url(service string) string { return a.base + "/" + service }

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
		limits: []limit{
			{[]string{"POST /client/v4/zones/dns_records/batch"}, mostWrites, whyFewWrites},
			{[]string{"GET /client/v4/zones/dns_records"}, mostReads, whyFewReads},
		},
	},
	{
		name: "dns-publish-namecheap", world: namecheapZone, operation: applyAll,
		limits: []limit{
			{[]string{"domains.dns.setHosts"}, mostWrites, whyFewWrites},
			{[]string{"domains.dns.getHosts"}, 2 + 4*mostWrites, "plan and apply read the zone to find it, and a write takes two readings before it and two after"},
		},
	},
	{
		name: "dns-publish-godaddy", world: godaddyZone, operation: applyAll,
		limits: []limit{{[]string{"POST /v3/domains/zones/" + publishedZone + "/dns-records"}, publishedRecords, "a record is created once, which takes a call each"}},
	},
	{
		name: "dns-publish-rfc2136", world: updateZone, operation: applyAll,
		limits: []limit{
			{[]string{"UPDATE /" + publishedZone}, mostWrites, whyFewWrites},
			{[]string{"AXFR /" + publishedZone}, mostReads, whyFewReads},
		},
	},
	{
		name: "senders-apply", world: senderWorld, operation: applyAll, waits: senderWaits,
		limits: []limit{
			{[]string{"POST /v3/whitelabel/domains"}, senderDomains, "a domain is created once"},
			{[]string{"POST /client/v4/zones/dns_records/batch"}, senderDomains, "a zone is written once"},
			{[]string{"GET /client/v4/zones/dns_records"}, 2 * senderDomains, "a zone is read before the write and after it"},
			{[]string{"POST /v3/whitelabel/domains/validate"}, 4 * senderDomains, "a validation is repeated with growing pauses"},
		},
	},
	{
		name: "senders-noop", world: senderWorld, operation: planNothing,
		limits: []limit{{nil, 330, "sender domains and zones are listed in pages, a zone is read once"}},
	},
	{
		name: "yandex-noop", world: yandexWorld, operation: planNothing,
		limits: []limit{{nil, 80, "pages of domains and of each one's accounts, and a key each"}},
	},
}
