package provider_test

import (
	"fmt"
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
)

const verificationAddress = "postmaster_domain_verification.v"

// verificationConfig is a verification of domain "s" without a reference to its
// records.
func verificationConfig(more string) string {
	return fmt.Sprintf("\nresource \"postmaster_domain_verification\" \"v\" {\n  domain_id = postmaster_sender_domain.s.id\n  %s\n}\n", more)
}

// A verification that SendGrid takes away is planned again, and refreshing alone
// asks for none.
func TestDomainVerificationLost(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	config := w.provider() + senderConfig("example.com", `subdomain = "em1"`) + publishedSender("example.com")
	somebody := w.stranger(t, "cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.sendgridUnder(t, fault.Conditions{Settings: map[string]string{sendgridsim.SettingRecheck: "1ns"}})
				somebody.remove(t, "em1.example.com", "CNAME")
				w.forget()
			},
			Config:   config,
			PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(verificationAddress, plancheck.ResourceActionUpdate),
				plancheck.ExpectUnknownValue(verificationAddress, tfjsonpath.New("valid")),
			}},
		},
		resource.TestStep{
			PreConfig: func() {
				if calls := w.sendgridCalls(changingMethods...); len(calls) > 0 {
					t.Errorf("planning has called %q", calls)
				}
				w.sendgridUnder(t, fault.Conditions{})
			},
			Config: config, // the record and the verification come back in one apply
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(verificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(verificationAddress, tfjsonpath.New("verified_at"), rfc3339{}),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan},
	)
}

// An error of SendGrid's own lookup says nothing about the records: it is asked
// again.
func TestDomainVerificationWhileSendGridCannotLook(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	w.sendgridUnder(t, fault.Conditions{Faults: []fault.Fault{{
		Method: http.MethodPost, Path: "/v3/whitelabel/domains/*/validate", Count: 6, Kind: fault.Status, Status: 500,
		Body: `{"errors": [{"message": "internal error getting CNAME", "field": null}]}`,
	}}})
	w.Run(t, resource.TestStep{Config: w.provider() + senderConfig("example.com", "") + publishedSender("example.com")})
	if calls := w.sendgridCalls(http.MethodPost); len(calls) != 8 { // the creation, six that fail, and one that does not
		t.Errorf("these calls were made: %q", calls)
	}
}

// Where port 53 is closed the service has to find out, and the error says on whose
// word a record fails.
func TestDomainVerificationWithoutDNS(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	silent, hasten := testkit.SilentAddress(t), w.adjust
	w.adjust = func(s *kit.Run) {
		hasten(s)
		s.SetLookup(dns.NewLookup(dns.LookupConfig{
			Resolvers: []string{silent}, Timeout: 50 * time.Millisecond, AuthorityAddr: func(string) (string, bool) { return silent, true },
		}))
	}
	config := w.provider() + senderConfig("example.com", `subdomain = "em1"`) + verificationConfig(`timeouts = { create = "3s" }`)
	somebody := w.stranger(t, "cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{Config: config, ExpectError: sayingInTurn("could not be looked up from here", "CNAME em1.example.com", "asked: SendGrid")},
		resource.TestStep{
			PreConfig: func() {
				somebody.add(t,
					testkit.DNSRecordOf("em1.example.com", "CNAME", sandboxTarget),
					testkit.DNSRecordOf("s1._domainkey.example.com", "CNAME", "s1.domainkey."+sandboxTarget),
					testkit.DNSRecordOf("s2._domainkey.example.com", "CNAME", "s2.domainkey."+sandboxTarget))
			},
			Config: config,
		},
	)
}

// Without a reference to the records the verification does not run ahead of them:
// SendGrid is not even asked, as it would remember that nothing was there. Where it is
// not required, that is a warning, and it is tried again.
func TestDomainVerificationLooksFirst(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	config := func(more string) string {
		return w.provider() + senderConfig("example.com", "") + verificationConfig(more+`timeouts = { create = "2s" }`)
	}
	w.Run(t,
		resource.TestStep{Config: config(""), ExpectError: saying("set dns_records to its attribute published")},
		resource.TestStep{
			Config: config("required = false\n  "), ExpectNonEmptyPlan: true,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(verificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(false)),
				statecheck.ExpectKnownValue(verificationAddress, tfjsonpath.New("verified_at"), knownvalue.Null()),
			},
			Check: resource.ComposeTestCheckFunc(w.changesBy("POST domains"), w.warns("apply", "The domain is not verified", "The next apply tries again.")),
		},
	)
}

