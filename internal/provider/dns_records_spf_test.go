package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// strangersSPF has blanks that nobody but its author would write.
const strangersSPF = "v=spf1  include:_spf.newsletter.example   -all"

// newsletterZone is where that record leads.
func newsletterZone(t *testing.T, w *dnsWorld) {
	t.Helper()
	w.putZone(t, "newsletter.example", `_spf TXT "v=spf1 ip4:192.0.2.128/25 -all"`)
}

func spfRecord(mechanisms string) string {
	return fmt.Sprintf(`spf = { name = "example.com", type = "TXT", value = "v=spf1 %s ~all" }`, mechanisms)
}

func TestSPFIsMergedIntoAStrangers(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	newsletterZone(t, w)
	zone := w.stranger(t, "cloudflare", "example.com")
	zone.add(t, testkit.DNSRecordOf("example.com", "TXT", strangersSPF), testkit.DNSRecordOf("example.com", "TXT", "unrelated=1"))
	authorization := w.provider() + authorizationAt("cloudflare", "example.com")
	config := authorization + recordsConfig("r", spfRecord("a:mail.example.com"), "")
	const merged = "v=spf1  include:_spf.newsletter.example   a:mail.example.com -all"
	const later = "v=spf1  include:_spf.newsletter.example   a:mail.example.com ip4:198.51.100.7 -all"
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_dns_records.r", tfjsonpath.New("published").AtMapKey("spf").AtMapKey("value"), knownvalue.StringExact(merged)),
				statecheck.ExpectKnownValue("postmaster_dns_records.r", tfjsonpath.New("records").AtMapKey("spf").AtMapKey("value"), knownvalue.StringExact("v=spf1 a:mail.example.com ~all")),
			},
			Check: resource.ComposeTestCheckFunc(
				w.warns("plan", `AttributeName("records").ElementKeyString("spf")`, "The SPF record of example.com is merged", "\n\n    "+merged),
				zone.Holds(t, "example.com", "TXT", merged, "unrelated=1"),
			),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan},
		resource.TestStep{ // what others add later is theirs
			PreConfig: func() {
				zone.apply(t, zone.read(t), dns.ChangeSet{Replace: []dns.Replacement{replaced(t, zone, merged, later)}})
			},
			Config: config, ConfigPlanChecks: emptyPlan,
		},
		resource.TestStep{
			Config: authorization,
			Check:  zone.Holds(t, "example.com", "TXT", "v=spf1  include:_spf.newsletter.example   ip4:198.51.100.7 -all", "unrelated=1"),
		},
	)
}

// replaced is what it takes to give the TXT record with a value another one.
func replaced(t *testing.T, s *stranger, from, to string) dns.Replacement {
	t.Helper()
	for _, r := range s.read(t).Records {
		if r.Value == from {
			changed := r
			changed.Value = to
			return dns.Replacement{Old: r, New: changed}
		}
	}
	t.Fatalf("the zone has no record %q", from)
	return dns.Replacement{}
}

func TestSPFOfTwoResourcesInOneRun(t *testing.T) {
	t.Parallel()
	for _, host := range []struct{ name, domain string }{{"cloudflare", "example.com"}, {"rfc2136", "corp.example"}} {
		t.Run(host.name, func(t *testing.T) {
			w := newDNSWorld(t)
			newsletterZone(t, w)
			zone := w.stranger(t, host.name, host.domain)
			zone.add(t, testkit.DNSRecordOf(host.domain, "TXT", strangersSPF))
			spf := func(mechanisms string) string {
				return fmt.Sprintf(`spf = { name = %q, type = "TXT", value = "v=spf1 %s -all" }`, host.domain, mechanisms)
			}
			authorization := w.provider() + authorizationAt(host.name, host.domain)
			one := recordsConfig("one", spf("ip4:203.0.113.1"), "")
			other := recordsConfig("other", spf("ip4:203.0.113.2"), "")
			w.Run(t,
				resource.TestStep{Config: authorization + one + other},
				resource.TestStep{Config: authorization + one + other, ConfigPlanChecks: emptyPlan},
				resource.TestStep{
					Config: authorization + other,
					Check:  zone.Holds(t, host.domain, "TXT", "v=spf1  include:_spf.newsletter.example   ip4:203.0.113.2 -all"),
				},
				resource.TestStep{Config: authorization, Check: zone.Holds(t, host.domain, "TXT", strangersSPF)},
			)
		})
	}
}

