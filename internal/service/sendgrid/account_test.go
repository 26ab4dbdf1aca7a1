package sendgrid_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A key of another account, or another account in on_behalf_of, does not have a domain planned anew
// or taken for deleted. It stays in the state, and with the right key the plan is empty.
func TestSenderDomainOfAnotherAccount(t *testing.T) {
	t.Parallel()
	type provider struct{ key, more string }
	for name, c := range map[string]struct {
		right, wrong provider
		options      string
		says         []string
	}{
		"another account's key": {
			right: provider{sendgridsim.Key, ""}, wrong: provider{sendgridsim.KeyOfCustomer, ""},
			says: []string{`it belongs to the account "sandbox"`, `the API key acts for the account "a0b1c2d3"`, "it is kept in the state"},
		},
		"a key that may not say whose it is": {
			right: provider{sendgridsim.KeyOfCustomer, ""}, wrong: provider{sendgridsim.KeyDomainsOnly, ""},
			says: []string{`it belongs to the account "a0b1c2d3"`, "could not be told", "user.username.read"},
		},
		"a subuser's key": {
			right: provider{sendgridsim.Key, ""}, wrong: provider{sendgridsim.KeyOfSubuser, ""},
			says: []string{`acts for the account "newsletter"`},
		},
		"another on_behalf_of of the provider": {
			right: provider{sendgridsim.Key, `on_behalf_of = "newsletter"`}, wrong: provider{sendgridsim.Key, `on_behalf_of = "shop"`},
			says: []string{`it belongs to the account "newsletter"`, `acts for the account "shop"`},
		},
		"a customer's, without on_behalf_of": {
			right: provider{sendgridsim.Key, `on_behalf_of = "account-id a0b1c2d3"`}, wrong: provider{sendgridsim.Key, ""},
			says: []string{`it belongs to the account "a0b1c2d3"`, `acts for the account "sandbox"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			url := w.Serve(t)
			config := func(p provider) string {
				return w.RealProvider(t, world.SendGridBlock(url, p.key, p.more)) + world.SenderConfig("example.com", c.options)
			}
			w.Run(t,
				resource.TestStep{Config: config(c.right)},
				resource.TestStep{PreConfig: w.Forget, Config: config(c.wrong), ExpectError: world.SayingInTurn(c.says...)},
				resource.TestStep{Config: config(c.wrong), Destroy: true, ExpectError: world.SayingInTurn(c.says...)},
				resource.TestStep{Config: config(c.right), ConfigPlanChecks: world.EmptyPlan, Check: w.SendGridChanges()},
				resource.TestStep{ // somebody has deleted it indeed
					PreConfig:        func() { w.EditSendGrid(t, func(st *sendgridsim.State) { st.Domains = nil }) },
					Config:           config(c.right),
					ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionCreate)),
				},
			)
		})
	}
}

// A parent's key sees its subusers' domains also where they were made by the subuser.
func TestSenderDomainOfASubuserByTheParentsKey(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	url := w.Serve(t)
	config := func(more string) string {
		return w.RealProvider(t, world.SendGridBlock(url, sendgridsim.Key, more)) + world.SenderConfig("example.com", "")
	}
	w.Run(t,
		resource.TestStep{Config: config(`on_behalf_of = "newsletter"`)},
		resource.TestStep{Config: config(""), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ // the subuser has none left, and the parent may say so
			PreConfig:          func() { w.EditSendGrid(t, func(st *sendgridsim.State) { st.Domains = nil }) },
			Config:             config(""),
			PlanOnly:           true,
			ExpectNonEmptyPlan: true,
		},
	)
}

// The number of a domain that is another one now, as of a state that an answer about another domain
// has got into: it is neither recorded nor deleted.
func TestSenderDomainThatIsAnother(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*sendgridsim.Domain)
		says   string
	}{
		"another name":  {func(d *sendgridsim.Domain) { d.Domain = "bank.example" }, "the domain 45000001 is bank.example and not example.com"},
		"another owner": {func(d *sendgridsim.Domain) { d.Owner = sendgridsim.OtherSubuser }, `belongs to the account "shop" (user id 7770003) and not to the account "sandbox"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			config := w.Provider() + world.SenderConfig("example.com", "")
			var was sendgridsim.Domain
			w.Run(t,
				resource.TestStep{Config: config},
				resource.TestStep{
					PreConfig: func() {
						w.EditSendGrid(t, func(st *sendgridsim.State) { was = *st.Domains[0]; c.change(st.Domains[0]) })
						w.Forget()
					},
					Config: config, ExpectError: world.Saying(c.says),
				},
				resource.TestStep{Config: config, Destroy: true, ExpectError: world.Saying(c.says)},
				resource.TestStep{
					PreConfig: func() { w.EditSendGrid(t, func(st *sendgridsim.State) { *st.Domains[0] = was }) },
					Config:    config, ConfigPlanChecks: world.EmptyPlan, Check: w.SendGridChanges(),
				},
			)
		})
	}
}

