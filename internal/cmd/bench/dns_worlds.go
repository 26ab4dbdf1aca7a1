package main

import (
	"context"
	"fmt"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
)

// The number of zones in a no-op plan at each host, and the number of records in each zone. The
// provider makes ten calls a second at Route 53 and Azure, so more zones would measure that.
const (
	cloudDomains, cloudRecords           = 100, 5
	cloudflareDomains, cloudflareRecords = 300, 5
	namecheapDomains, namecheapRecords   = 15, 20
)

var (
	cloudflareZones = publishedWorld("cloudflare", cloudflareDomains, cloudflareRecords)
	namecheapZones  = publishedWorld("namecheap", namecheapDomains, namecheapRecords)
	route53Zones    = publishedWorld("route53", cloudDomains, cloudRecords)
	googleZones     = publishedWorld("google", cloudDomains, cloudRecords)
	azureZones      = publishedWorld("azure", cloudDomains, cloudRecords)
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
		services: map[string]map[string]string{string(host): nil},
		objects:  2 * domains,
		first:    "postmaster_dns_authorization.all",
		prepare: func(ctx context.Context, box *sandbox.Sandbox) error {
			zones := map[string]string{}
			for d := range domains {
				zones[fmt.Sprintf("domain-%d.example", d)] = string(host)
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
`, string(host))
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
	cloudflareZone = publishingWorld("cloudflare")
	namecheapZone  = publishingWorld("namecheap")
	godaddyZone    = publishingWorld("godaddy")
	updateZone     = publishingWorld("rfc2136")
	route53Zone    = publishingWorld("route53")
	googleZone     = publishingWorld("google")
	azureZone      = publishingWorld("azure")
)

// publishingWorld is an empty zone, into which many resources publish one record each at the same
// time.
func publishingWorld(host dnsHost) *world {
	return &world{
		services:    map[string]map[string]string{string(host): nil},
		objects:     1 + publishedRecords,
		parallelism: publishedRecords,
		prepare: func(_ context.Context, box *sandbox.Sandbox) error {
			return box.AddZones(map[string]string{publishedZone: string(host)})
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
`, publishedZone, string(host), publishedRecords)
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
