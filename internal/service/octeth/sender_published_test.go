package octeth_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const dnsSet = "dns.set"

// byAuthorization is an authorization at a host, and a domain there whose records Octeth publishes
// by itself.
func byAuthorization(host, domain, options string) string {
	return world.AuthorizationAt(host, domain) + world.OctethConfigOf(domain, options+", dns_authorization_id = postmaster_dns_authorization.a.id")
}

// verificationOfPublished verifies domain "s", whose records Octeth has published.
const verificationOfPublished = `
resource "postmaster_domain_verification" "v" {
  domain_id   = postmaster_sender_domain.s.id
  dns_records = postmaster_sender_domain.s.dns_records
}
`

// Octeth publishes the records by itself at each host that it knows, beside what is there, and
// verifies the domain.
func TestOctethPublishesByItself(t *testing.T) {
	t.Parallel()
	for domain, c := range map[string]struct{ host, kind string }{
		"example.com": {"cloudflare", world.Campaign},
		"example.org": {"namecheap", world.EmailGateway},
		"example.net": {"godaddy", world.Campaign},
	} {
		t.Run(c.host, func(t *testing.T) {
			t.Parallel()
			w := world.NewOcteth(t)
			somebody := w.Stranger(t, c.host, domain)
			somebody.Add(t, testkit.DNSRecordOf("www."+domain, "A", "192.0.2.80"))
			config := w.Provider() + byAuthorization(c.host, domain, c.kind) + verificationOfPublished
			create, remove := "user.senderdomain.create", "user.senderdomain.delete"
			if c.kind == world.EmailGateway {
				create, remove = "EmailGateway.AddDomain", "EmailGateway.DeleteDomain"
			}
			w.Run(t,
				resource.TestStep{
					Config: config,
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
						statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
					},
					Check: func(*terraform.State) error {
						if sent := w.Sent(); len(sent) != 3 || !slices.Equal(sent[:2], []string{create, dnsSet}) {
							return fmt.Errorf("the commands %q were sent", sent)
						}
						return nil
					},
				},
				resource.TestStep{PreConfig: w.Forget, Config: config, ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
				resource.TestStep{ // what stays is said
					Config: w.Provider() + world.AuthorizationAt(c.host, domain),
					Check: resource.ComposeTestCheckFunc(w.ChangesBy(remove), somebody.Holds(t, "www."+domain, "A", "192.0.2.80"),
						w.Warns("apply", "Records stay published", "stay in the zone", "_dmarc.", " CNAME dmarc.octeth.example")),
				},
			)
		})
	}
}

// After a change Octeth publishes the records that it has drawn up anew. Those of before stay in
// the zone, and the plan's reader learns of them.
func TestOctethPublishesAgain(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	somebody := w.Stranger(t, "cloudflare", "example.com")
	config := func(options string) string {
		return w.Provider() + byAuthorization("cloudflare", "example.com", world.Campaign+options) + verificationOfPublished
	}
	unpublished := w.Provider() + world.AuthorizationAt("cloudflare", "example.com") + world.OctethConfigOf("example.com", world.Campaign)
	w.Run(t,
		resource.TestStep{Config: config("")},
		resource.TestStep{
			PreConfig: w.Forget, Config: config(`, subdomain = "em"`),
			Check: resource.ComposeTestCheckFunc(
				w.ChangesBy(campaignUpdate, dnsSet, campaignVerify),
				w.Warns("apply", "Octeth has generated other records", "track-sl.example.com CNAME"),
				somebody.Holds(t, "track-em.example.com", "CNAME", "tracking.octeth.example"),
				somebody.Holds(t, "track-sl.example.com", "CNAME", "tracking.octeth.example"),
			),
		},
		resource.TestStep{PreConfig: w.Forget, Config: config(`, subdomain = "em"`), ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
		resource.TestStep{
			PreConfig: w.Forget, Config: unpublished,
			Check: resource.ComposeTestCheckFunc(w.ChangesBy(), w.Warns("plan", "Octeth no longer publishes", "track-em.example.com CNAME")),
		},
		// As after an import: what is published already is not published again.
		resource.TestStep{PreConfig: w.Forget, Config: config(`, subdomain = "em"`), Check: w.ChangesBy()},
		resource.TestStep{ // a failure leaves the publication to the next apply
			PreConfig: func() {
				w.Under(t, fault.Conditions{Faults: []fault.Fault{{Path: "/api/v1/dns.set", Kind: fault.Status, Status: 500,
					Body: `{"Errors":[{"Code":9,"Message":"Failed to set DNS records for this domain"}]}`}}})
			},
			Config: config(`, subdomain = "mx"`), ExpectError: world.Saying("Failed to set DNS records"),
		},
		resource.TestStep{
			PreConfig: func() { w.Under(t, fault.Conditions{}); w.Forget() }, Config: config(`, subdomain = "mx"`),
			Check: resource.ComposeTestCheckFunc(w.ChangesBy(dnsSet, campaignVerify), somebody.Holds(t, "track-mx.example.com", "CNAME", "tracking.octeth.example")),
		},
		resource.TestStep{Config: config(`, subdomain = "mx"`), ConfigPlanChecks: world.EmptyPlan},
	)
}

// Records that Octeth has drawn up by somebody's hand, or in a run that was killed before they were
// published, are published by the next apply.
func TestOctethPublishesWhatWasDrawnUpMeanwhile(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	somebody := w.Stranger(t, "cloudflare", "example.com")
	config := w.Provider() + byAuthorization("cloudflare", "example.com", world.Campaign) + verificationOfPublished
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				em := "em"
				if _, regenerated, err := w.Client(t).Update(t.Context(), octethapi.Campaign, 1, octethapi.Options{Subdomain: &em}); err != nil || !regenerated {
					t.Fatal(regenerated, err)
				}
				w.Forget()
			},
			Config: config,
			Check: resource.ComposeTestCheckFunc(w.ChangesBy(dnsSet, campaignVerify),
				somebody.Holds(t, "_dmarc.em.example.com", "CNAME", "dmarc.octeth.example")),
		},
		resource.TestStep{PreConfig: w.Forget, Config: config, ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
	)
}