// A creation that is answered with somebody else's domain records the domain that was made, and the
// destroy deletes no other.
func TestSenderDomainCreationAnsweredWithAnother(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Domain = "bank.example" }))
	const bank = `{"id":45000007,"user_id":7770001,"username":"sandbox","subdomain":"em7","domain":"bank.example","automatic_security":true,"ips":[],"dns":{
		"mail_cname":{"type":"cname","host":"em7.bank.example","data":"u1.wl1.sendgrid.net"},
		"dkim1":{"type":"cname","host":"s1._domainkey.bank.example","data":"s1.domainkey.u1.wl1.sendgrid.net"},
		"dkim2":{"type":"cname","host":"s2._domainkey.bank.example","data":"s2.domainkey.u1.wl1.sendgrid.net"}}}`
	w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Path: "/v3/whitelabel/domains", Kind: fault.InvalidJSON, Body: bank}}})
	config := w.Provider() + world.SenderConfig("example.com", "")
	w.Run(t,
		resource.TestStep{Config: config, Check: resource.TestCheckResourceAttr(world.SenderAddress, "id", "sendgrid/45000008")},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: config, Destroy: true},
	)
	w.EditSendGrid(t, func(st *sendgridsim.State) {
		if len(st.Domains) != 1 || st.Domains[0].Domain != "bank.example" {
			t.Errorf("SendGrid has %d domains", len(st.Domains))
		}
	})
}

// Whatever becomes of the connection at a change, the next apply goes on from what has come of it.
func TestSenderDomainChangesOverBrokenConnections(t *testing.T) {
	t.Parallel()
	for _, kind := range []fault.Kind{fault.Cut, fault.TruncatedBody, fault.CutAfter, fault.StatusAfter} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			before := w.Provider() + world.SenderConfig("example.com", `automatic_security = false, subdomain = "em"`)
			after := w.Provider() + world.SenderConfig("example.com",
				`automatic_security = false, subdomain = "em", custom_spf = true, default = true, ips = ["192.0.2.7", "192.0.2.8"], subusers = ["newsletter", "shop"]`)
			broken := func(from int) func() {
				return func() {
					w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{
						{Method: http.MethodPatch, Kind: kind}, {Method: http.MethodPost, Kind: kind, Skip: from}, {Method: http.MethodDelete, Kind: kind},
					}})
				}
			}
			fine := func() { w.SendGridUnder(t, fault.Conditions{}) }
			failing := func(step resource.TestStep, says string) resource.TestStep {
				if kind == fault.Cut { // before SendGrid learns of it
					step.ExpectError, step.ConfigPlanChecks = world.Saying(says), resource.ConfigPlanChecks{}
				}
				return step
			}
			w.Run(t,
				failing(resource.TestStep{PreConfig: broken(0), Config: before}, "SendGrid does not list the domain"),
				resource.TestStep{PreConfig: fine, Config: before},
				failing(resource.TestStep{PreConfig: broken(0), Config: after}, "the change was not made"),
				resource.TestStep{PreConfig: fine, Config: after},
				resource.TestStep{Config: after, ConfigPlanChecks: world.EmptyPlan},
				failing(resource.TestStep{PreConfig: broken(0), Config: after, Destroy: true}, "the domain is still there"),
				resource.TestStep{PreConfig: fine, Config: after},
			)
		})
	}
}

// An answer that repeats the API key puts it into no state and no message.
func TestSenderDomainAnswersThatRepeatTheKey(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	config := w.RealProvider(t, world.SendGridBlock(w.Serve(t), sendgridsim.Key, "")) + world.SenderConfig("example.com", "")
	echo := fmt.Sprintf(`{"id":45000009,"user_id":7770001,"username":%q,"subdomain":"em1","domain":"example.com","automatic_security":true,"dns":{
		"mail_cname":{"type":"cname","host":"em1.example.com","data":%[1]q},
		"dkim1":{"type":"cname","host":"s1._domainkey.example.com","data":"a.example"},"dkim2":{"type":"cname","host":"s2._domainkey.example.com","data":"a.example"}}}`, sendgridsim.Key)
	w.Run(t,
		resource.TestStep{
			PreConfig: func() {
				w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Kind: fault.Status, Status: 201, Body: echo}}})
			},
			Config: config, ExpectError: world.Saying("the answer repeats the API key"),
		},
		resource.TestStep{PreConfig: func() { w.SendGridUnder(t, fault.Conditions{}) }, Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodGet, Kind: fault.Status, Status: 200, Body: "[" + echo + "]"}}})
			},
			Config: config, ExpectError: world.Saying("the answer repeats the API key"),
		},
		resource.TestStep{PreConfig: func() { w.SendGridUnder(t, fault.Conditions{}) }, Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
	for _, said := range w.Heard() {
		if testkit.ContainsAll(said, []string{sendgridsim.Key}) {
			t.Errorf("the key is shown: %s", said)
		}
	}
}
