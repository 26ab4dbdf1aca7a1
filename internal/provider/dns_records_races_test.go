package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

const (
	appAddress = `a = { name = "app.example.net", type = "A", value = "192.0.2.7" }`
	noteOne    = `t = { name = "note.example.net", type = "TXT", value = "one" }`
	noteTwo    = `t = { name = "note.example.net", type = "TXT", value = "two" }`
)

// A record that was there before goes between plan and apply: it is published anew, belongs
// to the resource from then on, and the apply does what its plan has promised.
func TestWhatWasThereBeforeGoesAfterThePlan(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	zone := w.stranger(t, "godaddy", "example.net")
	zone.add(t, testkit.DNSRecordOf("app.example.net", "A", "192.0.2.7"))
	authorization := w.provider() + authorizationAt("godaddy", "example.net")
	w.Run(t,
		resource.TestStep{
			Config: authorization + recordsConfig("r", appAddress+"\n"+noteOne, noWait),
			Check:  resource.TestCheckResourceAttr("postmaster_dns_records.r", "preexisting.#", "1"),
		},
		resource.TestStep{
			Config:           authorization + recordsConfig("r", appAddress+"\n"+noteTwo, noWait),
			ConfigPlanChecks: afterPlan(func() { zone.remove(t, "app.example.net", "A") }),
			Check: resource.ComposeTestCheckFunc(
				resource.TestCheckResourceAttr("postmaster_dns_records.r", "preexisting.#", "0"),
				zone.Holds(t, "app.example.net", "A", "192.0.2.7"),
			),
		},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "app.example.net", "A")},
	)
}

// A record that is gone, and that the configuration does not want any more, is forgotten: one
// like it that comes up later is somebody else's.
func TestWhatIsGoneAndNotWantedIsForgotten(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	zone := w.stranger(t, "godaddy", "example.net")
	authorization := w.provider() + authorizationAt("godaddy", "example.net")
	empty := resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}}
	w.Run(t,
		resource.TestStep{Config: authorization + recordsConfig("r", appAddress+"\n"+noteOne, noWait)},
		// Terraform saves what the refresh has found when it applies something else.
		resource.TestStep{
			PreConfig: func() { zone.remove(t, "app.example.net", "A") },
			Config:    authorization + recordsConfig("r", noteOne, noWait) + recordsConfig("other", `o = { name = "other.example.net", type = "TXT", value = "o" }`, noWait),
		},
		resource.TestStep{
			PreConfig:        func() { zone.add(t, testkit.DNSRecordOf("app.example.net", "A", "192.0.2.7")) },
			Config:           authorization + recordsConfig("r", noteOne, noWait),
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction("postmaster_dns_records.r", plancheck.ResourceActionNoop)}},
		},
		resource.TestStep{Config: authorization + recordsConfig("r", noteOne, noWait), ConfigPlanChecks: empty},
		resource.TestStep{Config: authorization, Check: zone.Holds(t, "app.example.net", "A", "192.0.2.7")},
	)
}

// A name passes from a resource that is destroyed to another one in the same run, with
// another value and without overwrite.
func TestANamePassesFromAResourceThatGoes(t *testing.T) {
	for apex, host := range hostedDomains {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := newDNSWorld(t)
			zone := w.stranger(t, host, apex)
			authorization := w.provider() + authorizationAt(host, apex)
			policy := func(p string) string {
				return `d = { name = "_dmarc.` + apex + `", type = "TXT", value = "v=DMARC1; p=` + p + `" }`
			}
			w.Run(t,
				resource.TestStep{Config: authorization + recordsConfig("one", policy("none"), noWait) + recordsConfig("two", "", noWait)},
				resource.TestStep{
					Config:           authorization + recordsConfig("two", policy("reject"), noWait),
					ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
					Check:            zone.Holds(t, "_dmarc."+apex, "TXT", "v=DMARC1; p=reject"),
				},
			)
		})
	}
}
