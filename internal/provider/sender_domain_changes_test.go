package provider_test

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
)

const senderAddress = "postmaster_sender_domain.s"

// What the API can change is one call each, and the domain stays the one it is.
func TestSenderDomainChangesAreOneCall(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	sameID := statecheck.CompareValue(compare.ValuesSame())
	step := func(options string, calls ...string) resource.TestStep {
		return resource.TestStep{
			PreConfig: w.forget,
			Config:    w.provider() + senderConfig("example.com", `automatic_security = false, `+options),
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(senderAddress, plancheck.ResourceActionUpdate)},
				PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
			},
			ConfigStateChecks: []statecheck.StateCheck{sameID.AddStateValue(senderAddress, tfjsonpath.New("id"))},
			Check:             w.changesBy(calls...),
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

// What SendGrid no longer shows of the addresses, or spells in another way, is no
// change.
func TestSenderDomainAddressesThatSendGridForgets(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	config := w.provider() + senderConfig("example.com", `automatic_security = false, custom_spf = true, ips = ["2001:DB8::7", "192.0.2.7"]`)
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.senders(t, func(st *sendgridsim.State) { st.Domains[0].IPs = []string{"192.0.2.7", "2001:db8::7"} })
			},
			Config: config, ConfigPlanChecks: emptyPlan,
		},
		resource.TestStep{
			PreConfig: func() {
				w.sendgridUnder(t, fault.Conditions{Switches: map[string]bool{sendgridsim.SwitchForgetsIPs: true}})
			},
			Config: config, ConfigPlanChecks: emptyPlan,
		},
		resource.TestStep{
			PreConfig: func() {
				w.sendgridUnder(t, fault.Conditions{})
				w.senders(t, func(st *sendgridsim.State) { st.Domains[0].IPs = []string{"192.0.2.8"} })
			},
			Config:           config, // drift is put right again
			ConfigPlanChecks: preApply(plancheck.ExpectResourceAction(senderAddress, plancheck.ResourceActionUpdate)),
		},
	)
}

// Each thing that the API cannot change is a replacement, whose warning says what
// stops.
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
			w := newSenderWorld(t)
			w.Run(t,
				resource.TestStep{Config: w.provider() + senderConfig("example.com", options[0])},
				resource.TestStep{
					PreConfig:        w.forget,
					Config:           w.provider() + senderConfig("example.com", options[1]),
					ConfigPlanChecks: preApply(plancheck.ExpectResourceAction(senderAddress, plancheck.ResourceActionReplace)),
					Check:            w.warns("plan", "A new sender domain is made", "sendgrid."+attribute, "receivers may reject it"),
				},
				resource.TestStep{Config: w.provider() + senderConfig("example.com", options[1]), ConfigPlanChecks: emptyPlan},
			)
		})
	}
}

// An account that is named only later may be the one that has the domain anyhow.
// Where it is not, nothing is changed and the error says whose domain it is.
func TestSenderDomainOnBehalfOfAnotherThanItsOwner(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	config := w.provider() + senderConfig("example.com", "")
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: w.forget, Config: w.provider() + senderConfig("example.com", `on_behalf_of = "newsletter"`),
			ExpectError: saying(`This is the account "newsletter", which does not have the domain of the provider's own account, example.com (sendgrid/45000001)`),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan, Check: w.changesBy()},
	)
}

// Options that the configuration leaves out are left as they are.
func TestSenderDomainLeftOutOptions(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	const all = `subdomain = "em1", automatic_security = false, default = true, custom_spf = true, ips = ["192.0.2.7"], custom_dkim_selector = "abc", region = "eu", username = "europe"`
	w.Run(t,
		resource.TestStep{Config: w.provider() + senderConfig("example.com", all)},
		resource.TestStep{PreConfig: w.forget, Config: w.provider() + senderConfig("example.com", ""), ConfigPlanChecks: emptyPlan, Check: w.changesBy()},
		resource.TestStep{Config: w.provider() + senderConfig("Example.COM.", all), ConfigPlanChecks: emptyPlan},
		resource.TestStep{ResourceName: senderAddress, ImportState: true, ImportStateVerify: true}, // also what SendGrid never tells
	)
}

// Options that are known only at apply: neither are records foreseen that then do
// not come, nor is a domain replaced that stays as it was.
func TestSenderDomainOptionsKnownLate(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	config := func(run, options string) string {
		return w.provider() + `
resource "terraform_data" "late" {
  triggers_replace = ` + run + `
  input            = { automatic_security = false, subdomain = "em1", region = "global" }
}
` + senderConfig("example.com", options)
	}
	const leaves = `automatic_security = terraform_data.late.output.automatic_security, subdomain = terraform_data.late.output.subdomain, region = terraform_data.late.output.region`
	w.Run(t,
		resource.TestStep{
			Config:           config("1", leaves),
			ConfigPlanChecks: preApply(plancheck.ExpectUnknownValue(senderAddress, tfjsonpath.New("dns_records"))),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(senderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(3)),
			},
		},
		resource.TestStep{Config: config("1", leaves), ConfigPlanChecks: emptyPlan},
		resource.TestStep{
			PreConfig:        w.forget,
			Config:           config("2", leaves),
			ConfigPlanChecks: preApply(plancheck.ExpectResourceAction(senderAddress, plancheck.ResourceActionUpdate)),
			Check:            w.changesBy(),
		},
	)
}

// The same where the whole block is known only at apply.
func TestSenderDomainBlockKnownLate(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	config := func(run string) string {
		return w.provider() + `
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
				statecheck.ExpectKnownValue(senderAddress, tfjsonpath.New("dns_records").AtMapKey("mail_server").AtMapKey("type"), knownvalue.StringExact("MX")),
			},
		},
		resource.TestStep{Config: config("1"), ConfigPlanChecks: emptyPlan},
		resource.TestStep{PreConfig: w.forget, Config: config("2"), Check: w.changesBy()},
	)
}

// Many domains from nothing: each is created and validated once and read by itself,
// and the pages of the list are not read again for each.
func TestManySenderDomainsFromNothing(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	config := w.provider() + authorizationAt("cloudflare", "example.com") + `
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
		for _, call := range w.sendgridCalls(append(changingMethods, "GET")...) {
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
	w := newSenderWorld(t)
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
		resource.TestStep{Config: w.provider() + other, Check: w.warnsOfNothing},
		resource.TestStep{
			Config: w.provider() + other + senderConfig("example.com", `default = true`),
			Check:  w.warns("plan", "Another domain stops being the default", "example.org (sendgrid/45000001)"),
		},
	)
}
