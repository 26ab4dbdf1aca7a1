package sendgrid_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

var usernameInState = tfjsonpath.New("sendgrid").AtMapKey("username")

// associatedAtSendGrid checks who is associated with the first domain.
func associatedAtSendGrid(t *testing.T, w *world.World, want ...string) resource.TestCheckFunc {
	return func(*terraform.State) (err error) {
		w.EditSendGrid(t, func(st *sendgridsim.State) {
			got := slices.Clone(st.Domains[0].Subusers)
			slices.Sort(got)
			if !slices.Equal(got, want) {
				err = fmt.Errorf("associated are %q, not %q", got, want)
			}
		})
		return err
	}
}

// A parent's domain is associated with several subusers from the start, and with others later.
func TestSenderDomainSubusersFromTheStart(t *testing.T) {
	t.Parallel()
	for name, switches := range map[string]map[string]bool{"as it answers": nil, "as described": {sendgridsim.SwitchAsDescribed: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			w.SendGridUnder(t, fault.Conditions{Switches: switches})
			config := func(options string) string { return w.Provider() + world.SenderConfig("example.com", options) }
			w.Run(t,
				resource.TestStep{
					PreConfig: w.Forget,
					Config:    config(`subusers = ["shop", "newsletter"]`),
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(world.SenderAddress, usernameInState, knownvalue.StringExact("sandbox")),
					},
					Check: resource.ComposeTestCheckFunc(w.SendGridChanges("POST domains", "POST domains/ID/subuser:add", "POST domains/ID/subuser:add"), associatedAtSendGrid(t, w, "newsletter", "shop")),
				},
				resource.TestStep{Config: config(`subusers = ["newsletter", "shop"]`), ConfigPlanChecks: world.EmptyPlan},
				resource.TestStep{Config: config(``), ConfigPlanChecks: world.EmptyPlan}, // left as they are
				resource.TestStep{
					PreConfig: w.Forget,
					Config:    config(`subusers = ["newsletter"]`),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)},
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
					},
					Check: resource.ComposeTestCheckFunc(w.SendGridChanges("DELETE domains/ID/subuser"), associatedAtSendGrid(t, w, "newsletter")),
				},
				resource.TestStep{ // drift is put right again
					PreConfig:        func() { w.EditSendGrid(t, func(st *sendgridsim.State) { st.Domains[0].Subusers = []string{"shop"} }) },
					Config:           config(`subusers = ["newsletter"]`),
					ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)),
					Check:            associatedAtSendGrid(t, w, "newsletter"),
				},
				resource.TestStep{Config: config(`subusers = []`), Check: associatedAtSendGrid(t, w)},
				resource.TestStep{Config: config(`subusers = []`), ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// The owner is given at creation, and another one has another domain.
func TestSenderDomainOwner(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := func(options string) string { return w.Provider() + world.SenderConfig("example.com", options) }
	owner := func(name string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue(world.SenderAddress, usernameInState, knownvalue.StringExact(name))}
	}
	replaces := world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace))
	w.Run(t,
		resource.TestStep{Config: config(``), ConfigStateChecks: owner("sandbox")},
		resource.TestStep{Config: config(`username = "sandbox"`), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{
			PreConfig: w.Forget, Config: config(`username = "newsletter"`), ConfigPlanChecks: replaces, ConfigStateChecks: owner("newsletter"),
			Check: resource.ComposeTestCheckFunc(
				w.Warns("plan", "A new sender domain is made", "sendgrid.username", "receivers may reject it"),
				w.Warns("plan", "this domain belongs to sandbox", `write subusers = ["newsletter"]`),
				w.SendGridChanges("DELETE domains/ID", "POST domains"),
			),
		},
		resource.TestStep{Config: config(`username = "newsletter"`), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: config(``), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: config(`username = "shop"`), ConfigPlanChecks: replaces, ConfigStateChecks: owner("shop")},
	)
}

