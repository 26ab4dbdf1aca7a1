package provider_test

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
)

const dnsSet = "dns.set"

// byAuthorization is an authorization at a host, and a domain there whose records
// Octeth publishes by itself.
func byAuthorization(host, domain, options string) string {
	return authorizationAt(host, domain) + octethConfigOf(domain, options+", dns_authorization_id = postmaster_dns_authorization.a.id")
}

// verificationOfPublished verifies domain "s", whose records Octeth has published.
const verificationOfPublished = `
resource "postmaster_domain_verification" "v" {
  domain_id   = postmaster_sender_domain.s.id
  dns_records = postmaster_sender_domain.s.dns_records
}
`

// Octeth publishes the records by itself at each host that it knows, beside what is
// there, and verifies the domain.
func TestOctethPublishesByItself(t *testing.T) {
	t.Parallel()
	for domain, c := range map[string]struct{ host, kind string }{
		"example.com": {"cloudflare", campaign},
		"example.org": {"namecheap", emailGateway},
		"example.net": {"godaddy", campaign},
	} {
		t.Run(c.host, func(t *testing.T) {
			t.Parallel()
			w := newOctethWorld(t)
			somebody := w.stranger(t, c.host, domain)
			somebody.add(t, testkit.DNSRecordOf("www."+domain, "A", "192.0.2.80"))
			config := w.provider() + byAuthorization(c.host, domain, c.kind) + verificationOfPublished
			create, remove := "user.senderdomain.create", "user.senderdomain.delete"
			if c.kind == emailGateway {
				create, remove = "EmailGateway.AddDomain", "EmailGateway.DeleteDomain"
			}
			w.Run(t,
				resource.TestStep{
					Config: config,
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(senderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
						statecheck.ExpectKnownValue(verificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
					},
					Check: func(*terraform.State) error {
						if sent := w.sent(); len(sent) != 3 || !slices.Equal(sent[:2], []string{create, dnsSet}) {
							return fmt.Errorf("the commands %q were sent", sent)
						}
						return nil
					},
				},
				resource.TestStep{PreConfig: w.forget, Config: config, ConfigPlanChecks: emptyPlan, Check: w.changesBy()},
				resource.TestStep{ // what stays is said
					Config: w.provider() + authorizationAt(c.host, domain),
					Check: resource.ComposeTestCheckFunc(w.changesBy(remove), somebody.Holds(t, "www."+domain, "A", "192.0.2.80"),
						w.warns("apply", "Records stay published", "stay in the zone", "_dmarc.", " CNAME dmarc.octeth.example")),
				},
			)
		})
	}
}

// After a change Octeth publishes the records that it has drawn up anew. Those of
// before stay in the zone, and the plan's reader learns of them.
func TestOctethPublishesAgain(t *testing.T) {
	t.Parallel()
	w := newOctethWorld(t)
	somebody := w.stranger(t, "cloudflare", "example.com")
	config := func(options string) string {
		return w.provider() + byAuthorization("cloudflare", "example.com", campaign+options) + verificationOfPublished
	}
	unpublished := w.provider() + authorizationAt("cloudflare", "example.com") + octethConfigOf("example.com", campaign)
	w.Run(t,
		resource.TestStep{Config: config("")},
		resource.TestStep{
			PreConfig: w.forget, Config: config(`, subdomain = "em"`),
			Check: resource.ComposeTestCheckFunc(
				w.changesBy(campaignUpdate, dnsSet, campaignVerify),
				w.warns("apply", "Octeth has generated other records", "track-sl.example.com CNAME"),
				somebody.Holds(t, "track-em.example.com", "CNAME", "tracking.octeth.example"),
				somebody.Holds(t, "track-sl.example.com", "CNAME", "tracking.octeth.example"),
			),
		},
		resource.TestStep{PreConfig: w.forget, Config: config(`, subdomain = "em"`), ConfigPlanChecks: emptyPlan, Check: w.changesBy()},
		resource.TestStep{
			PreConfig: w.forget, Config: unpublished,
			Check: resource.ComposeTestCheckFunc(w.changesBy(), w.warns("plan", "Octeth no longer publishes", "track-em.example.com CNAME")),
		},
		// As after an import: what is published already is not published again.
		resource.TestStep{PreConfig: w.forget, Config: config(`, subdomain = "em"`), Check: w.changesBy()},
		resource.TestStep{ // a failure leaves the publication to the next apply
			PreConfig: func() {
				w.under(t, fault.Conditions{Faults: []fault.Fault{{Path: "/api/v1/dns.set", Kind: fault.Status, Status: 500,
					Body: `{"Errors":[{"Code":9,"Message":"Failed to set DNS records for this domain"}]}`}}})
			},
			Config: config(`, subdomain = "mx"`), ExpectError: saying("Failed to set DNS records"),
		},
		resource.TestStep{
			PreConfig: func() { w.under(t, fault.Conditions{}); w.forget() }, Config: config(`, subdomain = "mx"`),
			Check: resource.ComposeTestCheckFunc(w.changesBy(dnsSet, campaignVerify), somebody.Holds(t, "track-mx.example.com", "CNAME", "tracking.octeth.example")),
		},
		resource.TestStep{Config: config(`, subdomain = "mx"`), ConfigPlanChecks: emptyPlan},
	)
}

// Records that Octeth has drawn up by somebody's hand, or in a run that was killed
// before they were published, are published by the next apply.
func TestOctethPublishesWhatWasDrawnUpMeanwhile(t *testing.T) {
	t.Parallel()
	w := newOctethWorld(t)
	somebody := w.stranger(t, "cloudflare", "example.com")
	config := w.provider() + byAuthorization("cloudflare", "example.com", campaign) + verificationOfPublished
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				em := "em"
				if _, regenerated, err := w.Client(t).Update(t.Context(), octethapi.Campaign, 1, octethapi.Options{Subdomain: &em}); err != nil || !regenerated {
					t.Fatal(regenerated, err)
				}
				w.forget()
			},
			Config: config,
			Check: resource.ComposeTestCheckFunc(w.changesBy(dnsSet, campaignVerify),
				somebody.Holds(t, "_dmarc.em.example.com", "CNAME", "dmarc.octeth.example")),
		},
		resource.TestStep{PreConfig: w.forget, Config: config, ConfigPlanChecks: emptyPlan, Check: w.changesBy()},
	)
}

