package yandex_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const dkimAddress = "postmaster_dkim_key.k"

// yandexKeyConfig is the key of example.com, which exists at Yandex.
func yandexKeyConfig(w *world.World, more string) string {
	return w.Provider() + fmt.Sprintf("\nresource \"postmaster_dkim_key\" \"k\" {\n  mail_domain_id = \"yandex/example.com\"\n  %s\n}\n", more)
}

// signs checks whether Yandex signs the mail of example.com.
func signs(t *testing.T, w *world.World, want bool) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if got := w.YandexState(t).Domains[0].DKIM.Enabled; got != want {
			return fmt.Errorf("mail is signed: %t", got)
		}
		return nil
	}
}

// The key is enabled, and disabled on destroy. Disabled by hand, it is planned anew and comes back
// as it was; a spelling or replace_existing plans nothing that changes it.
func TestYandexDKIMKey(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	same := statecheck.CompareValue(compare.ValuesSame())
	key := func() statecheck.StateCheck { return same.AddStateValue(dkimAddress, tfjsonpath.New("public_key")) }
	w.Run(t,
		resource.TestStep{
			Config:            yandexKeyConfig(w, ""),
			ConfigStateChecks: []statecheck.StateCheck{key(), statecheck.ExpectKnownValue(dkimAddress, tfjsonpath.New("key_bits"), knownvalue.Int64Exact(2048))},
			Check:             signs(t, w, true),
		},
		resource.TestStep{Config: yandexKeyConfig(w, ""), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ResourceName: dkimAddress, ImportState: true, ImportStateVerify: true},
		resource.TestStep{
			PreConfig: func() {
				if err := w.YandexUser(t, yandexsim.Token).DisableDKIM(t.Context(), "example.com"); err != nil {
					t.Fatal(err)
				}
			},
			Config: yandexKeyConfig(w, "replace_existing = true"),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(dkimAddress, plancheck.ResourceActionCreate),
			}},
			ConfigStateChecks: []statecheck.StateCheck{key()},
			Check:             signs(t, w, true),
		},
		resource.TestStep{Config: w.Provider(), Check: signs(t, w, false)},
		resource.TestStep{
			Config:      yandexKeyConfig(w, "") + "import {\n  to = postmaster_dkim_key.k\n  id = \"yandex/example.com\"\n}\n",
			ExpectError: world.Saying("No DKIM key to import"),
		},
	)
}

// A key that somebody else has published at the selector is not put out of force unasked: what was
// enabled to compare it is disabled again, and what was enabled before is not.
func TestYandexDKIMKeyPublishedByAnother(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	somebody := w.Stranger(t, "cloudflare", "example.com")
	somebody.Add(t, testkit.DNSRecordOf("mail._domainkey.example.com", "TXT", "v=DKIM1; k=rsa; p="+world.PublishedElsewhere))
	w.Run(t,
		resource.TestStep{Config: yandexKeyConfig(w, ""), ExpectError: world.Saying("Another DKIM key is published at this selector")},
		resource.TestStep{Config: w.Provider(), Check: signs(t, w, false)},
		resource.TestStep{
			PreConfig: func() {
				if _, err := w.YandexUser(t, yandexsim.Token).EnableDKIM(t.Context(), "example.com"); err != nil {
					t.Fatal(err)
				}
			},
			Config: yandexKeyConfig(w, ""), ExpectError: world.Saying("Another DKIM key is published at this selector"),
		},
		resource.TestStep{Config: w.Provider(), Check: signs(t, w, true)},
		resource.TestStep{Config: yandexKeyConfig(w, "replace_existing = true"), Check: signs(t, w, true)},
	)
}

// A key that is enabled and published already is Yandex's own: a run that was killed before it
// could save it is made up for by the next.
func TestYandexDKIMKeyEnabledAlready(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	enabled, err := w.YandexUser(t, yandexsim.Token).EnableDKIM(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	somebody := w.Stranger(t, "cloudflare", "example.com")
	somebody.Add(t, testkit.DNSRecordOf("mail._domainkey.example.com", "TXT", enabled.TXTRecord))
	w.Forget()
	w.Run(t, resource.TestStep{
		Config: yandexKeyConfig(w, ""),
		Check:  resource.ComposeTestCheckFunc(signs(t, w, true), w.YandexChanges()),
	})
}

// With its domain, the key is gone, and nothing has to be disabled.
func TestYandexDKIMKeyOfADomainDeletedByHand(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	somebody := w.YandexUser(t, yandexsim.Token)
	w.Run(t,
		resource.TestStep{Config: yandexKeyConfig(w, "")},
		resource.TestStep{
			PreConfig: func() {
				if err := somebody.DeleteDomain(t.Context(), "example.com"); err != nil {
					t.Fatal(err)
				}
			},
			Config: yandexKeyConfig(w, ""), PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(dkimAddress, plancheck.ResourceActionCreate),
			}},
		},
	)
	s, _ := w.YandexMail(t)
	keys, err := yandex.Service{}.DKIMSwitch(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.DisableDKIM(t.Context(), "example.com"); !kit.IsNotFound(err) {
		t.Errorf("disabling it: %v", err)
	}
}

// Where the DNS cannot be asked, the key is enabled with a warning.
func TestYandexDKIMKeyWithoutDNS(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.RegisterAtYandex(t, yandexsim.Token, "example.com")
	silent, hasten := testkit.SilentAddress(t), w.Adjust
	w.Adjust = func(s *kit.Run) {
		hasten(s)
		s.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{silent}}))
	}
	w.Run(t, resource.TestStep{
		Config: yandexKeyConfig(w, ""),
		Check:  w.Warns("apply", "Unable to tell whether another DKIM key is published", "mail._domainkey.example.com"),
	})
}
