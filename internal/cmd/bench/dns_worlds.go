package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

// dnsHost is a DNS host in the benchmark.
type dnsHost struct {
	name     string // the host's name, also in the provider block and in the sandbox
	settings func(address) string
	// unlimited are settings of the service that lift its rate limits. Limits of accounts count
	// over minutes, and so over several cases and their preparation. No real account would run
	// these within minutes. The provider's own limits, one for each process, stay in force and are
	// measured.
	unlimited map[string]string
	// open makes the provider's host for a sandbox.
	open func(*sandbox.Sandbox) (dns.Host, error)
}

var cloudflareHost = dnsHost{
	name: cloudflaresim.Section,
	settings: func(at address) string {
		return fmt.Sprintf("base_url = %q\n    api_token = %q", at.url(cloudflaresim.Section)+cloudflaresim.BasePath, cloudflaresim.Token)
	},
	unlimited: map[string]string{cloudflaresim.SettingRequests: "0"},
	open: func(box *sandbox.Sandbox) (dns.Host, error) {
		base, err := url.Parse(box.BaseURL(cloudflaresim.Section) + cloudflaresim.BasePath)
		return cloudflareapi.New(cloudflareapi.Config{APIToken: cloudflaresim.Token, BaseURL: base, Transport: box.Transport()}), err
	},
}

var namecheapHost = dnsHost{
	name: namecheapsim.Section,
	settings: func(at address) string {
		return fmt.Sprintf("base_url = %q\n    api_user = %q\n    api_key = %q\n    client_ip = %q",
			at.url(namecheapsim.Section)+namecheapsim.Path, namecheapsim.APIUser, namecheapsim.APIKey, namecheapsim.ClientIP)
	},
	unlimited: map[string]string{
		namecheapsim.SettingCallsPerMinute: "0", namecheapsim.SettingCallsPerHour: "0", namecheapsim.SettingCallsPerDay: "0",
	},
	open: func(box *sandbox.Sandbox) (dns.Host, error) {
		base, err := url.Parse(box.BaseURL(namecheapsim.Section) + namecheapsim.Path)
		return namecheapapi.New(namecheapapi.Config{APIUser: namecheapsim.APIUser, APIKey: namecheapsim.APIKey, ClientIP: namecheapsim.ClientIP,
			BaseURL: base, Transport: box.Transport(), CallsPerMinute: -1}), err
	},
}

var godaddyHost = dnsHost{
	name: godaddysim.Section,
	settings: func(at address) string {
		return fmt.Sprintf("base_url = %q\n    token = %q", at.url(godaddysim.Section), godaddysim.Token)
	},
	unlimited: map[string]string{godaddysim.SettingCallsPerMinute: "0"},
}

var updateHost = dnsHost{
	name: rfc2136sim.Section,
	settings: func(at address) string {
		host, port, err := net.SplitHostPort(at.dns)
		if err != nil {
			panic(err) // the sandbox's own address
		}
		return fmt.Sprintf("server = %q\n    port = %s\n    key_name = %q\n    key_algorithm = %q\n    key_secret = %q",
			host, port, rfc2136sim.KeyName, rfc2136sim.Algorithm, rfc2136sim.KeySecret)
	},
}

// The number of zones in a no-op plan at each host, and the number of records in each zone.
const (
	cloudflareDomains, cloudflareRecords = 300, 5
	namecheapDomains, namecheapRecords   = 15, 20
)

var (
	cloudflareZones = publishedWorld(cloudflareHost, cloudflareDomains, cloudflareRecords)
	namecheapZones  = publishedWorld(namecheapHost, namecheapDomains, namecheapRecords)
)