// The error names each record that fails with what is expected, what is found and
// where. The domain is not tainted, and the next apply goes on from there.
func TestDomainVerificationOfAWrongRecord(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	somebody := w.stranger(t, "cloudflare", "example.com")
	somebody.add(t, testkit.DNSRecordOf("em1.example.com", "CNAME", "elsewhere.example.net"))
	config := w.provider() + senderConfig("example.com", `subdomain = "em1"`) + verificationConfig(`timeouts = { create = "2s" }`)
	goesOn := preApply(
		plancheck.ExpectResourceAction(senderAddress, plancheck.ResourceActionNoop),
		plancheck.ExpectResourceAction(verificationAddress, plancheck.ResourceActionCreate),
	)
	w.Run(t,
		resource.TestStep{Config: config, ExpectError: saying("CNAME em1.example.com expected: " + sandboxTarget + " found: elsewhere.example.net asked: ")},
		resource.TestStep{Config: config, ConfigPlanChecks: goesOn, ExpectError: saying("CNAME s2._domainkey.example.com expected: s2.domainkey." + sandboxTarget + " found: nothing asked: ")},
		resource.TestStep{
			PreConfig: func() {
				somebody.change(t, "em1.example.com", "CNAME", func(r *dns.Record) { r.Value = sandboxTarget })
				somebody.add(t,
					testkit.DNSRecordOf("s1._domainkey.example.com", "CNAME", "s1.domainkey."+sandboxTarget),
					testkit.DNSRecordOf("s2._domainkey.example.com", "CNAME", "s2.domainkey."+sandboxTarget))
			},
			Config: config, ConfigPlanChecks: goesOn,
		},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan},
	)
}

// With manual security SendGrid's SPF record joins the zone's own, and the
// verification is made anew when an address is added to it.
func TestDomainVerificationWithManualSecurity(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	w.cloudflareZone(t, "example.com", func(z *cloudflaresim.Zone) { z.Records = nil })
	somebody := w.stranger(t, "cloudflare", "example.com")
	somebody.add(t, testkit.DNSRecordOf("example.com", "TXT", "v=spf1 ip4:192.0.2.99 ~all"))
	config := func(ips string) string {
		return w.provider() + senderConfig("example.com", `subdomain = "em1", automatic_security = false, custom_spf = true, ips = `+ips) + publishedSender("example.com")
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
		resource.TestStep{Config: config(`["192.0.2.7"]`), ConfigPlanChecks: emptyPlan},
		resource.TestStep{
			PreConfig: w.forget,
			Config:    config(`["192.0.2.7", "192.0.2.8"]`),
			Check: resource.ComposeTestCheckFunc(
				somebody.Holds(t, "em1.example.com", "TXT", "v=spf1 ip4:192.0.2.7 ip4:192.0.2.8 -all"),
				w.changesBy("POST domains/ID/ips", "POST domains/ID/validate"),
			),
		},
		resource.TestStep{Config: config(`["192.0.2.7", "192.0.2.8"]`), ConfigPlanChecks: emptyPlan},
		resource.TestStep{Config: w.provider(), Check: somebody.Holds(t, "example.com", "TXT", "v=spf1 ip4:192.0.2.99 ~all")},
	)
}

// A customer's domain is not among those of the key's own account: its id says on
// whose behalf it is managed, so that a verification that comes in a later run finds
// it.
func TestDomainVerificationOnBehalfOfACustomer(t *testing.T) {
	t.Parallel()
	w := newSenderWorld(t)
	domain := w.provider() + senderConfig("example.com", `on_behalf_of = "account-id a0b1c2d3"`)
	w.Run(t,
		resource.TestStep{
			Config: domain,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(senderAddress, tfjsonpath.New("id"), knownvalue.StringExact("sendgrid/account-id a0b1c2d3/45000001")),
			},
		},
		resource.TestStep{Config: domain + publishedSender("example.com")},
		resource.TestStep{Config: domain + publishedSender("example.com"), ConfigPlanChecks: emptyPlan},
	)
}