// losingRecords has Octeth replace Namecheap's zones.
func losingRecords(t *testing.T, w *world.Octeth) {
	t.Helper()
	w.Under(t, fault.Conditions{Switches: map[string]bool{octethsim.SwitchLosesRecords: true}})
}

// Records of others that are gone after Octeth has written to a zone are listed, with all that it
// takes to put them back, and a domain that was made is deleted again.
func TestOctethLosesRecords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		version, kind string
		left          string
	}{
		"registered":     {"5.9", world.EmailGateway, "has been deleted again"},
		"published only": {"5.6", world.Campaign, "The records that Octeth has published stay in the zone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewOcteth(t).Older(t, c.version)
			somebody := w.Stranger(t, "namecheap", "example.org")
			lose := func() {
				somebody.Add(t, testkit.MXRecordOf("lists.example.org", 20, "mx.example.org"), testkit.DNSRecordOf("note.example.org", "TXT", "keep this"))
				losingRecords(t, w)
			}
			config := w.Provider() + byAuthorization("namecheap", "example.org", c.kind)
			w.Run(t,
				resource.TestStep{PreConfig: lose, Config: config, ExpectError: world.SayingInTurn(
					"lists.example.org MX 20 mx.example.org (TTL 3600)", `note.example.org TXT "keep this" (TTL 3600)`, c.left,
				)},
				resource.TestStep{ // nothing is tainted or in the way
					PreConfig: func() { w.Under(t, fault.Conditions{}) }, Config: config,
					ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionCreate)),
				},
				resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// The same at a change: what has come of it is kept, with the error.
func TestOctethLosesRecordsAtAChange(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	somebody := w.Stranger(t, "namecheap", "example.org")
	config := func(options string) string {
		return w.Provider() + byAuthorization("namecheap", "example.org", world.Campaign+options)
	}
	w.Run(t,
		resource.TestStep{Config: config("")},
		resource.TestStep{
			PreConfig: func() {
				somebody.Add(t, testkit.DNSRecordOf("note.example.org", "TXT", "keep this"))
				losingRecords(t, w)
			},
			Config: config(`, subdomain = "em"`), ExpectError: world.Saying("since then these records of others are gone: note.example.org TXT \"keep this\" (TTL 3600)"),
		},
		resource.TestStep{Config: config(`, subdomain = "em"`), ConfigPlanChecks: world.EmptyPlan},
	)
}

// A domain that can neither be published nor deleted again is kept, so that the next apply replaces
// it.
func TestOctethDomainThatCannotBeUndone(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	config := w.Provider() + byAuthorization("namecheap", "example.org", world.Campaign)
	w.Run(t,
		resource.TestStep{
			PreConfig: func() {
				w.Under(t, fault.Conditions{Faults: []fault.Fault{
					{Path: "/api/v1/dns.set", Kind: fault.Status, Status: 500, Body: `{"Errors":[{"Code":9,"Message":"Failed to set DNS records for this domain"}]}`},
					{Path: "/api.php", Skip: 4, Kind: fault.Status, Status: 500}, // after the lists of plan and apply, the creation, and its proof
				}})
			},
			Config: config, ExpectError: world.Saying("could not be deleted again"),
		},
		resource.TestStep{
			PreConfig: func() { w.Under(t, fault.Conditions{}) }, Config: config,
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace)),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// Before 5.9 the records of a campaign domain are all that there is of it.
func TestOctethPublishesOnly(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t).Older(t, "5.6")
	somebody := w.Stranger(t, "cloudflare", "example.com")
	config := w.Provider() + byAuthorization("cloudflare", "example.com", world.Campaign)
	w.Run(t,
		resource.TestStep{Config: w.Provider() + world.OctethConfigOf("example.com", world.Campaign), ExpectError: world.Saying("which requires dns_authorization_id"), PlanOnly: true},
		resource.TestStep{
			Config:      w.Provider() + byAuthorization("cloudflare", "example.com", world.Campaign+`, subdomain = "em"`),
			ExpectError: world.Saying("remove octeth.subdomain"), PlanOnly: true,
		},
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("id"), knownvalue.StringExact("octeth/campaign/example.com")),
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records").AtMapKey("_dmarc.sl").AtMapKey("value"), knownvalue.StringExact("dmarc.octeth.example")),
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
			},
			Check: w.ChangesBy(dnsSet),
		},
		resource.TestStep{PreConfig: w.Forget, Config: config, ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
		resource.TestStep{ // there is nothing to verify
			Config:      config + world.VerificationConfig(""),
			ExpectError: world.Saying("has no number: Octeth verifies only registered domains"),
		},
		resource.TestStep{
			PreConfig: w.Forget,
			Config:    strings.Replace(w.Provider()+byAuthorization("cloudflare", "example.com", world.Campaign), `domain       = "example.com"`, "domain = \"sub.example.com\"\n  zone = \"example.com\"", 1),
			Check:     w.ChangesBy(dnsSet), // by another authorization
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
			},
		},
		resource.TestStep{
			PreConfig: w.Forget, Config: w.Provider(),
			Check: resource.ComposeTestCheckFunc(w.ChangesBy(), w.Warns("apply", "Records stay published", "_dmarc.sl.example.com CNAME"),
				somebody.Holds(t, "_dmarc.sl.example.com", "CNAME", "dmarc.octeth.example")),
		},
		resource.TestStep{Config: config, Check: w.Warns("apply", "Octeth has published nothing new")},
	)
}

