package zone_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A second writer changes the record set at the apex between each plan and its apply: adds a value,
// changes the TTL of the set, deletes our value, and edits its own. Each apply succeeds, because it
// changes only our value, and the next plan is empty. Whatever is the second writer's stays as it left
// it, also at destroy.
func TestSecondWriterBetweenPlanAndApply(t *testing.T) {
	t.Parallel()
	const domain = "shared.example"
	for _, host := range []string{"route53", "google", "azure"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			if err := w.Box.AddZones(map[string]string{domain: host}); err != nil {
				t.Fatal(err)
			}
			config := func(value string) string {
				return w.Provider() + world.AuthorizationAt(host, domain) +
					world.RecordsConfig("r", fmt.Sprintf(`token = { name = %q, type = "TXT", value = %q }`, domain, value), "wait_for_propagation = false")
			}
			other := w.Stranger(t, host, domain)
			atApex := func(is func(value string) bool) []dns.Record {
				var found []dns.Record
				for _, r := range other.Read(t).Records {
					if r.Name == domain && r.Type == "TXT" && is(r.Value) {
						found = append(found, r)
					}
				}
				return found
			}
			// alter replaces the values that are chosen.
			alter := func(is func(string) bool, change func(*dns.Record)) {
				base := other.Read(t)
				var changes dns.ChangeSet
				for _, r := range base.Records {
					if r.Name == domain && r.Type == "TXT" && is(r.Value) {
						altered := r
						change(&altered)
						changes.Replace = append(changes.Replace, dns.Replacement{Old: r, New: altered})
					}
				}
				if len(changes.Replace) == 0 {
					t.Error("there is nothing to change")
					return
				}
				other.Apply(t, base, changes)
			}
			remove := func(value string) {
				base := other.Read(t)
				i := slices.IndexFunc(base.Records, func(r dns.Record) bool { return r.Name == domain && r.Type == "TXT" && r.Value == value })
				if i < 0 {
					t.Errorf("there is no %q to delete", value)
					return
				}
				other.Apply(t, base, dns.ChangeSet{Delete: []dns.Record{base.Records[i]}})
			}
			every := func(string) bool { return true }
			named := func(value string) func(string) bool { return func(v string) bool { return v == value } }
			// ends expects these values, each once, with the TTL.
			ends := func(ttl uint32, values ...string) resource.TestCheckFunc {
				return func(s *terraform.State) error {
					errs := []error{other.Holds(t, domain, "TXT", values...)(s)}
					for _, r := range atApex(every) {
						if r.TTL != ttl {
							errs = append(errs, fmt.Errorf("%s has the TTL %d, want %d", r, r.TTL, ttl))
						}
					}
					return errors.Join(errs...)
				}
			}
			meanwhile := func(does func()) resource.ConfigPlanChecks {
				return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{world.Between(does)}, PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
			}
			other.Add(t, dns.Record{Name: domain, Type: "TXT", Value: "theirs", TTL: 300})
			add := func(value string) func() {
				return func() { other.Add(t, dns.Record{Name: domain, Type: "TXT", Value: value, TTL: atApex(every)[0].TTL}) }
			}
			w.Run(t,
				resource.TestStep{Config: config("one"), ConfigPlanChecks: meanwhile(add("before the create")), Check: ends(300, "theirs", "before the create", "one")},
				resource.TestStep{Config: config("two"), ConfigPlanChecks: meanwhile(add("before the change")), Check: ends(300, "theirs", "before the create", "before the change", "two")},
				resource.TestStep{
					Config: config("three"), ConfigPlanChecks: meanwhile(func() { alter(every, func(r *dns.Record) { r.TTL = 900 }) }),
					Check: ends(900, "theirs", "before the create", "before the change", "three"),
				},
				resource.TestStep{
					Config: config("four"), ConfigPlanChecks: meanwhile(func() { remove("three") }),
					Check: ends(900, "theirs", "before the create", "before the change", "four"),
				},
				resource.TestStep{
					Config: config("five"), ConfigPlanChecks: meanwhile(func() { alter(named("theirs"), func(r *dns.Record) { r.Value = "theirs, edited" }) }),
					Check: ends(900, "theirs, edited", "before the create", "before the change", "five"),
				},
				resource.TestStep{
					Config: w.Provider(), ConfigPlanChecks: meanwhile(func() { add("before the destroy")(); remove("five") }),
					Check: ends(900, "theirs, edited", "before the create", "before the change", "before the destroy"),
				},
			)
		})
	}
}