// publishedWorld is a number of domains, each in a zone of its own with a number of records. The
// records are in the zone before Terraform starts. So the provider adopts them, and the rate limits
// of a real host do not make the preparation long.
func publishedWorld(host dnsHost, domains, records int) *world {
	locals := fmt.Sprintf(`
locals {
  domains = toset([for n in range(%d) : "domain-${n}.example"])
  records = { for domain in local.domains : domain => { for n in range(%d) : "r${n}" => {
    name = "r${n}.${domain}", type = "TXT", value = "record ${n} of ${domain}"
  } } }
}
`, domains, records)
	return &world{
		services: map[string]map[string]string{host.name: host.unlimited},
		objects:  2 * domains,
		first:    "postmaster_dns_authorization.all",
		prepare: func(ctx context.Context, box *sandbox.Sandbox) error {
			zones := map[string]string{}
			for d := range domains {
				zones[fmt.Sprintf("domain-%d.example", d)] = host.name
			}
			if err := box.AddZones(zones); err != nil {
				return err
			}
			opened, err := host.open(box)
			if err != nil {
				return err
			}
			for apex := range zones {
				if err := fill(ctx, opened, apex, records); err != nil {
					return err
				}
			}
			return nil
		},
		configuration: func(at address) string {
			return locals + host.provider(at) + fmt.Sprintf(`
resource "postmaster_dns_authorization" "all" {
  for_each = local.domains

  domain       = each.key
  dns_provider = %q
}

resource "postmaster_dns_records" "all" {
  for_each = local.records

  dns_authorization_id = postmaster_dns_authorization.all[each.key].id
  records              = each.value
  wait_for_propagation = false # the records are there already, and this is no test of name servers
}
`, host.name)
		},
		floor: locals + `
resource "terraform_data" "authorization" {
  for_each = local.domains

  input = each.key
}

resource "terraform_data" "records" {
  for_each = local.records

  input = [terraform_data.authorization[each.key].id, each.value]
}
`,
	}
}

// fill writes the records of publishedWorld's configuration into an empty zone.
func fill(ctx context.Context, host dns.Host, apex string, records int) error {
	var wanted []dns.Record
	for n := range records {
		wanted = append(wanted, dns.Record{Name: fmt.Sprintf("r%d.%s", n, apex), Type: "TXT", Value: fmt.Sprintf("record %d of %s", n, apex)})
	}
	return create(ctx, host, apex, wanted)
}

// create writes records into an empty zone.
func create(ctx context.Context, host dns.Host, apex string, records []dns.Record) error {
	zone, err := host.FindZone(ctx, apex)
	if err != nil {
		return err
	}
	empty, err := host.Read(ctx, zone)
	if err != nil {
		return err
	}
	return host.Apply(ctx, empty, dns.ChangeSet{Create: records})
}

const (
	publishedZone    = "domain.example"
	publishedRecords = 50

	mostWrites   = 4
	whyFewWrites = "parallel resources are written together"
	mostReads    = 1 + 2*mostWrites
	whyFewReads  = "a zone is read once to plan, and before and after each write"
)

var (
	cloudflareZone = publishingWorld(cloudflareHost)
	namecheapZone  = publishingWorld(namecheapHost)
	godaddyZone    = publishingWorld(godaddyHost)
	updateZone     = publishingWorld(updateHost)
)

// publishingWorld is an empty zone, into which many resources publish one record each at the same
// time.
func publishingWorld(host dnsHost) *world {
	return &world{
		services:    map[string]map[string]string{host.name: host.unlimited},
		objects:     1 + publishedRecords,
		parallelism: publishedRecords,
		prepare: func(_ context.Context, box *sandbox.Sandbox) error {
			return box.AddZones(map[string]string{publishedZone: host.name})
		},
		configuration: func(at address) string {
			return host.provider(at) + fmt.Sprintf(`
resource "postmaster_dns_authorization" "zone" {
  domain       = %q
  dns_provider = %q
}

resource "postmaster_dns_records" "all" {
  count = %d

  dns_authorization_id = postmaster_dns_authorization.zone.id
  wait_for_propagation = false # this is no test of name servers
  records = {
    record = { name = "r${count.index}.%[1]s", type = "TXT", value = "record ${count.index}" }
  }
}
`, publishedZone, host.name, publishedRecords)
		},
		floor: fmt.Sprintf(`
resource "terraform_data" "zone" {
  input = %q
}

resource "terraform_data" "records" {
  count = %d

  input = [terraform_data.zone.id, count.index]
}
`, publishedZone, publishedRecords),
	}
}

// provider returns the provider configuration for the host.
func (h dnsHost) provider(at address) string {
	return fmt.Sprintf(`
provider "postmaster" {
  dns_resolvers = [%q]

  %s = {
    %s
  }
}
`, at.dns, h.name, strings.TrimSpace(h.settings(at)))
}
