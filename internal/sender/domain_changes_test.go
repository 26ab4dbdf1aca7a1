package sender_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
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

// What the API can change is one call each, and the domain stays the one it is.
func TestSenderDomainChangesAreOneCall(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	sameID := statecheck.CompareValue(compare.ValuesSame())
	step := func(options string, calls ...string) resource.TestStep {
		return resource.TestStep{
			PreConfig: w.Forget,
			Config:    w.Provider() + world.SenderConfig("example.com", `automatic_security = false, `+options),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{sameID.AddStateValue(world.SenderAddress, tfjsonpath.New("id"))},
			Check:             w.SendGridChanges(calls...),
		}
	}
	created := step(``, "POST domains")
	created.ConfigPlanChecks.PreApply = nil
	w.Run(t,
		created,
		step(`default = true`, "PATCH domains/ID"),
		step(`default = false`, "PATCH domains/ID"),
		step(`custom_spf = true`, "PATCH domains/ID"),
		step(`custom_spf = true, ips = ["192.0.2.7"]`, "POST domains/ID/ips"),
		step(`custom_spf = true, ips = ["192.0.2.7", "2001:DB8::7"]`, "POST domains/ID/ips"),
		step(`custom_spf = true, ips = ["2001:DB8::7"]`, "DELETE domains/ID/ips/192.0.2.7"),
		step(`custom_spf = true, ips = []`, "DELETE domains/ID/ips/2001:DB8::7"),
		step(`custom_spf = false, default = true`, "PATCH domains/ID"),
		step(`subusers = ["newsletter"]`, "POST domains/ID/subuser:add"),
		step(`subusers = ["shop", "newsletter"]`, "POST domains/ID/subuser:add"),
		step(`subusers = ["shop"]`, "DELETE domains/ID/subuser"),
		step(`subusers = []`, "DELETE domains/ID/subuser"),
	)
}

// What SendGrid no longer shows of the addresses, or spells in another way, is no change.
func TestSenderDomainAddressesThatSendGridForgets(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := w.Provider() + world.SenderConfig("example.com", `automatic_security = false, custom_spf = true, ips = ["2001:DB8::7", "192.0.2.7"]`)
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.EditSendGrid(t, func(st *sendgridsim.State) { st.Domains[0].IPs = []string{"192.0.2.7", "2001:db8::7"} })
			},
			Config: config, ConfigPlanChecks: world.EmptyPlan,
		},
		resource.TestStep{
			PreConfig: func() {
				w.SendGridUnder(t, fault.Conditions{Switches: map[string]bool{sendgridsim.SwitchForgetsIPs: true}})
			},
			Config: config, ConfigPlanChecks: world.EmptyPlan,
		},
		resource.TestStep{
			PreConfig: func() {
				w.SendGridUnder(t, fault.Conditions{})
				w.EditSendGrid(t, func(st *sendgridsim.State) { st.Domains[0].IPs = []string{"192.0.2.8"} })
			},
			Config:           config, // drift is put right again
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)),
		},
	)
}