// losingRecords has Octeth replace Namecheap's zones.
func (w *octethWorld) losingRecords(t *testing.T) {
	t.Helper()
	w.under(t, fault.Conditions{Switches: map[string]bool{octethsim.SwitchLosesRecords: true}})
}

// Records of others that are gone after Octeth has written to a zone are listed, with
// all that it takes to put them back, and a domain that was made is deleted again.
func TestOctethLosesRecords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		version, kind string
		left          string
	}{
		"registered":     {"5.9", emailGateway, "has been deleted again"},
		"published only": {"5.6", campaign, "The records that Octeth has published stay in the zone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newOctethWorld(t).older(t, c.version)
			somebody := w.stranger(t, "namecheap", "example.org")
			lose := func() {
				somebody.add(t, testkit.MxRecordOf("lists.example.org", 20, "mx.example.org"), testkit.DNSRecordOf("note.example.org", "TXT", "keep this"))
				w.losingRecords(t)
			}
			config := w.provider() + byAuthorization("namecheap", "example.org", c.kind)
			w.Run(t,
				resource.TestStep{PreConfig: lose, Config: config, ExpectError: sayingInTurn(
					"lists.example.org MX 20 mx.example.org (TTL 3600)", `note.example.org TXT "keep this" (TTL 3600)`, c.left,
				)},
				resource.TestStep{ // nothing is tainted or in the way
					PreConfig: func() { w.under(t, fault.Conditions{}) }, Config: config,
					ConfigPlanChecks: preApply(plancheck.ExpectResourceAction(senderAddress, plancheck.ResourceActionCreate)),
				},
				resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan},
			)
		})
	}
}

// The same at a change: what has come of it is kept, with the error.
func TestOctethLosesRecordsAtAChange(t *testing.T) {
	t.Parallel()
	w := newOctethWorld(t)
	somebody := w.stranger(t, "namecheap", "example.org")
	config := func(options string) string {
		return w.provider() + byAuthorization("namecheap", "example.org", campaign+options)
	}
	w.Run(t,
		resource.TestStep{Config: config("")},
		resource.TestStep{
			PreConfig: func() {
				somebody.add(t, testkit.DNSRecordOf("note.example.org", "TXT", "keep this"))
				w.losingRecords(t)
			},
			Config: config(`, subdomain = "em"`), ExpectError: saying("since then these records of others are gone: note.example.org TXT \"keep this\" (TTL 3600)"),
		},
		resource.TestStep{Config: config(`, subdomain = "em"`), ConfigPlanChecks: emptyPlan},
	)
}

// A domain that can neither be published nor deleted again is kept, so that the next
// apply replaces it.
func TestOctethDomainThatCannotBeUndone(t *testing.T) {
	t.Parallel()
	w := newOctethWorld(t)
	config := w.provider() + byAuthorization("namecheap", "example.org", campaign)
	w.Run(t,
		resource.TestStep{
			PreConfig: func() {
				w.under(t, fault.Conditions{Faults: []fault.Fault{
					{Path: "/api/v1/dns.set", Kind: fault.Status, Status: 500, Body: `{"Errors":[{"Code":9,"Message":"Failed to set DNS records for this domain"}]}`},
					{Path: "/api.php", Skip: 4, Kind: fault.Status, Status: 500}, // after the lists of plan and apply, the creation, and its proof
				}})
			},
			Config: config, ExpectError: saying("could not be deleted again"),
		},
		resource.TestStep{
			PreConfig: func() { w.under(t, fault.Conditions{}) }, Config: config,
			ConfigPlanChecks: preApply(plancheck.ExpectResourceAction(senderAddress, plancheck.ResourceActionReplace)),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: emptyPlan},
	)
}

