package main

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// The estate that is adopted has the sender domains of senderWorld and the mailboxes of mailWorld,
// and each domain's zone with its mail records.
const (
	adoptedZones = senderDomains + mailDomains
	// A sender domain's records are its three CNAMEs, its SPF and its DMARC record. A mail domain
	// has MX, SPF, DKIM and DMARC records.
	adoptedSets    = 3*senderDomains + 4*mailDomains
	adoptedObjects = senderDomains + mailDomains + mailboxes + adoptedZones + adoptedSets

	mostAdoptCalls   = adoptedZones + mailDomains + 20
	whyFewAdoptCalls = "a zone is read once however many sets it has, accounts are listed once a domain, the rest in pages"
)

// adoptWorld is an estate that exists already, and that import blocks take over. The blocks have
// IDs, which all versions know.
var adoptWorld = newAdoptWorld()

func newAdoptWorld() *world {
	senderIDs := map[string]int64{} // of the sender domains in the sandbox, by name
	return &world{
		services: map[string]map[string]string{
			mailserversim.Section: nil,
			sendgridsim.Section:   {sendgridsim.SettingRequests: "0"},
			cloudflaresim.Section: nil,
		},
		objects: adoptedObjects,
		prepare: func(ctx context.Context, box *sandbox.Sandbox) error {
			records, err := registerSenders(ctx, box, senderIDs)
			if err != nil {
				return err
			}
			if err := fillMailServer(ctx, box); err != nil {
				return err
			}
			for d := range mailDomains {
				apex := mailDomainName(d)
				records[apex] = []dns.Record{
					{Name: apex, Type: "MX", Value: "mail.example.net", Priority: 10},
					{Name: apex, Type: "TXT", Value: "v=spf1 mx -all"},
					{Name: "mail._domainkey." + apex, Type: "TXT", Value: "v=DKIM1; k=rsa; p=aW52ZW50ZWQ="},
					{Name: "_dmarc." + apex, Type: "TXT", Value: "v=DMARC1; p=reject"},
				}
			}
			return fillZones(ctx, box, records)
		},
		configuration: func(at address) string {
			return adoptedProvider(at) + adoptedSenders(senderIDs) + adoptedMail
		},
		floor: adoptFloor,
	}
}

func mailDomainName(d int) string { return fmt.Sprintf("domain-%d.example.com", d) }

// registerSenders registers the domains of perCustomer with SendGrid. It returns the records of
// their zones and notes their IDs.
func registerSenders(ctx context.Context, box *sandbox.Sandbox, ids map[string]int64) (map[string][]dns.Record, error) {
	base, err := url.Parse(box.BaseURL(sendgridsim.Section))
	if err != nil {
		return nil, err
	}
	client := sendgridapi.New(sendgridapi.Config{APIKey: sendgridsim.Key, BaseURL: base, Transport: box.Transport()})
	records := map[string][]dns.Record{}
	for c := range customers {
		for d := range domainsPerCustomer {
			apex := fmt.Sprintf("domain-%d-%d.example", c, d)
			made, err := client.Create(ctx, sendgridapi.NewDomain{Domain: apex})
			if err != nil {
				return nil, err
			}
			ids[apex] = made.ID
			for _, r := range made.Records {
				records[apex] = append(records[apex], dns.Record{Name: r.Name, Type: r.Type, Value: r.Data})
			}
			records[apex] = append(records[apex],
				dns.Record{Name: apex, Type: "TXT", Value: "v=spf1 -all"},
				dns.Record{Name: "_dmarc." + apex, Type: "TXT", Value: "v=DMARC1; p=reject"})
		}
	}
	return records, nil
}

// fillMailServer creates the domains and mailboxes of mailLocals.
func fillMailServer(ctx context.Context, box *sandbox.Sandbox) error {
	base, err := url.Parse(box.BaseURL(mailserversim.Section))
	if err != nil {
		return err
	}
	client := mailserverapi.New(mailserverapi.Config{URL: base, Username: mailserversim.Username, Password: mailserversim.Password, Transport: box.Transport()})
	password := mailserverapi.Credential{Value: "an-invented-password"}
	domains, ctx := errgroup.WithContext(ctx)
	for d := range mailDomains {
		domains.Go(func() error {
			if _, err := client.CreateDomain(ctx, mailDomainName(d), "user-0@"+mailDomainName(d), password); err != nil {
				return err
			}
			accounts, ctx := errgroup.WithContext(ctx)
			for n := 1; n < accountsPerDomain; n++ {
				accounts.Go(func() error {
					return client.CreateAccount(ctx, fmt.Sprintf("user-%d@%s", n, mailDomainName(d)), password)
				})
			}
			return accounts.Wait()
		})
	}
	return domains.Wait()
}

// fillZones adds zones at Cloudflare with their records, by the zones' names.
func fillZones(ctx context.Context, box *sandbox.Sandbox, records map[string][]dns.Record) error {
	apexes := slices.Sorted(maps.Keys(records))
	zones := map[string]string{}
	for _, apex := range apexes {
		zones[apex] = cloudflaresim.Section
	}
	if err := box.AddZones(zones); err != nil {
		return err
	}
	host, err := dnsHost(cloudflaresim.Section).open(box)
	if err != nil {
		return err
	}
	for _, apex := range apexes {
		if err := create(ctx, host, apex, records[apex]); err != nil {
			return err
		}
	}
	return nil
}

