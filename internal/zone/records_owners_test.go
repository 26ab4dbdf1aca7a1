package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const (
	dmarcNone   = `{ name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none" }`
	dmarcReject = `{ name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=reject" }`
	noWait      = "wait_for_propagation = false"
)

// Two resources of ours never overwrite each other, whatever they are allowed to do with
// the records of others: at plan where both are seen, at apply always.
func TestTwoResourcesThatWantDifferentRecords(t *testing.T) {
	for name, c := range map[string]struct{ one, two string }{
		"two DMARC policies": {`p = ` + dmarcNone, `q = ` + dmarcReject},
		"two CNAMEs":         {`p = { name = "em.example.com", type = "CNAME", value = "a.mailer.example" }`, `q = { name = "em.example.com", type = "CNAME", value = "b.mailer.example" }`},
		"a CNAME and a text": {`p = { name = "em.example.com", type = "CNAME", value = "a.mailer.example" }`, `q = { name = "em.example.com", type = "TXT", value = "b" }`},
		"two DKIM keys": {
			`p = { name = "s1._domainkey.example.com", type = "TXT", value = "v=DKIM1; k=rsa; p=` + world.PublishedElsewhere + `" }`,
			`q = { name = "s1._domainkey.example.com", type = "CNAME", value = "s1.mailer.example" }`,
		},
		"two MX": {`p = { name = "example.com", type = "MX", value = "mx.a.example", priority = 10 }`, `q = { name = "example.com", type = "MX", value = "mx.b.example", priority = 10 }`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, "cloudflare", "example.com")
			authorization := w.Provider() + world.AuthorizationAt("cloudflare", "example.com")
			all := "overwrite = true\n  replace_mx = true\n  " + noWait
			one, two := world.RecordsConfig("one", c.one, all), world.RecordsConfig("two", c.two, all)
			var before []dns.Record
			w.Run(t,
				// Both are new: found at plan.
				resource.TestStep{Config: authorization},
				resource.TestStep{Config: authorization + one + two, PlanOnly: true, ExpectError: world.Saying("Two resources want different records")},
				// One is there: the error names it.
				resource.TestStep{Config: authorization + one},
				resource.TestStep{
					PreConfig:   func() { before = zone.Read(t).Records },
					Config:      authorization + one + two,
					PlanOnly:    true,
					ExpectError: world.Saying("with the id cloudflare/example.com/"),
				},
				// What is known at apply only is refused there.
				resource.TestStep{
					Config: authorization + one + `
resource "terraform_data" "late" {
  input = "two"
}
` + strings.Replace(two, "name = ", `name = terraform_data.late.output == "" ? "" : `, 1),
					ExpectError: world.Saying("for another resource"),
				},
				resource.TestStep{Config: authorization + one, Check: func(*terraform.State) error {
					if now := zone.Read(t).Records; !sameRecords(now, before) {
						return fmt.Errorf("the zone has changed: %v, was %v", now, before)
					}
					return nil
				}},
			)
		})
	}
}

