package sender_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A domain is imported to an empty plan, whatever of it the configuration says: also what SendGrid
// never tells.
func TestSenderDomainImport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*sendgridsim.Domain)
		id      string
		options []string
	}{
		"by number": {
			func(*sendgridsim.Domain) {}, "sendgrid/45000007",
			[]string{``, `subdomain = "em7"`, `subdomain = "EM7"`, `region = "global"`, `automatic_security = true, default = false`, `ips = []`},
		},
		"by name": {func(*sendgridsim.Domain) {}, "sendgrid/Example.COM.", []string{``}},
		"in the EU": {
			func(d *sendgridsim.Domain) { d.Region, d.Target = "eu", "eu" }, "sendgrid/45000007",
			[]string{``, `region = "eu"`},
		},
		"in the EU, by name": {
			func(d *sendgridsim.Domain) { d.Region, d.Target = "eu", "eu" }, "sendgrid/example.com",
			[]string{`region = "eu"`},
		},
		"a selector": {
			func(d *sendgridsim.Domain) { d.Selector = "abc" }, "sendgrid/45000007",
			[]string{``, `custom_dkim_selector = "abc"`, `custom_dkim_selector = "ABC"`},
		},
		"manual security": {
			func(d *sendgridsim.Domain) {
				d.AutomaticSecurity, d.CustomSPF, d.IPs, d.Selector, d.Default = false, true, []string{"192.0.2.7"}, "abc", true
			}, "sendgrid/45000007",
			[]string{``, `automatic_security = false, custom_spf = true, ips = ["192.0.2.7"], custom_dkim_selector = "abc", default = true`},
		},
		"of a subuser": {
			func(d *sendgridsim.Domain) { d.Owner = sendgridsim.Subuser }, "sendgrid/45000007",
			[]string{``, `username = "newsletter"`},
		},
		"associated with subusers": {
			func(d *sendgridsim.Domain) {
				d.Subusers = []string{sendgridsim.OtherSubuser, sendgridsim.Subuser}
			}, "sendgrid/45000007",
			[]string{``, `subusers = ["newsletter", "shop"]`, `username = "sandbox"`},
		},
		"on behalf of a customer": {
			func(d *sendgridsim.Domain) { d.Owner = sendgridsim.Customer }, "sendgrid/account-id a0b1c2d3/45000007",
			[]string{`on_behalf_of = "account-id a0b1c2d3"`},
		},
		"on behalf of a subuser, by name": {
			func(d *sendgridsim.Domain) { d.Owner = sendgridsim.Subuser }, "sendgrid/newsletter/example.com",
			[]string{`on_behalf_of = "newsletter"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			w.EditSendGrid(t, world.ExistingSender(c.change))
			config := func(options string) string { return w.Provider() + world.SenderConfig("example.com", options) }
			steps := []resource.TestStep{{
				Config: config(c.options[0]), ResourceName: world.SenderAddress, ImportState: true, ImportStateId: c.id, ImportStatePersist: true,
			}}
			for _, options := range c.options {
				steps = append(steps, resource.TestStep{Config: config(options), ConfigPlanChecks: world.EmptyPlan})
			}
			w.Run(t, steps...)
		})
	}
}

func TestSenderDomainImportRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ id, says string }{
		"no service":     {"45000007", "it looks like sendgrid/45373692"},
		"other service":  {"mailserver/example.com", "it looks like sendgrid/45373692"},
		"no account":     {"sendgrid//45000007", "it looks like sendgrid/45373692"},
		"no name":        {"sendgrid/example..com", "Unable to import sender domain"},
		"nothing":        {"sendgrid/example.org", "does not list it"},
		"several":        {"sendgrid/example.com", "there are several"},
		"somebody else":  {"sendgrid/nobody/45000007", "on_behalf_of"},
		"unknown number": {"sendgrid/45999999", "45999999"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			w.EditSendGrid(t, world.ExistingSender(func(*sendgridsim.Domain) {}))
			w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.ID, d.Subdomain = 45000008, "em8" }))
			w.Run(t, resource.TestStep{
				Config: w.Provider() + world.SenderConfig("example.com", ""), ResourceName: world.SenderAddress,
				ImportState: true, ImportStateId: c.id, ExpectError: world.Saying(c.says),
			})
		})
	}
}

// A region that is down does not prove that a domain is gone: neither the domain nor its
// verification leaves the state.
func TestSenderDomainInARegionThatIsDown(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Region, d.Target, d.Valid = "eu", "eu", true }))
	config := w.Provider() + `
resource "postmaster_domain_verification" "v" {
  domain_id = "sendgrid/45000007"
}
`
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{Path: "/eu/v3/whitelabel/domains", Kind: fault.Status, Status: 503}}})
			},
			Config: config, ExpectError: world.Saying("HTTP 503"),
		},
		resource.TestStep{PreConfig: func() { w.SendGridUnder(t, fault.Conditions{}) }, Config: config, ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{
			PreConfig:          func() { w.EditSendGrid(t, func(st *sendgridsim.State) { st.Domains = nil }) },
			Config:             config,
			PlanOnly:           true,
			ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction("postmaster_domain_verification.v", plancheck.ResourceActionCreate),
			}},
		},
	)
}
