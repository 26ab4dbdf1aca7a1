package octeth_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A domain that somebody has removed by hand is planned anew, without an error; a destroy of it is
// none either.
func TestOctethDomainRemovedByHand(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	config := w.Provider() + world.OctethConfigOf("example.com", world.EmailGateway)
	remove := func() {
		w.EditDomains(t, func(st *octethsim.State) { st.Domains[0].Status = octethsim.StatusDeleted })
	}
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: remove, Config: config,
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionCreate)),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{PreConfig: remove, Config: config, Destroy: true},
	)
}

// Two resources for one domain: the second neither resets it nor takes it over.
func TestOctethDomainTwice(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	config := world.OctethConfigOf("example.com", world.Campaign)
	w.Run(t, resource.TestStep{
		Config:      w.Provider() + config + strings.Replace(config, `"s"`, `"twice"`, 1),
		ExpectError: world.Saying("The domain example.com exists already"),
	})
	w.EditDomains(t, func(st *octethsim.State) {
		if st.Generations != 1 {
			t.Errorf("records were drawn up %d times", st.Generations)
		}
	})
}

// Whatever comes back while the state is refreshed, it is an error that says so and what to do,
// without credentials, and nothing leaves the state.
func TestBrokenAnswersOfOcteth(t *testing.T) {
	t.Parallel()
	const wrongKey = "WRON-GKEY-0000-0000"
	for name, c := range map[string]struct {
		version string
		alter   func(*testing.T, *world.Octeth)
		says    []string
	}{
		"expired session": {
			"5.9.4", func(_ *testing.T, w *world.Octeth) { w.APIKey, w.SessionID = "", octethsim.ExpiredSessionID },
			[]string{"code 99999", "Log in to Octeth for a new session_id"},
		},
		"wrong key": {
			"5.9.4", func(_ *testing.T, w *world.Octeth) { w.APIKey = wrongKey },
			[]string{"code 99998", "Check api_key of octeth in the provider configuration"},
		},
		"a page with status 200": {
			"5.6", func(t *testing.T, w *world.Octeth) {
				w.Under(t, fault.Conditions{Switches: map[string]bool{octethsim.SwitchOutOfOrder: true}})
			},
			[]string{"Before 5.9.3 the platform answers with a page when it fails"},
		},
		"nothing there": {
			"5.8", func(t *testing.T, w *world.Octeth) {
				w.Under(t, fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: http.StatusNotFound, Body: "<html>Not found</html>"}}})
			},
			[]string{"HTTP 404", "Check that url of octeth"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewOcteth(t).Older(t, c.version)
			config := w.Provider() + world.OctethConfigOf("example.com", world.EmailGateway)
			w.Run(t, resource.TestStep{Config: config}, resource.TestStep{
				PreConfig: func() { w.Forget(); c.alter(t, w) }, Config: config, ExpectError: world.SayingInTurn(c.says...),
			}, resource.TestStep{
				PreConfig: func() {
					for _, said := range w.Heard() {
						if strings.Contains(said, wrongKey) || strings.Contains(said, octethsim.ExpiredSessionID) {
							t.Errorf("credentials are shown: %s", said)
						}
					}
					w.APIKey, w.SessionID = octethsim.APIKey, ""
					w.Under(t, fault.Conditions{})
				},
				Config: config, ConfigPlanChecks: world.EmptyPlan,
			})
		})
	}
}

// What Octeth refuses of a creation is said in its own words, and nothing is left.
func TestOctethDomainRefused(t *testing.T) {
	t.Parallel()
	w, old := world.NewOcteth(t), world.NewOcteth(t).Older(t, "5.6")
	w.Under(t, fault.Conditions{Settings: map[string]string{octethsim.SettingDomains: "0"}})
	for name, c := range map[string]struct {
		world         *world.Octeth
		options, says string
	}{
		"limit":          {w, world.Campaign, "The user has as many sender domains as the user group allows"},
		"too old for it": {old, world.EmailGateway + `, track_prefix = "go"`, "5.8 is the first that does"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.world.Run(t, resource.TestStep{Config: c.world.Provider() + world.OctethConfigOf("example.com", c.options), ExpectError: world.Saying(c.says)})
			c.world.EditDomains(t, func(st *octethsim.State) {
				if len(st.Domains) > 0 {
					t.Errorf("%v is left", st.Domains)
				}
			})
		})
	}
}

// A version that tells no options takes them all the same, and the state remembers them; a plan is
// empty whatever is told.
func TestOctethDomainWhoseOptionsAreNotTold(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t).Older(t, "5.6")
	config := func(options string) string {
		return w.Provider() + world.OctethConfigOf("example.com", world.EmailGateway+options)
	}
	w.Run(t,
		resource.TestStep{Config: config("")},
		resource.TestStep{PreConfig: w.Forget, Config: config(""), ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
		resource.TestStep{
			Config: config(`, subdomain = "em", link_tracking = false`),
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectEmptyPlan(),
			}},
			Check: w.ChangesBy("EmailGateway.UpdateDomain", "EmailGateway.VerifyDomain"), // which alone tells the records
		},
		resource.TestStep{PreConfig: w.Forget, Config: config(""), ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
	)
}

// A block of the provider says which version the sandbox is taken for. Without it, it is that of an
// installation of which nothing is said.
func TestOctethVersionOfTheSandbox(t *testing.T) {
	t.Parallel()
	for version, registers := range map[string]bool{"": false, "5.6": false, "5.9.0": false, "5.9": true, "5.9.4": true} {
		block := ""
		if version != "" {
			block = fmt.Sprintf("octeth = { api_version = %q }\n", version)
		}
		file := filepath.Join(t.TempDir(), "sandbox.json")
		factories := map[string]func() (tfprotov6.ProviderServer, error){"postmaster": providerserver.NewProtocol6WithError(provider.New("test")())}
		step := resource.TestStep{
			Config: fmt.Sprintf("provider \"postmaster\" {\n  %s  sandbox = { path = %q }\n}\n", block, file) + world.OctethConfigOf("example.com", world.Campaign+`, subdomain = "em"`),
			Check:  resource.TestCheckResourceAttr(world.SenderAddress, "dns_records.em.type", "CNAME"),
		}
		if !registers {
			step.Check, step.ExpectError = nil, world.Saying("Octeth has to publish the records")
		}
		resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: factories, Steps: []resource.TestStep{step}})
	}
}

// IDs are read in one form, and told from those of others.
func TestOctethIDs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]octeth.DomainID{
		"octeth/campaign/12":                 {Kind: octethapi.Campaign, Number: 12},
		"octeth/email-gateway/Example.COM.":  {Kind: octethapi.EmailGateway, Domain: "example.com"},
		"octeth/campaign/bücher.example.com": {Kind: octethapi.Campaign, Domain: "xn--bcher-kva.example.com"},
	} {
		got, err := octeth.ParseID(text)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
		if again, err := octeth.ParseID(got.String()); err != nil || again != got {
			t.Errorf("%s: %s is read as %+v, %v", text, got, again, err)
		}
		if _, err := octeth.ParseRegisteredID(text); (err == nil) != (want.Number > 0) {
			t.Errorf("%s: as one to verify: %v", text, err)
		}
	}
	for _, text := range []string{"", "octeth", "octeth/12", "octeth/campaign", "octeth/campaign/", "octeth/campaign/-1", "octeth/campaign/localhost", "octeth/Campaign/12", "sendgrid/12", "octeth/campaign/12/13"} {
		if got, err := octeth.ParseID(text); err == nil {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}
