package zone_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// expectDisplaced checks what a plan shows as displaced.
func expectDisplaced(address string, records ...dns.Record) plancheck.PlanCheck {
	values := []knownvalue.Check{}
	for _, r := range records {
		priority := knownvalue.Check(knownvalue.Null())
		if r.Type == "MX" {
			priority = knownvalue.Int64Exact(int64(r.Priority))
		}
		values = append(values, knownvalue.ObjectExact(map[string]knownvalue.Check{
			"name": knownvalue.StringExact(r.Name), "type": knownvalue.StringExact(r.Type), "value": knownvalue.StringExact(r.Value), "priority": priority,
		}))
	}
	return plancheck.ExpectKnownValue(address, tfjsonpath.New("displaced"), knownvalue.ListExact(values))
}

// What comes into the way after the plan was made stops the apply, and nothing is written:
// neither what is wanted nor anything else of the change.
func TestAnApplyDisplacesOnlyWhatItsPlanShowed(t *testing.T) {
	const cname = `app = { name = "app.example.com", type = "CNAME", value = "app.mailer.example" }`
	const mx = `mx = { name = "example.com", type = "MX", value = "mail.example.com", priority = 10 }`
	const dmarc = `dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none" }`
	theirA := testkit.DNSRecordOf("app.example.com", "A", "192.0.2.77")
	for name, c := range map[string]struct {
		record, more string
		before       []dns.Record // displaced by the plan
		edit         func(*testing.T, *world.Stranger)
		survivor     dns.Record
	}{
		"a record where there was none": {
			record: cname, more: "overwrite = true",
			edit: func(t *testing.T, z *world.Stranger) { z.Add(t, theirA) }, survivor: theirA,
		},
		"one more beside one that makes way": {
			record: cname, more: "overwrite = true", before: []dns.Record{testkit.DNSRecordOf("app.example.com", "A", "192.0.2.1")},
			edit: func(t *testing.T, z *world.Stranger) { z.Add(t, theirA) }, survivor: theirA,
		},
		"one that makes way is another by now": {
			record: cname, more: "overwrite = true", before: []dns.Record{testkit.DNSRecordOf("app.example.com", "A", "192.0.2.1")},
			edit: func(t *testing.T, z *world.Stranger) {
				z.Change(t, "app.example.com", "A", func(r *dns.Record) { r.Value = "192.0.2.77" })
			},
			survivor: theirA,
		},
		"somebody's MX": {
			record: mx, more: "replace_mx = true",
			edit: func(t *testing.T, z *world.Stranger) {
				z.Add(t, testkit.MXRecordOf("example.com", 5, "mx.elsewhere.example"))
			},
			survivor: testkit.MXRecordOf("example.com", 5, "mx.elsewhere.example"),
		},
		"one more MX": {
			record: mx, more: "replace_mx = true", before: []dns.Record{testkit.MXRecordOf("example.com", 1, "mx1.elsewhere.example")},
			edit: func(t *testing.T, z *world.Stranger) {
				z.Add(t, testkit.MXRecordOf("example.com", 5, "mx.elsewhere.example"))
			},
			survivor: testkit.MXRecordOf("example.com", 5, "mx.elsewhere.example"),
		},
		"a DMARC policy": {
			record: dmarc, more: "overwrite = true",
			edit: func(t *testing.T, z *world.Stranger) {
				z.Add(t, testkit.DNSRecordOf("_dmarc.example.com", "TXT", "v=DMARC1; p=reject"))
			},
			survivor: testkit.DNSRecordOf("_dmarc.example.com", "TXT", "v=DMARC1; p=reject"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			zone := w.Stranger(t, "cloudflare", "example.com")
			zone.Add(t, c.before...)
			var planned []dns.Record
			config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + world.RecordsConfig("r", c.record, c.more+"\n  wait_for_propagation = false")
			checks := world.PreApply(expectDisplaced("postmaster_dns_records.r", c.before...), world.Between(func() {
				c.edit(t, zone)
				planned = zone.Read(t).Records
			}))
			w.Run(t,
				resource.TestStep{Config: w.Provider() + world.AuthorizationAt("cloudflare", "example.com")},
				resource.TestStep{Config: config, ConfigPlanChecks: checks, ExpectError: world.Saying("inconsistent final plan")},
				resource.TestStep{Config: w.Provider() + world.AuthorizationAt("cloudflare", "example.com"), Check: func(state *terraform.State) error {
					if now := zone.Read(t).Records; !sameRecords(now, planned) {
						return fmt.Errorf("the zone has changed:\n%v\n%v", now, planned)
					}
					return zone.Holds(t, c.survivor.Name, c.survivor.Type, valuesAt(planned, c.survivor)...)(state)
				}},
				// Planned again, it is shown and goes.
				resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}},
			)
		})
	}
}

// valuesAt are the values of the records at the name and of the type of one.
func valuesAt(records []dns.Record, like dns.Record) []string {
	var values []string
	for _, r := range records {
		if r.SetKey() == like.SetKey() {
			values = append(values, r.Value)
		}
	}
	return values
}