// A mechanism that was there before is not taken away, by whomever it was written.
func TestSPFMechanismsOfBeforeStay(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	zone := w.stranger(t, "cloudflare", "example.com")
	const before = "v=spf1 a:mail.example.com -all"
	zone.add(t, testkit.DNSRecordOf("example.com", "TXT", before))
	authorization := w.provider() + authorizationAt("cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{
			Config: authorization + recordsConfig("r", spfRecord("a:mail.example.com ip4:203.0.113.1"), ""),
			Check:  zone.Holds(t, "example.com", "TXT", "v=spf1 a:mail.example.com ip4:203.0.113.1 -all"),
		},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "example.com", "TXT", before)},
	)
}

// A record of ours goes when nothing is left in it.
func TestSPFRecordOfOursGoes(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	zone := w.stranger(t, "cloudflare", "example.com")
	authorization := w.provider() + authorizationAt("cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{
			Config: authorization + recordsConfig("r", spfRecord("ip4:203.0.113.1"), ""),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue("postmaster_dns_records.r", tfjsonpath.New("published").AtMapKey("spf").AtMapKey("value")),
			}},
			Check: zone.Holds(t, "example.com", "TXT", "v=spf1 ip4:203.0.113.1 ~all"),
		},
		resource.TestStep{
			Config: authorization + recordsConfig("r", spfRecord("ip4:203.0.113.2"), ""),
			Check:  zone.Holds(t, "example.com", "TXT", "v=spf1 ip4:203.0.113.2 ~all"),
		},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "example.com", "TXT")},
	)
}

func TestSeveralSPFRecords(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	zone := w.stranger(t, "cloudflare", "example.com")
	const first, second = "v=spf1 ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.2 -all"
	zone.add(t, testkit.DNSRecordOf("example.com", "TXT", first), testkit.DNSRecordOf("example.com", "TXT", second))
	authorization := w.provider() + authorizationAt("cloudflare", "example.com")
	config := authorization + recordsConfig("r", spfRecord("ip4:203.0.113.1"), "")
	const joined = "v=spf1 ip4:192.0.2.1 ip4:203.0.113.1 -all"
	w.Run(t,
		resource.TestStep{Config: config, PlanOnly: true, ExpectError: saying("example.com has 2 SPF records")},
		resource.TestStep{Config: config, PlanOnly: true, ExpectError: saying("ip4:192.0.2.1 -all")},
		resource.TestStep{Config: config, PlanOnly: true, ExpectError: saying("ip4:192.0.2.2 -all")},
		resource.TestStep{
			PreConfig: func() {
				r := replaced(t, zone, second, first)
				zone.apply(t, zone.read(t), dns.ChangeSet{Delete: []dns.Record{r.Old}})
			},
			Config: config,
			Check:  zone.Holds(t, "example.com", "TXT", joined),
		},
		resource.TestStep{ // a second one that comes later is in nobody's way
			PreConfig: func() { zone.add(t, testkit.DNSRecordOf("example.com", "TXT", second)) },
			Config:    config, ConfigPlanChecks: emptyPlan,
		},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "example.com", "TXT", first, second)},
	)
}

func TestSPFLookupLimit(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	w.putZone(t, "chain.example",
		`a TXT "v=spf1 include:b.chain.example include:c.chain.example include:d.chain.example include:e.chain.example -all"`,
		`b TXT "v=spf1 include:f.chain.example include:g.chain.example include:h.chain.example -all"`,
		`c TXT "v=spf1 ip4:192.0.2.3 -all"`, `d TXT "v=spf1 ip4:192.0.2.4 -all"`, `e TXT "v=spf1 ip4:192.0.2.5 -all"`,
		`f TXT "v=spf1 ip4:192.0.2.6 -all"`, `g TXT "v=spf1 ip4:192.0.2.7 -all"`, `h TXT "v=spf1 ip4:192.0.2.8 -all"`,
	)
	zone := w.stranger(t, "cloudflare", "example.com")
	zone.add(t, testkit.DNSRecordOf("example.com", "TXT", "v=spf1 include:a.chain.example a mx -all")) // 10 lookups
	authorization := w.provider() + authorizationAt("cloudflare", "example.com")
	config := func(more string) string {
		return authorization + recordsConfig("r", spfRecord("a:mail.example.com"), more)
	}
	w.Run(t,
		resource.TestStep{Config: config(""), PlanOnly: true, ExpectError: saying("set allow_excess_spf_lookups = true")},
		resource.TestStep{
			Config: config("allow_excess_spf_lookups = true"),
			Check:  zone.Holds(t, "example.com", "TXT", "v=spf1 include:a.chain.example a mx a:mail.example.com -all"),
		},
		resource.TestStep{Config: config("allow_excess_spf_lookups = true"), ConfigPlanChecks: emptyPlan},
	)
}