// Before 5.9 the records of a campaign domain are all that there is of it.
func TestOctethPublishesOnly(t *testing.T) {
	t.Parallel()
	w := newOctethWorld(t).older(t, "5.6")
	somebody := w.stranger(t, "cloudflare", "example.com")
	config := w.provider() + byAuthorization("cloudflare", "example.com", campaign)
	w.Run(t,
		resource.TestStep{Config: w.provider() + octethConfigOf("example.com", campaign), ExpectError: saying("which requires dns_authorization_id"), PlanOnly: true},
		resource.TestStep{
			Config:      w.provider() + byAuthorization("cloudflare", "example.com", campaign+`, subdomain = "em"`),
			ExpectError: saying("remove octeth.subdomain"), PlanOnly: true,
		},
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(senderAddress, tfjsonpath.New("id"), knownvalue.StringExact("octeth/campaign/example.com")),
				statecheck.ExpectKnownValue(senderAddress, tfjsonpath.New("dns_records").AtMapKey("_dmarc.sl").AtMapKey("value"), knownvalue.StringExact("dmarc.octeth.example")),
				statecheck.ExpectKnownValue(senderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
			},
			Check: w.changesBy(dnsSet),
		},
		resource.TestStep{PreConfig: w.forget, Config: config, ConfigPlanChecks: emptyPlan, Check: w.changesBy()},
		resource.TestStep{ // there is nothing to verify
			Config:      config + verificationConfig(""),
			ExpectError: saying("has no number: Octeth verifies only registered domains"),
		},
		resource.TestStep{
			PreConfig: w.forget,
			Config:    strings.Replace(w.provider()+byAuthorization("cloudflare", "example.com", campaign), `domain       = "example.com"`, "domain = \"sub.example.com\"\n  zone = \"example.com\"", 1),
			Check:     w.changesBy(dnsSet), // by another authorization
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(senderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
			},
		},
		resource.TestStep{
			PreConfig: w.forget, Config: w.provider(),
			Check: resource.ComposeTestCheckFunc(w.changesBy(), w.warns("apply", "Records stay published", "_dmarc.sl.example.com CNAME"),
				somebody.Holds(t, "_dmarc.sl.example.com", "CNAME", "dmarc.octeth.example")),
		},
		resource.TestStep{Config: config, Check: w.warns("apply", "Octeth has published nothing new")},
	)
}

// Credentials that Octeth cannot use, and zones that it cannot write to, are refused
// at plan.
func TestOctethAuthorizationRefused(t *testing.T) {
	t.Parallel()
	w := newOctethWorld(t)
	token := strings.Replace(w.provider(), "sandbox = {", "godaddy = {\n    token = \"invented-token\"\n  }\n  sandbox = {", 1)
	for name, c := range map[string]struct{ provider, id, says string }{
		"a token of GoDaddy": {token, "godaddy/example.net", "Octeth takes an API key with its secret (API v1) there, and no token"},
		"RFC 2136":           {w.provider(), "rfc2136/corp.example", "Octeth writes records only at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, domain, _ := strings.Cut(c.id, "/")
			w.Run(t, resource.TestStep{
				Config:   c.provider + octethConfigOf(domain, campaign+fmt.Sprintf(", dns_authorization_id = %q", c.id)),
				PlanOnly: true, ExpectError: saying(c.says),
			})
		})
	}
}

// What is found wrong only at apply is found before anything is made.
func TestOctethAuthorizationOfAnotherDomain(t *testing.T) {
	t.Parallel()
	w := newOctethWorld(t)
	w.Run(t, resource.TestStep{
		Config: w.provider() + authorizationAt("cloudflare", "example.com") +
			octethConfigOf("example.org", campaign+", dns_authorization_id = postmaster_dns_authorization.a.id"),
		ExpectError: saying("example.org is not in the zone example.com"),
	})
	if sent := w.sent(); len(sent) > 0 {
		t.Errorf("it has sent %q", sent)
	}
}

// Several domains in one zone are published one after the other: Octeth writes
// Namecheap's zones as a whole.
func TestOctethPublishesOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := newOctethWorld(t)
	somebody := w.stranger(t, "namecheap", "example.org")
	w.Run(t, resource.TestStep{
		Config: w.provider() + authorizationAt("namecheap", "example.org") + `
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
