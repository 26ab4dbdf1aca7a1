package verify_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A verification that SendGrid takes away is planned again, and refreshing alone asks for none.
func TestDomainVerificationLost(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := w.Provider() + world.SenderConfig("example.com", `subdomain = "em1"`) + world.PublishedSender("example.com")
	somebody := w.Stranger(t, "cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.SendGridUnder(t, fault.Conditions{Settings: map[string]string{sendgridsim.SettingRecheck: "1ns"}})
				somebody.Remove(t, "em1.example.com", "CNAME")
				w.Forget()
			},
			Config:   config,
			PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(world.VerificationAddress, plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(world.VerificationAddress, tfjsonpath.New("valid")),
			}},
		},
		resource.TestStep{
			PreConfig: func() {
				if calls := w.SendGridCalls(world.ChangingMethods...); len(calls) > 0 {
					t.Errorf("planning has called %q", calls)
				}
				w.SendGridUnder(t, fault.Conditions{})
			},
			Config: config, // the record and the verification come back in one apply
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("verified_at"), world.RFC3339{}),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// An error of SendGrid's own lookup says nothing about the records: it is asked again.
func TestDomainVerificationWhileSendGridCannotLook(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{
		Method: http.MethodPost, Path: "/v3/whitelabel/domains/*/validate", Count: 6, Kind: fault.Status, Status: 500,
		Body: `{"errors": [{"message": "internal error getting CNAME", "field": null}]}`,
	}}})
	w.Run(t, resource.TestStep{Config: w.Provider() + world.SenderConfig("example.com", "") + world.PublishedSender("example.com")})
	if calls := w.SendGridCalls(http.MethodPost); len(calls) != 8 { // the creation, six that fail, and one that does not
		t.Errorf("these calls were made: %q", calls)
	}
}

// Where port 53 is closed the service has to find out, and the error says on whose word a record
// fails.
func TestDomainVerificationWithoutDNS(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	silent, hasten := testkit.SilentAddress(t), w.Adjust
	w.Adjust = func(s *kit.Run) {
		hasten(s)
		s.SetLookup(dns.NewLookup(dns.LookupConfig{
			Resolvers: []string{silent}, Timeout: 50 * time.Millisecond, AuthorityAddr: func(string) (string, bool) { return silent, true },
		}))
	}
	config := w.Provider() + world.SenderConfig("example.com", `subdomain = "em1"`) + world.VerificationConfig(`timeouts = { create = "3s" }`)
	somebody := w.Stranger(t, "cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{Config: config, ExpectError: world.SayingInTurn("could not be looked up from here", "CNAME em1.example.com", "asked: SendGrid")},
		resource.TestStep{
			PreConfig: func() {
				somebody.Add(t,
					testkit.DNSRecordOf("em1.example.com", "CNAME", world.SandboxTarget),
					testkit.DNSRecordOf("s1._domainkey.example.com", "CNAME", "s1.domainkey."+world.SandboxTarget),
					testkit.DNSRecordOf("s2._domainkey.example.com", "CNAME", "s2.domainkey."+world.SandboxTarget))
			},
			Config: config,
		},
	)
}

// Without a reference to the records the verification does not run ahead of them: SendGrid is not
// even asked, as it would remember that nothing was there. Where it is not required, that is a
// warning, and it is tried again.
func TestDomainVerificationLooksFirst(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := func(more string) string {
		return w.Provider() + world.SenderConfig("example.com", "") + world.VerificationConfig(more+`timeouts = { create = "2s" }`)
	}
	w.Run(t,
		resource.TestStep{Config: config(""), ExpectError: world.Saying("set dns_records to its attribute published")},
		resource.TestStep{
			Config: config("required = false\n  "), ExpectNonEmptyPlan: true,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("verified_at"), knownvalue.Null()),
			},
			Check: resource.ComposeTestCheckFunc(w.SendGridChanges("POST domains"), w.Warns("apply", "The domain is not verified", "The next apply tries again.")),
		},
	)
}

