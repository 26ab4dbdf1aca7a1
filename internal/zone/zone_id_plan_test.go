package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A zone_id that another resource of the run makes is not known at plan.
func TestZoneIDIsKnownAfterApply(t *testing.T) {
	t.Parallel()
	first, second, _ := twins()
	w := newChooserWorld(t, first, second)
	config := func(run int, id string) string {
		return world.LateName(run, id) + authorization("twin.example", "zone_id = terraform_data.late.output", "ours")
	}
	w.run(t,
		resource.TestStep{
			Config: config(1, "z/2#b"),
			ConfigPlanChecks: world.PreApply(
				plancheck.ExpectUnknownValue(authorizationA, tfjsonpath.New("id")),
				plancheck.ExpectUnknownValue(authorizationA, tfjsonpath.New("zone")),
				plancheck.ExpectUnknownValue(authorizationA, tfjsonpath.New("zone_id")),
			),
			ConfigStateChecks: []statecheck.StateCheck{has("id", secondTwin), has("zone", "twin.example"), has("zone_id", "z/2#b")},
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a")
				w.checkTexts(t, "z/2#b", "ours")
				if heard := w.heard(); !strings.Contains(heard, "zone_id is known only after apply") {
					return fmt.Errorf("no warning that the zone is not checked: %s", heard)
				}
				return nil
			},
		},
		resource.TestStep{Config: config(1, "z/2#b"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ // it may be another one after the apply, and is the same
			Config: config(2, "z/2#b"), ConfigPlanChecks: acts(authorizationA, plancheck.ResourceActionReplace),
			ConfigStateChecks: []statecheck.StateCheck{has("id", secondTwin)},
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/2#b", "ours")
				return nil
			},
		},
		resource.TestStep{Config: config(2, "z/2#b"), ConfigPlanChecks: world.EmptyPlan},
	)
}

// What is wrong with a zone_id is an error of the plan.
func TestWrongZoneIDs(t *testing.T) {
	t.Parallel()
	first, second, _ := twins()
	w := newChooserWorld(t, first, second, dns.HostedZone{Apex: "example.com", ID: "z3"}, dns.HostedZone{Apex: "twin.example", ID: "hidden"})
	w.zones.Hide("hidden")
	at := func(host, domain, more string) string {
		return strings.Replace(authorization(domain, more, ""), `"memory"`, fmt.Sprintf("%q", host), 1)
	}
	w.run(t,
		resource.TestStep{Config: at("memory", "mail.twin.example", `zone_id = "z3"`), ExpectError: world.Saying("mail.twin.example is not in the zone example.com, which has the id z3")},
		resource.TestStep{Config: at("memory", "twin.example", `zone_id = "z9"`), ExpectError: world.Saying("there is no such zone")},
		resource.TestStep{Config: at("memory", "twin.example", `zone_id = ""`), ExpectError: world.Saying("zone_id")},
		resource.TestStep{Config: at("memory", "twin.example", `zone_id = "hidden"`), ExpectError: world.Saying("the zone is private")},
		resource.TestStep{
			Config:      at("memory", "twin.example", "zone = \"example\"\n  zone_id = \"z/1#a\""),
			ExpectError: world.Saying("the zone with the id z/1#a is twin.example"),
		},
		resource.TestStep{
			Config:      at("plain", "example.com", `zone_id = "z3"`),
			ExpectError: world.SayingInTurn("zones are found by name only here", "the zone example.com has the id example.com", "Leave zone_id out"),
		},
		resource.TestStep{ // what the state has, as generated configurations do
			Config:            at("plain", "example.com", `zone_id = "example.com"`),
			ConfigStateChecks: []statecheck.StateCheck{has("id", "plain/example.com"), has("zone_id", "example.com")},
		},
		resource.TestStep{Config: at("plain", "example.com", ""), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: at("plain", "example.com", `zone_id = "z3"`), ExpectError: world.Saying("zones are found by name only here")},
	)
}