// A configuration of version 0.1.0 may name an associated subuser in username. It keeps the domain,
// with a warning that has the line to write.
func TestSenderDomainUsernameThatIsAnAssociation(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Subusers = []string{sendgridsim.Subuser} }))
	config := func(options string) string { return w.Provider() + world.SenderConfig("example.com", options) }
	updates := resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
	w.Run(t,
		resource.TestStep{Config: config(``), ResourceName: world.SenderAddress, ImportState: true, ImportStateId: "sendgrid/45000007", ImportStatePersist: true},
		resource.TestStep{
			PreConfig: w.Forget, Config: config(`username = "newsletter"`), ConfigPlanChecks: updates,
			Check: resource.ComposeTestCheckFunc(w.Warns("plan", "username of example.com is not its owner", `subusers = ["newsletter"]`, `username = "newsletter"`), w.SendGridChanges()),
		},
		resource.TestStep{ // as 0.1.0 did: another one in its place
			PreConfig: w.Forget, Config: config(`username = "shop"`), ConfigPlanChecks: updates,
			Check: resource.ComposeTestCheckFunc(w.Warns("plan", `subusers = ["shop"]`), associatedAtSendGrid(t, w, "shop"), w.SendGridChanges("POST domains/ID/subuser:add", "DELETE domains/ID/subuser")),
		},
		resource.TestStep{Config: config(`username = "shop", subusers = ["newsletter"]`), ExpectError: world.Saying("shop is not among subusers")},
		resource.TestStep{
			PreConfig: w.Forget, Config: config(`username = "shop", subusers = ["newsletter", "shop"]`), ConfigPlanChecks: updates,
			Check: resource.ComposeTestCheckFunc(w.Warns("plan", `subusers = ["newsletter", "shop"]`), associatedAtSendGrid(t, w, "newsletter", "shop")),
		},
		resource.TestStep{
			PreConfig: w.Forget, Config: config(`subusers = ["newsletter", "shop"]`), ConfigPlanChecks: updates,
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(world.SenderAddress, usernameInState, knownvalue.StringExact("sandbox"))},
			Check:             w.SendGridChanges(),
		},
		resource.TestStep{PreConfig: w.Forget, Config: config(`subusers = ["newsletter", "shop"]`), ConfigPlanChecks: world.EmptyPlan, Check: w.WarnsOfNothing},
	)
}

// Where a subuser cannot be associated with a new domain, the domain is deleted again. Where not
// even that succeeds, it is kept in the state, and the next apply makes another one.
func TestSenderDomainSubusersThatCannotBeAssociated(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := func(options string) string { return w.Provider() + world.SenderConfig("example.com", options) }
	w.Run(t,
		resource.TestStep{
			Config:      config(`subusers = ["nobody"]`),
			ExpectError: world.SayingInTurn("could not associate its subusers", "username is invalid", "It has been deleted again"),
		},
		resource.TestStep{
			PreConfig: func() {
				w.EditSendGrid(t, func(st *sendgridsim.State) {
					if len(st.Domains) > 0 {
						t.Errorf("SendGrid has %d domains", len(st.Domains))
					}
				})
				w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodDelete, Kind: fault.Status, Status: 501}}})
			},
			Config:      config(`subusers = ["nobody"]`),
			ExpectError: world.SayingInTurn("could not associate its subusers", "It could not be deleted again", "marked as tainted"),
		},
		resource.TestStep{
			PreConfig:        func() { w.SendGridUnder(t, fault.Conditions{}) },
			Config:           config(`subusers = ["shop"]`),
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace)),
			Check:            associatedAtSendGrid(t, w, "shop"),
		},
	)
}

// A domain that is made otherwise than planned, and that cannot be deleted again, is not lost from
// the state.
func TestSenderDomainWhoseUndoFails(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	const made = `{"id":45000001,"user_id":7770001,"username":"sandbox","subdomain":"em1001","domain":"example.com","automatic_security":true,"ips":[],"dns":{
		"mail_cname":{"type":"cname","host":"em1001.example.com","data":"u1.wl1.sendgrid.net"}}}`
	config := w.Provider() + world.SenderConfig("example.com", "")
	w.Run(t,
		resource.TestStep{
			PreConfig: func() {
				w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{
					{Method: http.MethodPost, Kind: fault.InvalidJSON, Body: made}, {Method: http.MethodDelete, Kind: fault.Status, Status: 501},
				}})
			},
			Config: config, ExpectError: world.SayingInTurn("without the records dkim1, dkim2", "It could not be deleted again", "sendgrid/45000001"),
		},
		resource.TestStep{
			PreConfig:        func() { w.SendGridUnder(t, fault.Conditions{}) },
			Config:           config,
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace)),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}