func adoptedProvider(at address) string {
	return fmt.Sprintf(`
provider "postmaster" {
  dns_resolvers = [%q]

  mailserver = {
    url      = %q
    username = %q
    password = %q
  }
  sendgrid = {
    base_url = %q
    api_key  = %q
  }
  cloudflare = {
    base_url  = %q
    api_token = %q
  }
}
`, at.dns, at.url(mailserversim.Section), mailserversim.Username, mailserversim.Password, at.url(sendgridsim.Section), sendgridsim.Key,
		at.url(cloudflaresim.Section)+cloudflaresim.BasePath, cloudflaresim.Token)
}

// adoptedSenders returns the configuration of the sender domains and their zones. Their records are
// imported as JSON, which comes from the resource, and by label.
func adoptedSenders(ids map[string]int64) string {
	var locals strings.Builder
	locals.WriteString("\nlocals {\n  sender_ids = {\n")
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		fmt.Fprintf(&locals, "    %q = %d\n", name, ids[name])
	}
	locals.WriteString("  }\n}\n")
	return locals.String() + perCustomer(`
resource "postmaster_sender_domain" "customer_%[1]d" {
  for_each = local.customer_%[1]d

  domain   = each.key
  sendgrid = {}
}

import {
  for_each = local.customer_%[1]d
  to       = postmaster_sender_domain.customer_%[1]d[each.key]
  id       = "sendgrid/${local.sender_ids[each.key]}"
}
`+adoptedZone("customer_%[1]d")+`
resource "postmaster_dns_records" "customer_%[1]d_sender" {
  for_each = local.customer_%[1]d

  dns_authorization_id = postmaster_dns_authorization.customer_%[1]d[each.key].id
  records              = postmaster_sender_domain.customer_%[1]d[each.key].dns_records
}

import {
  for_each = local.customer_%[1]d
  to       = postmaster_dns_records.customer_%[1]d_sender[each.key]
  id       = "cloudflare/${each.key}#${jsonencode(postmaster_sender_domain.customer_%[1]d[each.key].dns_records)}"
}
`+adoptedSet("customer_%[1]d", "spf", `{ name = each.key, type = "TXT", value = "v=spf1 -all" }`)+
		adoptedSet("customer_%[1]d", "dmarc", `{ name = "_dmarc.${each.key}", type = "TXT", value = "v=DMARC1; p=reject" }`))
}

// adoptedMail is the configuration of the mail domains, their mailboxes and zones.
var adoptedMail = mailLocals + `
resource "postmaster_mail_domain" "all" {
  for_each = local.domains

  domain = each.key
}

import {
  for_each = local.domains
  to       = postmaster_mail_domain.all[each.key]
  id       = "mailserver/${each.key}"
}

resource "postmaster_mail_user" "all" {
  for_each = local.mailboxes

  mail_domain_id = postmaster_mail_domain.all[each.value].id
  local_part     = split("@", each.key)[0]
}

import {
  for_each = local.mailboxes
  to       = postmaster_mail_user.all[each.key]
  id       = "mailserver/${each.key}"
}
` + adoptedZone("domains") +
	adoptedSet("domains", "mx", `{ name = each.key, type = "MX", value = "mail.example.net", priority = 10 }`) +
	adoptedSet("domains", "spf", `{ name = each.key, type = "TXT", value = "v=spf1 mx -all" }`) +
	adoptedSet("domains", "dkim-mail", `{ name = "mail._domainkey.${each.key}", type = "TXT", value = "v=DKIM1; k=rsa; p=aW52ZW50ZWQ=" }`) +
	adoptedSet("domains", "dmarc", `{ name = "_dmarc.${each.key}", type = "TXT", value = "v=DMARC1; p=reject" }`)

// adoptedZone returns the authorizations of the domains in a local value.
func adoptedZone(local string) string {
	return strings.ReplaceAll(`
resource "postmaster_dns_authorization" "LOCAL" {
  for_each = local.LOCAL

  domain = each.key
}

import {
  for_each = local.LOCAL
  to       = postmaster_dns_authorization.LOCAL[each.key]
  id       = "cloudflare/${each.key}"
}
`, "LOCAL", local)
}

// adoptedSet returns a set of one record for each domain in a local value, with the label of the
// set behind "mail-".
func adoptedSet(local, label, record string) string {
	key := "txt"
	if label == "mx" {
		key = `"mail.example.net"`
	}
	return strings.NewReplacer("LOCAL", local, "LABEL", label, "KEY", key, "RECORD", record).Replace(`
resource "postmaster_dns_records" "LOCAL_LABEL" {
  for_each = local.LOCAL

  dns_authorization_id = postmaster_dns_authorization.LOCAL[each.key].id
  records              = { KEY = RECORD }
}

import {
  for_each = local.LOCAL
  to       = postmaster_dns_records.LOCAL_LABEL[each.key]
  id       = "cloudflare/${each.key}#mail-LABEL"
}
`)
}

// adoptFloor imports as many objects without content.
var adoptFloor = func() string {
	customer := ""
	for _, name := range []string{"sender", "authorization", "records", "spf", "dmarc"} {
		customer += adoptedData("customer_%[1]d_"+name, "customer_%[1]d")
	}
	all := perCustomer(customer) + mailLocals + adoptedData("user", "mailboxes")
	for _, name := range []string{"domain", "authorization", "mx", "spf", "dkim", "dmarc"} {
		all += adoptedData(name, "domains")
	}
	return all
}()

func adoptedData(name, local string) string {
	return strings.NewReplacer("NAME", name, "LOCAL", local).Replace(`
resource "terraform_data" "NAME" {
  for_each = local.LOCAL
}

import {
  for_each = local.LOCAL
  to       = terraform_data.NAME[each.key]
  id       = each.key
}
`)
}
