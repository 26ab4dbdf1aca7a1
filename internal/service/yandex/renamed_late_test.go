package yandex_test

import (
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// At Yandex a key that moves to another domain is enabled there and disabled here. Where that
// fails, the state is as it was and the next apply does both again.
func TestYandexDKIMKeyMoves(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	for _, domain := range []string{"example.com", "example.net"} {
		w.RegisterAtYandex(t, yandexsim.Token, domain)
	}
	config := func(run int, id string) string {
		return w.Provider() + world.LateName(run, id) + "resource \"postmaster_dkim_key\" \"k\" {\n  mail_domain_id = terraform_data.late.output\n}\n"
	}
	enabled := func(want ...string) func() {
		return func() {
			var got []string
			for _, d := range w.YandexState(t).Domains {
				if d.DKIM.Enabled {
					got = append(got, d.Name)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("DKIM is enabled for %q and not for %q", got, want)
			}
		}
	}
	same := statecheck.CompareValue(compare.ValuesSame())
	refused := yandexSays("dkim/disable", `{"success":"error","error":"no_auth"}`, 0)
	w.Run(t,
		resource.TestStep{Config: config(1, "yandex/example.com")},
		resource.TestStep{
			PreConfig:   func() { enabled("example.com")(); w.YandexUnder(t, refused) },
			Config:      config(2, "yandex/example.net"),
			ExpectError: world.Saying("DKIM is enabled for example.net, and may still be for example.com"),
		},
		resource.TestStep{
			PreConfig: func() { enabled("example.com", "example.net")(); w.YandexUnder(t, fault.Conditions{}) },
			Config:    config(2, "yandex/example.net"),
			ConfigPlanChecks: world.PreApply(
				plancheck.ExpectResourceAction(dkimAddress, plancheck.ResourceActionUpdate),
				plancheck.ExpectKnownValue(dkimAddress, tfjsonpath.New("id"), knownvalue.StringExact("yandex/example.net")),
			),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(dkimAddress, tfjsonpath.New("dns_records").AtMapKey("dkim").AtMapKey("name"), knownvalue.StringExact("mail._domainkey.example.net")),
				same.AddStateValue(dkimAddress, tfjsonpath.New("public_key")),
			},
		},
		resource.TestStep{
			PreConfig:         enabled("example.net"),
			Config:            config(3, "yandex/Example.NET"),
			ConfigStateChecks: []statecheck.StateCheck{same.AddStateValue(dkimAddress, tfjsonpath.New("public_key"))},
		},
	)
}