func sameRecords(a, b []dns.Record) bool {
	count := func(records []dns.Record) map[dns.Identity]int {
		counted := map[dns.Identity]int{}
		for _, r := range records {
			counted[r.Identity()]++
		}
		return counted
	}
	one, other := count(a), count(b)
	for id, n := range one {
		if other[id] != n {
			return false
		}
	}
	return len(one) == len(other)
}

// The zone of a saved plan may have less in the way by the time of the apply. Core calls
// that inconsistent too; nothing is lost by it, and the next plan goes through.
func TestWhatMakesWayMayHaveGone(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	zone.Add(t, testkit.DNSRecordOf("app.example.com", "A", "192.0.2.1"))
	config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
		world.RecordsConfig("r", `app = { name = "app.example.com", type = "CNAME", value = "app.mailer.example" }`, "overwrite = true\n  wait_for_propagation = false")
	w.Run(t,
		resource.TestStep{Config: w.Provider() + world.AuthorizationAt("cloudflare", "example.com")},
		resource.TestStep{Config: config, ConfigPlanChecks: world.PreApply(world.Between(func() { zone.Remove(t, "app.example.com", "A") })), ExpectError: world.Saying("inconsistent final plan")},
		resource.TestStep{Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{expectDisplaced("postmaster_dns_records.r")}}},
	)
}

// Two resources may displace one old record: when the second is planned again within the
// run, the first has removed it already.
func TestTwoResourcesDisplaceOneRecord(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	old := testkit.DNSRecordOf("app.example.com", "CNAME", "old.mailer.example")
	zone.Add(t, old)
	config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
		world.RecordsConfig("one", `a = { name = "app.example.com", type = "A", value = "192.0.2.1" }`, "overwrite = true\n  wait_for_propagation = false") +
		world.RecordsConfig("two", `t = { name = "app.example.com", type = "TXT", value = "note" }`, "overwrite = true\n  wait_for_propagation = false\n  depends_on = [postmaster_dns_records.one]")
	w.Run(t, resource.TestStep{
		Config: config,
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{expectDisplaced("postmaster_dns_records.one", old), expectDisplaced("postmaster_dns_records.two", old)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		Check: resource.ComposeTestCheckFunc(
			zone.Holds(t, "app.example.com", "CNAME"), zone.Holds(t, "app.example.com", "A", "192.0.2.1"), zone.Holds(t, "app.example.com", "TXT", "note"),
		),
	})
}

// While a value is not known at plan, the plan does not say what makes way, and warns of
// what may.
func TestWhatIsNotKnownAtPlanDoesNotBind(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	zone.Add(t, testkit.DNSRecordOf("app.example.com", "A", "192.0.2.1"))
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + `
resource "terraform_data" "target" {
  input = "app.mailer.example"
}
` + world.RecordsConfig("r", `app = { name = "app.example.com", type = "CNAME", value = terraform_data.target.output }`, "overwrite = true\n  wait_for_propagation = false"),
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectUnknownValue("postmaster_dns_records.r", tfjsonpath.New("displaced"))},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		},
		Check: resource.ComposeTestCheckFunc(
			w.Warns("plan", "does not bind", "overwrite = true", "app.example.com A 192.0.2.1"),
			zone.Holds(t, "app.example.com", "A"),
			resource.TestCheckResourceAttr("postmaster_dns_records.r", "displaced.0.value", "192.0.2.1"),
		),
	})
}

// Where Terraform hands on what the approved plan showed, the error is our own. This is
// the plan at apply of Terraform 1.16.
func TestTheApprovedPlanIsHeldAgainstTheZone(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	zone := w.Stranger(t, "cloudflare", "example.com")
	p := newRecordsPlanner(t, w)
	first := planRecords(t, p, nil)
	if text := first.said(); len(text) > 0 {
		t.Fatalf("the first plan says %q", text)
	}
	if again := planRecords(t, p, first.private()); again.failed() || !slices.Equal(again.displaced(t), nil) {
		t.Errorf("planned again: %q, displaced %q", again.said(), again.displaced(t))
	}
	zone.Add(t, testkit.DNSRecordOf("app.example.com", "A", "192.0.2.77"))
	p = newRecordsPlanner(t, w) // a process of its own
	if again := planRecords(t, p, first.private()); !again.failed() || !testkit.ContainsAll(again.said()[0], []string{"The zone has changed since the plan", "app.example.com A 192.0.2.77", "Nothing was written. Plan again."}) {
		t.Errorf("after somebody's change: %q", again.said())
	}
	// What the plan showed, and has gone since, is planned as it was shown.
	second := planRecords(t, p, nil)
	zone.Remove(t, "app.example.com", "A")
	p = newRecordsPlanner(t, w)
	if again := planRecords(t, p, second.private()); again.failed() || !slices.Equal(again.displaced(t), []string{"app.example.com A 192.0.2.77"}) {
		t.Errorf("after it has gone: %q, displaced %q", again.said(), again.displaced(t))
	}
}