// The error names each record that fails with what is expected, what is found and where. The domain
// is not tainted, and the next apply goes on from there.
func TestDomainVerificationOfAWrongRecord(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	somebody := w.Stranger(t, "cloudflare", "example.com")
	somebody.Add(t, testkit.DNSRecordOf("em1.example.com", "CNAME", "elsewhere.example.net"))
	config := w.Provider() + world.SenderConfig("example.com", `subdomain = "em1"`) + world.VerificationConfig(`timeouts = { create = "2s" }`)
	goesOn := world.PreApply(
		plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionNoop),
		plancheck.ExpectResourceAction(world.VerificationAddress, plancheck.ResourceActionCreate),
	)
	w.Run(t,
		resource.TestStep{Config: config, ExpectError: world.Saying("CNAME em1.example.com expected: " + world.SandboxTarget + " found: elsewhere.example.net asked: ")},
		resource.TestStep{Config: config, ConfigPlanChecks: goesOn, ExpectError: world.Saying("CNAME s2._domainkey.example.com expected: s2.domainkey." + world.SandboxTarget + " found: nothing asked: ")},
		resource.TestStep{
			PreConfig: func() {
				somebody.Change(t, "em1.example.com", "CNAME", func(r *dns.Record) { r.Value = world.SandboxTarget })
				somebody.Add(t,
					testkit.DNSRecordOf("s1._domainkey.example.com", "CNAME", "s1.domainkey."+world.SandboxTarget),
					testkit.DNSRecordOf("s2._domainkey.example.com", "CNAME", "s2.domainkey."+world.SandboxTarget))
			},
			Config: config, ConfigPlanChecks: goesOn,
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// With manual security SendGrid's SPF record joins the zone's own, and the verification is made
// anew when an address is added to it.
func TestDomainVerificationWithManualSecurity(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.EditCloudflareZone(t, "example.com", func(z *cloudflaresim.Zone) { z.Records = nil })
	somebody := w.Stranger(t, "cloudflare", "example.com")
	somebody.Add(t, testkit.DNSRecordOf("example.com", "TXT", "v=spf1 ip4:192.0.2.99 ~all"))
	config := func(ips string) string {
		return w.Provider() + world.SenderConfig("example.com", `subdomain = "em1", automatic_security = false, custom_spf = true, ips = `+ips) + world.PublishedSender("example.com")
	}
	w.Run(t,
		resource.TestStep{
			Config: config(`["192.0.2.7"]`),
			Check: resource.ComposeTestCheckFunc(
				somebody.Holds(t, "example.com", "TXT", "v=spf1 ip4:192.0.2.99 include:em1.example.com ~all"),
				somebody.Holds(t, "em1.example.com", "TXT", "v=spf1 ip4:192.0.2.7 -all"),
				somebody.Holds(t, "em1.example.com", "MX", "mx.sendgrid.net"),
			),
		},
		resource.TestStep{Config: config(`["192.0.2.7"]`), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{
			PreConfig: w.Forget,
			Config:    config(`["192.0.2.7", "192.0.2.8"]`),
			Check: resource.ComposeTestCheckFunc(
				somebody.Holds(t, "em1.example.com", "TXT", "v=spf1 ip4:192.0.2.7 ip4:192.0.2.8 -all"),
				w.SendGridChanges("POST domains/ID/ips", "POST domains/ID/validate"),
			),
		},
		resource.TestStep{Config: config(`["192.0.2.7", "192.0.2.8"]`), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: w.Provider(), Check: somebody.Holds(t, "example.com", "TXT", "v=spf1 ip4:192.0.2.99 ~all")},
	)
}

// A customer's domain is not among those of the key's own account: its id says on whose behalf it
// is managed, so that a verification that comes in a later run finds it.
func TestDomainVerificationOnBehalfOfACustomer(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	domain := w.Provider() + world.SenderConfig("example.com", `on_behalf_of = "account-id a0b1c2d3"`)
	w.Run(t,
		resource.TestStep{
			Config: domain,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("id"), knownvalue.StringExact("sendgrid/account-id a0b1c2d3/45000001")),
			},
		},
		resource.TestStep{Config: domain + world.PublishedSender("example.com")},
		resource.TestStep{Config: domain + world.PublishedSender("example.com"), ConfigPlanChecks: world.EmptyPlan},
	)
}
