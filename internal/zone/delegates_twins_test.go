package zone_test

import (
	"context"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// helper is a delegate that can use every account at "memory".
type helper struct{}

func (helper) Name() string                                     { return "helper" }
func (helper) Title() string                                    { return "the helper" }
func (helper) Block() schema.SingleNestedAttribute              { return schema.SingleNestedAttribute{} }
func (helper) Configure(*kit.Run, kit.Block, *diag.Diagnostics) {}
func (helper) DelegateHosts() []string                          { return []string{"memory"} }
func (helper) DelegateWords() zone.DelegateWords                { return zone.DelegateWords{Shows: "which shows all"} }
func (helper) Delegate(*kit.Run) zone.Delegate                  { return helper{} }
func (helper) Check(zone.AuthorizationID) error                 { return nil }
func (helper) MayAnswerLater(error) bool                        { return false }
func (helper) Try(context.Context, zone.AuthorizationID) error  { return nil }

func (helper) FindHost(context.Context, string) (called, host string, err error) {
	return "memory", "memory", nil
}

// A delegate finds a zone by its name. A new authorization for one of several zones is refused at plan,
// however the zone was chosen. If the account gets another zone later, the refresh warns of it.
func TestDelegateCannotBeToldTheZone(t *testing.T) {
	t.Parallel()
	const via = `via = "helper"`
	first, second, servers := twins()
	w := newChooserWorld(t, first, second)
	w.PutZone(t, "twin.example", servers...)
	w.run(t,
		resource.TestStep{
			Config:      authorization("twin.example", via+"\n  zone_id = \"z/1#a\"", ""),
			ExpectError: world.SayingInTurn("The helper cannot be told the zone", "Remove zone_id", `via = "direct"`), PlanOnly: true,
		},
		resource.TestStep{
			Config:      authorization("twin.example", via, ""), // although the public DNS tells which one
			ExpectError: world.SayingInTurn("The helper cannot be told the zone", "several zones called twin.example", `via = "direct"`), PlanOnly: true,
		},
		resource.TestStep{
			PreConfig: func() { w.zones.Close("z/2#b") },
			Config:    authorization("twin.example", via, ""), ConfigStateChecks: []statecheck.StateCheck{has("zone_id", "z/1#a")},
		},
		resource.TestStep{
			PreConfig: func() {
				w.zones.Open(dns.HostedZone{Apex: "twin.example", ID: "z/3", NameServers: []string{"ns.three.example"}})
			},
			Config: authorization("twin.example", via, ""), ConfigPlanChecks: world.EmptyPlan, ConfigStateChecks: []statecheck.StateCheck{has("id", firstTwin)},
			Check: func(*terraform.State) error {
				if heard := w.heard(); !world.SayingInTurn("the zone with the id z/1#a", "has had several zones called twin.example", `via = "direct"`).MatchString(heard) {
					t.Errorf("no warning of the other zone: %s", heard)
				}
				return nil
			},
		},
	)
}