// Each thing that the API cannot change is a replacement, whose warning says what stops.
func TestSenderDomainReplacement(t *testing.T) {
	t.Parallel()
	for attribute, options := range map[string][2]string{
		"subdomain":            {`subdomain = "em1"`, `subdomain = "em2"`},
		"automatic_security":   {`automatic_security = true`, `automatic_security = false`},
		"custom_dkim_selector": {`custom_dkim_selector = "abc"`, `custom_dkim_selector = "xyz"`},
		"region":               {`region = "global"`, `region = "eu"`},
		"on_behalf_of":         {`on_behalf_of = "newsletter"`, `on_behalf_of = "shop"`},
	} {
		t.Run(attribute, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			w.Run(t,
				resource.TestStep{Config: w.Provider() + world.SenderConfig("example.com", options[0])},
				resource.TestStep{
					PreConfig:        w.Forget,
					Config:           w.Provider() + world.SenderConfig("example.com", options[1]),
					ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace)),
					Check:            w.Warns("plan", "A new sender domain is made", "sendgrid."+attribute, "receivers may reject it"),
				},
				resource.TestStep{Config: w.Provider() + world.SenderConfig("example.com", options[1]), ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// An account that is named only later may be the one that has the domain anyhow. Where it is not,
// nothing is changed and the error says whose domain it is.
func TestSenderDomainOnBehalfOfAnotherThanItsOwner(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := w.Provider() + world.SenderConfig("example.com", "")
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: w.Forget, Config: w.Provider() + world.SenderConfig("example.com", `on_behalf_of = "newsletter"`),
			ExpectError: world.Saying(`This is the account "newsletter", which does not have the domain of the provider's own account, example.com (sendgrid/45000001)`),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan, Check: w.SendGridChanges()},
	)
}

// Options that the configuration leaves out are left as they are.
func TestSenderDomainLeftOutOptions(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	const all = `subdomain = "em1", automatic_security = false, default = true, custom_spf = true, ips = ["192.0.2.7"], custom_dkim_selector = "abc", region = "eu", username = "europe"`
	w.Run(t,
		resource.TestStep{Config: w.Provider() + world.SenderConfig("example.com", all)},
		resource.TestStep{PreConfig: w.Forget, Config: w.Provider() + world.SenderConfig("example.com", ""), ConfigPlanChecks: world.EmptyPlan, Check: w.SendGridChanges()},
		resource.TestStep{Config: w.Provider() + world.SenderConfig("Example.COM.", all), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ResourceName: world.SenderAddress, ImportState: true, ImportStateVerify: true}, // also what SendGrid never tells
	)
}

// Options that are known only at apply: neither are records foreseen that then do not come, nor is
// a domain replaced that stays as it was.
func TestSenderDomainOptionsKnownLate(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := func(run, options string) string {
		return w.Provider() + `
resource "terraform_data" "late" {
  triggers_replace = ` + run + `
  input            = { automatic_security = false, subdomain = "em1", region = "global" }
}
` + world.SenderConfig("example.com", options)
	}
	const leaves = `automatic_security = terraform_data.late.output.automatic_security, subdomain = terraform_data.late.output.subdomain, region = terraform_data.late.output.region`
	w.Run(t,
		resource.TestStep{
			Config:           config("1", leaves),
			ConfigPlanChecks: world.PreApply(plancheck.ExpectUnknownValue(world.SenderAddress, tfjsonpath.New("dns_records"))),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(3)),
			},
		},
		resource.TestStep{Config: config("1", leaves), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{
			PreConfig:        w.Forget,
			Config:           config("2", leaves),
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)),
			Check:            w.SendGridChanges(),
		},
	)
}

// The same where the whole block is known only at apply.
func TestSenderDomainBlockKnownLate(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := func(run string) string {
		return w.Provider() + `
resource "terraform_data" "late" {
  triggers_replace = ` + run + `
  input            = { automatic_security = false, default = true }
}
resource "postmaster_sender_domain" "s" {
  domain   = "example.com"
  sendgrid = terraform_data.late.output
}
`
	}
	w.Run(t,
		resource.TestStep{
			Config: config("1"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records").AtMapKey("mail_server").AtMapKey("type"), knownvalue.StringExact("MX")),
			},
		},
		resource.TestStep{Config: config("1"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{PreConfig: w.Forget, Config: config("2"), Check: w.SendGridChanges()},
	)
}

// Many domains from nothing: each is created and validated once and read by itself, and the pages
// of the list are not read again for each.
func TestManySenderDomainsFromNothing(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + `
resource "postmaster_sender_domain" "s" {
  count    = 20
  domain   = "d${count.index}.example.com"
  sendgrid = {}
}
resource "postmaster_dns_records" "r" {
  count                = 20
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_sender_domain.s[count.index].dns_records
}
resource "postmaster_domain_verification" "v" {
  count       = 20
  domain_id   = postmaster_sender_domain.s[count.index].id
  dns_records = postmaster_dns_records.r[count.index].published
}
`
	count := func(*terraform.State) error {
		counts := map[string]int{}
		for _, call := range w.SendGridCalls(append(world.ChangingMethods, "GET")...) {
			counts[call]++
		}
		// One list for the plan, and one for the apply.
		want := map[string]int{"GET domains": 2, "POST domains": 20, "GET domains/ID": 20, "POST domains/ID/validate": 20}
		if !maps.Equal(counts, want) {
			return fmt.Errorf("the calls are %v, not %v", counts, want)
		}
		return nil
	}
	w.Run(t, resource.TestStep{Config: config, Check: count})
}

// The domain that ceases to be the default is named.
func TestSenderDomainTakesTheDefault(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	const other = `
resource "postmaster_sender_domain" "other" {
  domain   = "example.org"
  sendgrid = { default = true }
  lifecycle {
    ignore_changes = [sendgrid]
  }
}
`
	w.Run(t,
		resource.TestStep{Config: w.Provider() + other, Check: w.WarnsOfNothing},
		resource.TestStep{
			Config: w.Provider() + other + world.SenderConfig("example.com", `default = true`),
			Check:  w.Warns("plan", "Another domain stops being the default", "example.org (sendgrid/45000001)"),
		},
	)
}
