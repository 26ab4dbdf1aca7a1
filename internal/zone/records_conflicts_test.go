package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// googleMX are MX records as Google has its customers publish them.
func googleMX(domain string) []dns.Record {
	return []dns.Record{testkit.MXRecordOf(domain, 1, "aspmx.l.google.com"), testkit.MXRecordOf(domain, 5, "alt1.aspmx.l.google.com")}
}

func TestConflictsAreRefusedAtPlan(t *testing.T) {
	const otherKey = "v=DKIM1; k=rsa; p=b3RoZXI="
	const mx = `key = { name = "example.com", type = "MX", value = "mail.example.com", priority = 10 }`
	cases := map[string]struct {
		host    string       // "cloudflare" if empty
		others  []dns.Record // in the zone
		arrange func(*testing.T, *world.World)
		record  string
		want    []string // in one error
	}{
		"somebody's MX": {
			others: googleMX("example.com"), record: mx,
			want: []string{"DNS record in the way", "aspmx.l.google.com", "alt1.aspmx.l.google.com", "replace_mx = true", "to mail.example.com instead of"},
		},
		"a null MX": {
			others: []dns.Record{testkit.MXRecordOf("example.com", 0, ".")}, record: mx,
			want: []string{"nobody (null MX)", "replace_mx = true"},
		},
		"a CNAME where data is": {
			others: []dns.Record{testkit.DNSRecordOf("em.example.com", "TXT", "anything")},
			record: `key = { name = "em.example.com", type = "CNAME", value = "u1.mailer.example" }`,
			want:   []string{"DNS record in the way", "anything", "RFC 1034", "overwrite = true"},
		},
		"data where a CNAME is": {
			others: []dns.Record{testkit.DNSRecordOf("em.example.com", "CNAME", "other.mailer.example")},
			record: `key = { name = "em.example.com", type = "TXT", value = "anything" }`,
			want:   []string{"other.mailer.example", "RFC 1034"},
		},
		"another CNAME": {
			others: []dns.Record{testkit.DNSRecordOf("em.example.com", "CNAME", "other.mailer.example")},
			record: `key = { name = "em.example.com", type = "CNAME", value = "u1.mailer.example" }`,
			want:   []string{"other.mailer.example", "at most one CNAME"},
		},
		"a second DMARC policy": {
			others: []dns.Record{testkit.DNSRecordOf("_dmarc.example.com", "TXT", "v=DMARC1; p=reject")},
			record: `key = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none" }`,
			want:   []string{"p=reject", "one DMARC policy"},
		},
		"a second key at a selector": {
			others: []dns.Record{testkit.DNSRecordOf("mail._domainkey.example.com", "TXT", otherKey)},
			record: `key = { name = "mail._domainkey.example.com", type = "TXT", value = "v=DKIM1; k=rsa; p=` + world.PublishedElsewhere + `" }`,
			want:   []string{"b3RoZXI=", "one DKIM key"},
		},
		"a zone cut": {
			others: []dns.Record{testkit.DNSRecordOf("_domainkey.example.com", "NS", "ns1.elsewhere.example")},
			record: `key = { name = "mail._domainkey.example.com", type = "TXT", value = "v=DKIM1; k=rsa; p=` + world.PublishedElsewhere + `" }`,
			want:   []string{"Name belongs to another zone", "hands over _domainkey.example.com"},
		},
		"a CNAME at the apex": {
			host:   "rfc2136",
			record: `key = { name = "corp.example", type = "CNAME", value = "other.example" }`,
			want:   []string{"CNAME at the apex"},
		},
		"mail handled by Namecheap": {
			host: "namecheap",
			arrange: func(t *testing.T, w *world.World) {
				registrar := namecheapsim.New(namecheapsim.Config{Store: w.Store(t)})
				if err := registrar.SetZone("example.org", func(d *namecheapsim.Domain) { d.EmailType = "FWD" }); err != nil {
					t.Fatal(err)
				}
			},
			record: `key = { name = "example.org", type = "MX", value = "mail.example.com", priority = 10 }`,
			want:   []string{"Mail handled by the DNS host", "replace_mx = true"},
		},
		"a name outside the zone": {
			record: `key = { name = "example.net", type = "TXT", value = "anything" }`,
			want:   []string{"DNS record outside the zone", "not in the zone example.com"},
		},
		"a text that the host does not take": {
			host:   "namecheap",
			record: `key = { name = "long.example.org", type = "TXT", value = "` + strings.Repeat("x", 2501) + `" }`,
			want:   []string{"TXT record too long", "2501 bytes", "at most 2500"},
		},
		"a type that the host does not take": {
			host:   "namecheap",
			record: `key = { name = "_25._tcp.example.org", type = "TLSA", value = "3 1 1 00" }`,
			want:   []string{"Unsupported DNS record type"},
		},
		"an MX target without address": {
			record: `key = { name = "example.com", type = "MX", value = "nowhere.example.com", priority = 10 }`,
			want:   []string{"MX target has no address", "nowhere.example.com"},
		},
		"an MX target that is an alias": {
			others: []dns.Record{testkit.DNSRecordOf("alias.example.com", "CNAME", "mail.example.com")},
			record: `key = { name = "example.com", type = "MX", value = "alias.example.com", priority = 10 }`,
			want:   []string{"MX target is a CNAME"},
		},
	}
	domains := map[string]string{}
	for domain, host := range hostedDomains {
		domains[host] = domain
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			host := c.host
			if host == "" {
				host = "cloudflare"
			}
			zone := w.Stranger(t, host, domains[host])
			if len(c.others) > 0 {
				zone.Add(t, c.others...)
			}
			if c.arrange != nil {
				c.arrange(t, w)
			}
			before := zone.Read(t).Records
			config := w.Provider() + world.AuthorizationAt(host, domains[host]) + world.RecordsConfig("r", c.record, "")
			w.Run(t, resource.TestStep{Config: config, PlanOnly: true, ExpectError: world.Saying(c.want[0])})
			if err := refuses(w, append(c.want, `AttributeName("records").ElementKeyString("key")`)...); err != nil {
				t.Error(err)
			}
			if after := zone.Read(t).Records; len(after) != len(before) {
				t.Errorf("the zone had %v and now has %v", before, after)
			}
		})
	}
}

