package octeth_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
)

// A verification that Octeth takes away in the background is planned again; planning alone asks for
// none.
func TestOctethVerificationLost(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	somebody := w.Stranger(t, "cloudflare", "example.com")
	config := w.Provider() + world.OctethConfigOf("example.com", world.Campaign) + world.PublishedSender("example.com")
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				w.Under(t, fault.Conditions{Settings: map[string]string{octethsim.SettingRecheck: "1ns"}})
				somebody.Remove(t, "_dmarc.sl.example.com", "CNAME")
				w.EditDomains(t, func(st *octethsim.State) { st.Domains[0].Failures = 2 })
				w.Forget()
			},
			Config: config, PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{
				plancheck.ExpectResourceAction(world.VerificationAddress, plancheck.ResourceActionUpdate),
				plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionNoop),
			}},
		},
		resource.TestStep{
			PreConfig: func() {
				if sent := w.Sent(); len(sent) > 0 {
					t.Errorf("planning has sent %q", sent)
				}
				w.Under(t, fault.Conditions{})
				w.EditDomains(t, func(st *octethsim.State) { st.Domains[0].CheckedAt = time.Time{} }) // as a minute later
			},
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// Whoever has switched a domain off, its verification says so, and what to do.
func TestOctethVerificationOfABlockedDomain(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	config := w.Provider() + world.OctethConfigOf("example.com", world.Campaign) + world.PublishedSender("example.com")
	becomes := func(status string) func() {
		return func() {
			w.EditDomains(t, func(st *octethsim.State) { st.Domains[0].Status = status })
		}
	}
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{PreConfig: becomes(octethsim.StatusDisabled), Config: config, ExpectError: world.Saying("the domain is disabled by its user")},
		resource.TestStep{ // nobody else's apply fails for it
			PreConfig: becomes(octethsim.StatusSuspended), Config: strings.Replace(config, "domain_id ", "required = false\n  domain_id ", 1),
			Check: w.Warns("apply", "The domain is not verified", "Ask the operator to lift the suspension"), ExpectNonEmptyPlan: true,
		},
		resource.TestStep{PreConfig: becomes(octethsim.StatusEnabled), Config: config},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// What keeps a domain from sending after its records were looked up.
func TestOctethVerificationBlocked(t *testing.T) {
	t.Parallel()
	v := &octeth.Verification{Found: octethapi.SenderDomain{Domain: "example.com"}}
	for name, c := range map[string]struct {
		got  octethapi.Verification
		says string
		kind error
	}{
		"enabled":             {octethapi.Verification{Status: octethapi.Enabled, Verified: true}, "", nil},
		"records are missing": {octethapi.Verification{Status: octethapi.ApprovalPending}, "", nil},
		"awaits approval":     {octethapi.Verification{Status: octethapi.ApprovalPending, Verified: true}, `all records have been seen, but the domain's status is still "Approval Pending"`, api.ErrUnavailable},
		"another status":      {octethapi.Verification{Status: "Under Review", Verified: true}, `"Under Review"`, api.ErrUnavailable},
		"disabled":            {octethapi.Verification{Status: octethapi.Disabled}, "disabled by its user", verify.ErrWithheld},
		"suspended":           {octethapi.Verification{Status: octethapi.Suspended, Verified: true}, "suspended by the operator", verify.ErrWithheld},
	} {
		err := v.Blocked(c.got)
		if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if !errors.Is(err, c.kind) {
			t.Errorf("%s: it is not %v", name, c.kind)
		}
	}
}

// Octeth's own finding names the records that it has not seen, and no others.
func TestOctethVerificationNamesWhatOctethHasNotSeen(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	registered := registerSender(t, w, octethapi.Campaign, "example.com", octethapi.Options{})
	somebody := w.Stranger(t, "cloudflare", "example.com")
	somebody.Add(t, testkit.DNSRecordOf("sl.example.com", "CNAME", "mfrom.octeth.example"), testkit.DNSRecordOf("track-sl.example.com", "CNAME", "elsewhere.example.net"))
	v := &octeth.Verification{Client: w.Client(t), Found: registered}
	valid, reasons, err := v.Verify(t.Context())
	if want := []string{"_dmarc.sl", "key1._domainkey.sl", "proof.sl", "track-sl"}; valid || err != nil || !slices.Equal(kit.SortedKeys(reasons), want) {
		t.Errorf("valid is %t, %v; it does not see %v", valid, err, reasons)
	}
}

// Before 5.8 the records are known once the domain is verified: then the report names those that
// fail, as ever.
func TestOctethVerificationBeforeRecordsAreTold(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t).Older(t, "5.6")
	domain := w.Provider() + world.OctethConfigOf("example.com", world.EmailGateway)
	strict := world.VerificationConfig(`timeouts = { create = "3s" }`)
	aMinuteLater := func() {
		w.EditDomains(t, func(st *octethsim.State) { st.Domains[0].CheckedAt = time.Time{} })
	}
	w.Run(t,
		resource.TestStep{Config: domain + strict, ExpectError: world.Saying("CNAME _dmarc.eg.example.com expected: dmarc.octeth.example found: nothing asked: ")},
		resource.TestStep{PreConfig: aMinuteLater, Config: domain + world.PublishedRecords("example.com")},
		resource.TestStep{
			PreConfig: aMinuteLater, Config: domain + world.PublishedSender("example.com"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{PreConfig: w.Forget, Config: domain + world.PublishedSender("example.com"), ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
	)
}

// An installation without a template for records has domains that are verified as they are.
func TestOctethDomainWithoutRecords(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	w.Under(t, fault.Conditions{Switches: map[string]bool{octethsim.SwitchNoTemplate: true}})
	config := w.Provider() + world.OctethConfigOf("example.com", world.Campaign) + world.PublishedSender("example.com")
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(0)),
				statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// 200 domains are verified within the 100 calls that Octeth takes in a minute, with all that is
// read besides.
func TestManyOctethDomainsAreVerified(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	const domains = 200
	w.Stranger(t, "cloudflare", "example.com").Add(t, testkit.DNSRecordOf("*.example.com", "CNAME", "mfrom.octeth.example"))
	w.EditDomains(t, func(st *octethsim.State) {
		for i := range domains {
			name := fmt.Sprintf("d%d.example.com", i)
			st.Domains = append(st.Domains, octethsim.Domain{
				ID: int64(i + 1), Kind: octethsim.Campaign, User: 1, Name: name, Status: octethsim.StatusPending,
				Records: []octethsim.Record{{Host: "sl." + name, Type: "CNAME", Value: "mfrom.octeth.example."}},
			})
		}
		st.LastID = domains
	})
	w.Run(t, resource.TestStep{
		Config: w.Provider() + fmt.Sprintf(`
resource "postmaster_domain_verification" "v" {
  count     = %d
  domain_id = "octeth/campaign/${count.index + 1}"
}
output "verified" {
  value = alltrue(postmaster_domain_verification.v[*].valid)
}
`, domains),
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("verified", knownvalue.Bool(true))},
		Check: func(*terraform.State) error {
			if n := len(w.CommandsSoFar()); n > 100 {
				return fmt.Errorf("%d calls were made", n)
			}
			return nil
		},
	})
}
