package zone_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A domain that is delegated only later in the run leaves the host unknown at plan, which says so;
// the apply finds it.
func TestDomainIsDelegatedInTheRun(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	const address = "postmaster_dns_authorization.a"
	config := w.Provider() + world.AuthorizationVia("new.example", "") +
		world.RecordsConfig("r", `note = { name = "note.new.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("dns_provider")), plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
				world.Between(func() {
					if err := w.Warns("plan", uncheckedSummary, "new.example", "dns_provider")(nil); err != nil {
						t.Error(err)
					}
					if err := w.Box.AddZones(map[string]string{"new.example": "cloudflare"}); err != nil {
						t.Error(err)
					}
				}),
			}},
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("cloudflare/new.example"))},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// A zone that only the run creates is not there at plan, which says so.
func TestZoneIsMadeInTheRun(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	const address = "postmaster_dns_authorization.a"
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationAt("cloudflare", "new.example"),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("cloudflare/new.example")),
			plancheck.ExpectUnknownValue(address, tfjsonpath.New("zone_id")),
			world.Between(func() {
				if err := w.Warns("plan", uncheckedSummary, "new.example")(nil); err != nil {
					t.Error(err)
				}
				if err := w.Box.AddZones(map[string]string{"new.example": "cloudflare"}); err != nil {
					t.Error(err)
				}
			}),
		}},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("zone"), knownvalue.StringExact("new.example"))},
	})
}

// A domain that moves to another host after the plan stops the apply, and neither host gets a
// record.
func TestHostChangesAfterThePlan(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{"moving.example": "cloudflare"}); err != nil {
		t.Fatal(err)
	}
	old := w.Stranger(t, "cloudflare", "moving.example")
	before := old.Read(t).Records
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationVia("moving.example", "") +
			world.RecordsConfig("r", `note = { name = "note.moving.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false"),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{world.Between(func() {
			w.PutZone(t, "moving.example", "@ NS dns1.registrar-servers.com.", "@ NS dns2.registrar-servers.com.")
		})}},
		ExpectError: world.Saying("inconsistent final plan"),
	})
	said := strings.Join(w.Heard(), "\n")
	if !testkit.ContainsAll(said, []string{"plan warning", "The DNS host is another one than in the last plan", "found moving.example at Cloudflare", "Now the host is Namecheap", "inconsistent final plan"}) {
		t.Errorf("it does not explain that, but says:\n%s", said)
	}
	if after := old.Read(t).Records; len(after) != len(before) {
		t.Errorf("the zone has %v; it had %v", after, before)
	}
}
