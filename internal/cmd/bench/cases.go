package main

import (
	"context"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

// latency is added to each call of a service, before the service's own work.
const latency = 20 * time.Millisecond

// benchCase is one operation of Terraform in one world, which is measured.
type benchCase struct {
	name      string
	world     *world
	operation operation
	limits    []limit
	// waits is how long services make Terraform wait, summed over all objects; 0 if they do not. A
	// case that waits has to wait for many objects at the same time.
	waits time.Duration
	// goal is how long the case may take on a machine that does nothing else; 0 if there is no such
	// goal.
	goal time.Duration
}

// operation is what Terraform is asked to do.
type operation int

const (
	planNothing operation = iota // plan when everything is as configured
	applyAll                     // apply when nothing exists yet
	applyChange                  // apply when one object has to change
	destroyAll                   // destroy when everything exists
)

// limit is how many calls a case may make.
type limit struct {
	kinds []string // kinds of calls to count together, such as "POST /users"; empty means all
	most  int
	why   string
}

// world is a configuration of some size, and the simulated services for it.
type world struct {
	// services are the services with latency, by their names in the sandbox, each with its settings
	// as in fault.Conditions.
	services map[string]map[string]string
	objects  int
	// prepare creates in the sandbox what exists before Terraform starts. It is not measured. It
	// may be nil.
	prepare func(context.Context, *sandbox.Sandbox) error
	// slowDNS says that the resolver has latency too, and that questions to it are counted.
	slowDNS bool
	// first is the address of what is applied in a separate run while a case is set up; empty if
	// there is nothing. Each of the two runs makes half of the calls, so the provider delays none
	// of them.
	first string
	// parallelism is how many objects Terraform works on at the same time; 0 leaves it at
	// Terraform's default, 10.
	parallelism int
	// configuration returns the HCL for a provider that finds its services at the address. It may
	// have a number variable "change". Another number changes one object.
	configuration func(address) string
	// floor has the same number of terraform_data resources, with the same variable: it measures
	// what Terraform itself costs.
	floor string
}

// address is where the sandbox listens.
type address struct {
	base string // base URL of the services, without a slash at its end
	dns  string // host:port of the DNS server, which also takes dynamic updates
	box  *sandbox.Sandbox
}

// url returns the URL of a service, by its name in the sandbox.
func (a address) url(service string) string { return a.base + "/" + service }

// cases are in this order because each starts with the world as the case before left it.
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
		name: "dns-noop-route53", world: route53Zones, operation: planNothing,
		limits: []limit{{nil, 110, "zones are listed in pages, a zone is read once"}},
	},
	{
		name: "dns-noop-google", world: googleZones, operation: planNothing,
		limits: []limit{{nil, 110, "zones are listed in pages, a zone is read once"}},
	},
	{
		name: "dns-noop-azure", world: azureZones, operation: planNothing,
		limits: []limit{{nil, 110, "zones are listed in pages, a zone is read once"}},
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
		name: "dns-publish-route53", world: route53Zone, operation: applyAll,
		limits: []limit{
			{[]string{"POST /2013-04-01/hostedzone/rrset"}, mostWrites, whyFewWrites},
			{[]string{"GET /2013-04-01/hostedzone/rrset"}, mostReads, whyFewReads},
		},
	},
	{
		name: "dns-publish-google", world: googleZone, operation: applyAll,
		limits: []limit{
			{[]string{"POST /dns/v1/projects/managedZones/changes"}, mostWrites, whyFewWrites},
			{[]string{"GET /dns/v1/projects/managedZones/rrsets"}, mostReads, whyFewReads},
		},
	},
	{
		name: "dns-publish-azure", world: azureZone, operation: applyAll,
		limits: []limit{
			{[]string{"PUT /subscriptions/resourceGroups/providers/Microsoft.Network/dnsZones/TXT"}, publishedRecords, "a record set is created once, which takes a call each"},
			{[]string{"GET /subscriptions/resourceGroups/providers/Microsoft.Network/dnsZones/recordsets"}, mostReads, whyFewReads},
		},
	},
	{
		name: "senders-apply", world: senderWorld, operation: applyAll, waits: senderWaits,
		limits: []limit{
			{[]string{"POST /v3/whitelabel/domains"}, senderDomains, "a domain is created once"},
			{[]string{"POST /client/v4/zones/dns_records/batch"}, senderDomains, "a zone is written once"},
			{[]string{"GET /client/v4/zones/dns_records"}, 3 * senderDomains, "a zone is read for the plan at apply, before the write and after it"},
			{[]string{"POST /v3/whitelabel/domains/validate"}, 4 * senderDomains, "a validation is repeated with growing pauses"},
		},
	},
	{
		name: "senders-noop", world: senderWorld, operation: planNothing,
		limits: []limit{{nil, 330, "sender domains and zones are listed in pages, a zone is read once"}},
	},
	{
		name: "adopt", world: adoptWorld, operation: applyAll,
		limits: []limit{{nil, mostAdoptCalls, whyFewAdoptCalls}},
	},
	{
		name: "adopt-noop", world: adoptWorld, operation: planNothing,
		limits: []limit{{nil, mostAdoptCalls, whyFewAdoptCalls}},
	},
	{
		name: "yandex-noop", world: yandexWorld, operation: planNothing,
		limits: []limit{{nil, 80, "pages of domains and of each one's accounts, and a key each"}},
	},
	{
		name: "check", world: checkWorld, operation: planNothing, waits: latency, goal: checkGoal,
		limits: []limit{{nil, checkedDomains * mostCheckQuestions, "each question about a domain is asked once"}},
	},
}
