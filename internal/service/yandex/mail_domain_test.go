package yandex_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const (
	yandexAddress = "postmaster_mail_domain.d"
	yandexImport  = "\nimport {\n  to = postmaster_mail_domain.d\n  id = \"yandex/Example.com\"\n}\n"
)

// yandexSays is an answer in place of the service's own.
func yandexSays(call, body string, times int) fault.Conditions {
	return fault.Conditions{Faults: []fault.Fault{{
		Path: yandexsim.AdminPath + call, Count: times, Kind: fault.Status, Status: http.StatusOK, Body: body,
	}}}
}

// What Yandex does not register is an error that says why and what to do, and leaves nothing
// behind.
func TestYandexDomainRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		domain     string
		conditions fault.Conditions
		before     func(*testing.T, *world.World)
		says       []string
	}{
		"occupied": {
			before: func(t *testing.T, w *world.World) { w.RegisterAtYandex(t, yandexsim.OtherToken, "example.com") },
			says:   []string{"Unable to create mail domain", "another user"},
		},
		"ours": {
			before: func(t *testing.T, w *world.World) { w.RegisterAtYandex(t, yandexsim.Token, "example.com") },
			says:   []string{"The object exists already", "to = postmaster_mail_domain.NAME", `id = "yandex/example.com"`},
		},
		"prohibited": {domain: "yandex.example", says: []string{"prohibited"}},
		"limit of 50": {
			conditions: fault.Conditions{Settings: map[string]string{yandexsim.SettingDomains: "0"}},
			says:       []string{"domain_limit_reached"},
		},
		"blocked": {
			conditions: fault.Conditions{Settings: map[string]string{yandexsim.SettingBlocked: "example.com"}},
			says:       []string{"blocked"},
		},
		"unknown without end":    {conditions: yandexSays("domain/register", `{"success": "error", "error": "unknown"}`, 0), says: []string{"unknown"}},
		"answer without success": {conditions: yandexSays("domain/register", `{"domain": "example.com"}`, 0), says: []string{"success"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			domain := "example.com"
			if c.domain != "" {
				domain = c.domain
			}
			if c.before != nil {
				c.before(t, w)
			}
			before := len(w.YandexState(t).Domains)
			w.YandexUnder(t, c.conditions)
			w.Run(t, resource.TestStep{Config: w.Provider() + world.YandexDomainConfig(domain, ""), ExpectError: world.Saying(c.says[0])})
			said := strings.Join(w.Heard(), "\n")
			if !testkit.ContainsAll(said, c.says) {
				t.Errorf("this was said:\n%s", said)
			}
			if imports := strings.Contains(said, "import {"); imports != (name == "ours") {
				t.Errorf("what to import is told: %t", imports)
			}
			if strings.Contains(said, yandexsim.Token) {
				t.Error("the token is shown")
			}
			if after := len(w.YandexState(t).Domains); after != before {
				t.Errorf("%d domains have become %d", before, after)
			}
		})
	}
}