// Credentials that Octeth cannot use, and zones that it cannot write to, are refused at plan.
func TestOctethAuthorizationRefused(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	token := strings.Replace(w.Provider(), "sandbox = {", "godaddy = {\n    token = \"invented-token\"\n  }\n  sandbox = {", 1)
	for name, c := range map[string]struct{ provider, id, says string }{
		"a token of GoDaddy": {token, "godaddy/example.net", "Octeth takes an API key with its secret (API v1) there, and no token"},
		"RFC 2136":           {w.Provider(), "rfc2136/corp.example", "Octeth writes records only at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, domain, _ := strings.Cut(c.id, "/")
			w.Run(t, resource.TestStep{
				Config:   c.provider + world.OctethConfigOf(domain, world.Campaign+fmt.Sprintf(", dns_authorization_id = %q", c.id)),
				PlanOnly: true, ExpectError: world.Saying(c.says),
			})
		})
	}
}

// What is found wrong only at apply is found before anything is made.
func TestOctethAuthorizationOfAnotherDomain(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationAt("cloudflare", "example.com") +
			world.OctethConfigOf("example.org", world.Campaign+", dns_authorization_id = postmaster_dns_authorization.a.id"),
		ExpectError: world.Saying("example.org is not in the zone example.com"),
	})
	if sent := w.Sent(); len(sent) > 0 {
		t.Errorf("it has sent %q", sent)
	}
}

// Several domains in one zone are published one after the other: Octeth writes Namecheap's zones as
// a whole.
func TestOctethPublishesOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	somebody := w.Stranger(t, "namecheap", "example.org")
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationAt("namecheap", "example.org") + `
resource "postmaster_sender_domain" "s" {
  count  = 4
  domain = "d${count.index}.example.org"
  octeth = {
    record_type          = "campaign"
    dns_authorization_id = postmaster_dns_authorization.a.id
  }
}
`,
		Check: func(*terraform.State) error {
			for n := range 4 {
				if err := somebody.Holds(t, fmt.Sprintf("_dmarc.sl.d%d.example.org", n), "CNAME", "dmarc.octeth.example")(nil); err != nil {
					return err
				}
			}
			return nil
		},
	})
}