// A record that moves to another resource, with another value or the same, is no
// stranger's, and the name is never without it.
func TestARecordMovesToAnotherResource(t *testing.T) {
	for name, c := range map[string]struct{ host, apex, before, after, recordType, wantName, want string }{
		"with the same value":  {"cloudflare", "example.com", dmarcNone, dmarcNone, "TXT", "_dmarc.example.com", "v=DMARC1; p=none"},
		"with another value":   {"cloudflare", "example.com", dmarcNone, dmarcReject, "TXT", "_dmarc.example.com", "v=DMARC1; p=reject"},
		"an MX, to other mail": {"godaddy", "example.net", `{ name = "example.net", type = "MX", value = "mx.a.example", priority = 10 }`, `{ name = "example.net", type = "MX", value = "mx.b.example", priority = 10 }`, "MX", "example.net", "mx.b.example"},
		"a CNAME":              {"cloudflare", "example.com", `{ name = "em.example.com", type = "CNAME", value = "a.mailer.example" }`, `{ name = "em.example.com", type = "CNAME", value = "b.mailer.example" }`, "CNAME", "em.example.com", "b.mailer.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, c.host, c.apex)
			authorization := w.Provider() + world.AuthorizationAt(c.host, c.apex)
			other := `other = { name = "note.` + c.apex + `", type = "TXT", value = "other" }`
			w.Run(t,
				resource.TestStep{Config: authorization + world.RecordsConfig("one", "moves = "+c.before+"\n"+other, noWait) + world.RecordsConfig("two", "", noWait)},
				resource.TestStep{
					Config:           authorization + world.RecordsConfig("one", other, noWait) + world.RecordsConfig("two", "moves = "+c.after, noWait),
					ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
					Check:            zone.Holds(t, c.wantName, c.recordType, c.want),
				},
				// It belongs to the second resource now, and goes with it.
				resource.TestStep{Config: authorization + world.RecordsConfig("one", other, noWait), Check: zone.Holds(t, c.wantName, c.recordType)},
			)
		})
	}
}

// What two resources publish stays while one of them does.
func TestWhatTwoResourcesPublishStays(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "godaddy", "example.net")
	authorization := w.Provider() + world.AuthorizationAt("godaddy", "example.net")
	const shared = `mx  = { name = "example.net", type = "MX", value = "mx.mailer.example", priority = 10 }
    spf = { name = "example.net", type = "TXT", value = "v=spf1 include:spf.mailer.example ~all" }
    txt = { name = "note.example.net", type = "TXT", value = "shared" }`
	const spf = "v=spf1 include:spf.mailer.example ~all"
	there := func(want bool) resource.TestCheckFunc {
		mx, text, note := []string{"mx.mailer.example"}, []string{spf}, []string{"shared"}
		if !want {
			mx, text, note = nil, nil, nil
		}
		return resource.ComposeTestCheckFunc(zone.Holds(t, "example.net", "MX", mx...), zone.Holds(t, "example.net", "TXT", text...), zone.Holds(t, "note.example.net", "TXT", note...))
	}
	one, two := world.RecordsConfig("one", shared, noWait), world.RecordsConfig("two", shared, noWait)
	w.Run(t,
		resource.TestStep{Config: authorization + one + two, Check: there(true), ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{Config: authorization + two, Check: there(true), ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
		resource.TestStep{Config: authorization, Check: there(false)},
	)
}

// Two resources publish one record with different TTLs. The first one's stays, a warning names
// both, and the next plan is empty: neither takes back what the other one has.
func TestTwoResourcesWantDifferentTTLs(t *testing.T) {
	for host, apex := range map[string]string{"cloudflare": "example.com", "rfc2136": "corp.example"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, host, apex)
			ttl := func(want uint32) func(*terraform.State) error {
				return func(*terraform.State) error {
					for _, r := range zone.Read(t).Records {
						if r.Name == "shared."+apex && r.TTL != want {
							return fmt.Errorf("%s has a TTL of %d, want %d", r, r.TTL, want)
						}
					}
					return nil
				}
			}
			record := `a = { name = "shared.` + apex + `", type = "TXT", value = "x" }`
			authorization := w.Provider() + world.AuthorizationAt(host, apex)
			one := world.RecordsConfig("one", record, "ttl = 600\n  "+noWait)
			two := func(ttl string) string { return world.RecordsConfig("two", record, ttl+"\n  "+noWait) }
			w.Run(t,
				resource.TestStep{Config: authorization + one, Check: ttl(600)},
				resource.TestStep{Config: authorization + one + two("ttl = 3600"), Check: ttl(600)},
				resource.TestStep{Config: authorization + one + two("ttl = 3600"), PlanOnly: true},
				resource.TestStep{Config: authorization + one + two(""), Check: ttl(600)},
			)
		})
	}
}