// refuses says whether a plan had an error with all of these texts.
func refuses(w *world.World, texts ...string) error {
	for _, said := range w.Heard() {
		if strings.HasPrefix(said, "plan error") && testkit.ContainsAll(said, texts) {
			return nil
		}
	}
	return fmt.Errorf("no error at plan with %q; but this was said:\n%s", texts, strings.Join(w.Heard(), "\n"))
}

func TestReplaceMX(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	zone.Add(t, googleMX("example.com")...)
	authorization := w.Provider() + world.AuthorizationAt("cloudflare", "example.com")
	config := func(more string) string {
		return authorization + world.RecordsConfig("r", `mx = { name = "example.com", type = "MX", value = "mail.example.com", priority = 10 }`, more)
	}
	w.Run(t,
		resource.TestStep{Config: config("overwrite = true"), PlanOnly: true, ExpectError: world.Saying("set replace_mx = true")},
		resource.TestStep{
			PreConfig: w.Forget,
			Config:    config("replace_mx = true"),
			Check: resource.ComposeTestCheckFunc(
				w.Warns("plan", "Mail for example.com goes elsewhere", "Mail for example.com goes to mail.example.com instead of aspmx.l.google.com and alt1.aspmx.l.google.com"),
				w.Warns("plan", "make way", "aspmx.l.google.com"),
				zone.Holds(t, "example.com", "MX", "mail.example.com"),
			),
		},
		resource.TestStep{Config: config("replace_mx = true"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "example.com", "MX")},
	)
}

func TestReplaceMXWhereTheHostHandlesMail(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	registrar := namecheapsim.New(namecheapsim.Config{Store: w.Store(t)})
	if err := registrar.SetZone("example.org", func(d *namecheapsim.Domain) { d.EmailType = "FWD" }); err != nil {
		t.Fatal(err)
	}
	config := w.Provider() + world.AuthorizationAt("namecheap", "example.org") +
		world.RecordsConfig("r", `mx = { name = "example.org", type = "MX", value = "mail.example.com", priority = 10 }`, "replace_mx = true")
	w.Run(t,
		resource.TestStep{Config: config, Check: w.Stranger(t, "namecheap", "example.org").Holds(t, "example.org", "MX", "mail.example.com")},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

func TestOverwrite(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	zone.Add(t, testkit.DNSRecordOf("_dmarc.example.com", "TXT", "v=DMARC1; p=reject"), testkit.DNSRecordOf("_dmarc.example.com", "TXT", "unrelated"))
	authorization := w.Provider() + world.AuthorizationAt("cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{
			Config: authorization + world.RecordsConfig("r", `dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none" }`, "overwrite = true"),
			Check: resource.ComposeTestCheckFunc(
				w.Warns("plan", "makes way", "p=reject"),
				zone.Holds(t, "_dmarc.example.com", "TXT", "v=DMARC1; p=none", "unrelated"),
			),
		},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "_dmarc.example.com", "TXT", "unrelated")},
	)
}

func TestHiddenWildcardIsNamed(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.Stranger(t, "cloudflare", "example.com").Add(t, testkit.DNSRecordOf("*.example.com", "A", "192.0.2.80"))
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + world.RecordsConfig("r", `key = { name = "em.example.com", type = "TXT", value = "anything" }`, ""),
		Check:  w.Warns("plan", "Wildcard hidden", "*.example.com no longer answers for em.example.com", "192.0.2.80"),
	})
}

func TestZonesThatCannotBeEdited(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.EditCloudflareZone(t, "example.com", func(z *cloudflaresim.Zone) { z.Type = "partial" })
	authorization := w.Provider() + world.AuthorizationAt("cloudflare", "example.com")
	records := w.Provider() + `
resource "postmaster_dns_records" "r" {
  dns_authorization_id = "cloudflare/example.com"
  records = {
    key = { name = "em.example.com", type = "TXT", value = "anything" }
  }
}
`
	w.Run(t,
		resource.TestStep{Config: authorization, ExpectError: world.Saying("is a partial (CNAME) zone at Cloudflare")},
		resource.TestStep{Config: records, PlanOnly: true, ExpectError: world.Saying("is a partial (CNAME) zone at Cloudflare")},
	)
}

func TestTTLs(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	joined := testkit.DNSRecordOf("joined.example.com", "TXT", "theirs")
	joined.TTL = 7200
	zone.Add(t, joined)
	config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + world.RecordsConfig("r", `
    own    = { name = "own.example.com", type = "TXT", value = "ours" }
    joined = { name = "joined.example.com", type = "TXT", value = "ours" }`, "ttl = 30")
	const address = "postmaster_dns_records.r"
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("own").AtMapKey("ttl"), knownvalue.Int64Exact(60)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("published").AtMapKey("joined").AtMapKey("ttl"), knownvalue.Int64Exact(7200)),
				statecheck.ExpectKnownValue(address, tfjsonpath.New("ttl"), knownvalue.Int64Exact(30)),
			},
			Check: resource.ComposeTestCheckFunc(
				w.Warns("plan", "TTL outside the limits of the DNS host", "60 to 86400, so it will be 60"),
				w.Warns("plan", "TTL of the record set is taken", "7200 seconds"),
			),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}