// A failure that passes is waited for: the domain is registered once.
func TestYandexDomainWhileTheServiceFails(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.YandexUnder(t, yandexSays("domain/register", `{"success": "error", "error": "unknown"}`, 2))
	config := w.Provider() + world.YandexDomainConfig("example.com", "")
	w.Run(t,
		resource.TestStep{Config: config, Check: w.YandexChanges("domain/register", "domain/register", "domain/register")},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// A domain that a run has registered and not saved is told by its import id; imported, it is as if
// that run had saved it.
func TestYandexDomainRegisteredBeforeACrash(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	config := w.Provider() + world.YandexDomainConfig("example.com", "")
	w.Run(t,
		resource.TestStep{Config: config, ExpectError: world.Saying(`id = "yandex/example.com"`)},
		resource.TestStep{
			Config: config + yandexImport,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(yandexAddress, tfjsonpath.New("ownership").AtMapKey("cname_name"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue(yandexAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(3)),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// Of a domain that was proven before it was imported, nobody tells how; it needs the other records
// only.
func TestYandexDomainImportedAfterItsProof(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusAdded })
	config := w.Provider() + world.YandexDomainConfig("EXAMPLE.com", "")
	w.Run(t,
		resource.TestStep{
			Config: config + yandexImport,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(yandexAddress, tfjsonpath.New("ownership"), knownvalue.Null()),
				statecheck.ExpectKnownValue(yandexAddress, tfjsonpath.New("dns_records"), knownvalue.MapPartial(map[string]knownvalue.Check{"mx": knownvalue.NotNull(), "spf": knownvalue.NotNull()})),
				statecheck.ExpectKnownValue(yandexAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(2)),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// A domain that is delegated to Yandex is proven by that: the record's key is planned and stays,
// without a name, as there is nothing to publish.
func TestYandexDomainDelegatedToIt(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	if err := w.Box.AddZones(map[string]string{"shop.example": yandexsim.Section}); err != nil {
		t.Fatal(err)
	}
	config := w.Provider() + world.YandexDomainConfig("shop.example", "") + "\noutput \"records\" {\n  value = postmaster_mail_domain.d.dns_records\n}\n" +
		"\nresource \"postmaster_domain_verification\" \"v\" {\n  domain_id = postmaster_mail_domain.d.id\n}\n"
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(yandexAddress, tfjsonpath.New("ownership").AtMapKey("cname_name"), knownvalue.Null()),
				statecheck.ExpectKnownValue(yandexAddress, tfjsonpath.New("dns_records").AtMapKey("ownership").AtMapKey("name"), knownvalue.Null()),
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// What is deleted by hand is planned anew; a service that does not answer, or not as it should, has
// deleted nothing.
func TestYandexDomainDeletedByHand(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := w.Provider() + world.YandexDomainConfig("Bücher.example.", "")
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(yandexAddress, tfjsonpath.New("id"), knownvalue.StringExact("yandex/xn--bcher-kva.example")),
			},
		},
		resource.TestStep{
			PreConfig: func() {
				w.YandexUnder(t, fault.Conditions{Switches: map[string]bool{yandexsim.SwitchWithoutSuccess: true}})
			},
			Config:      config,
			ExpectError: world.Saying("Unable to read mail domain"),
		},
		resource.TestStep{
			PreConfig: func() {
				w.YandexUnder(t, fault.Conditions{})
				if err := w.YandexUser(t, yandexsim.Token).DeleteDomain(t.Context(), "bücher.example"); err != nil {
					t.Fatal(err)
				}
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(yandexAddress, plancheck.ResourceActionCreate),
			}},
		},
	)
}

// Destroying a domain deletes mail, so it has to be allowed.
func TestYandexDomainDestroyNeedsForce(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	guarded := strings.Replace(world.YandexDomainConfig("example.com", ""), "force_destroy = true", "", 1)
	w.Run(t,
		resource.TestStep{Config: w.Provider() + guarded},
		resource.TestStep{
			PreConfig: func() {
				w.EditYandexDomain(t, "example.com", func(d *yandexsim.Domain) { d.Status = yandexsim.StatusMXActivate })
			},
			Config: w.Provider(), ExpectError: world.Saying("Refused to delete"),
		},
		resource.TestStep{Config: w.Provider() + strings.Replace(guarded, `"yandex"`, `"mailserver"`, 1), ExpectError: world.Saying("cannot move to another service")},
		resource.TestStep{
			PreConfig: w.Forget,
			Config:    w.Provider() + world.YandexDomainConfig("example.com", ""),
			Check: func(*terraform.State) error {
				if n := len(w.YandexState(t).Domains); n != 1 {
					return fmt.Errorf("there are %d domains", n)
				}
				return w.YandexChanges()(nil)
			},
		},
	)
}

// A domain that was never proven to be ours, and has no mailboxes, holds nothing: it goes without
// force_destroy. Once it is proven, or has a mailbox, it may hold mail.
func TestYandexDomainThatHoldsNothing(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := w.Provider() + strings.Replace(world.YandexDomainConfig("example.com", ""), "force_destroy = true", "", 1)
	changed := func(change func(*yandexsim.Domain)) func() {
		return func() { w.EditYandexDomain(t, "example.com", change) }
	}
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: changed(func(d *yandexsim.Domain) { d.Status = yandexsim.StatusMXActivate }),
			Config:    w.Provider(), ExpectError: world.Saying("Refused to delete"),
		},
		resource.TestStep{
			PreConfig: changed(func(d *yandexsim.Domain) {
				d.Status, d.Accounts = yandexsim.StatusDomainActivate, []yandexsim.Account{{Login: "alice"}}
			}),
			Config: w.Provider(), ExpectError: world.Saying("Refused to delete"),
		},
		resource.TestStep{
			PreConfig: func() {
				changed(func(d *yandexsim.Domain) { d.Accounts = nil })()
				w.Forget()
			},
			Config: w.Provider(), Check: w.YandexChanges("domain/delete"),
		},
	)
}
