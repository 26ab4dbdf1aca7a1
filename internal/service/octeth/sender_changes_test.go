package octeth_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const (
	campaignUpdate = "user.senderdomain.update"
	campaignVerify = "user.senderdomain.verify"
)

// Each option is changed by one call, and the domain stays the one it is. What the configuration
// leaves out is left as it is, whatever its spelling was.
func TestOctethDomainChangesAreOneCall(t *testing.T) {
	t.Parallel()
	for kind, update := range map[string]string{world.Campaign: campaignUpdate, world.EmailGateway: "EmailGateway.UpdateDomain"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := world.NewOcteth(t)
			sameID := statecheck.CompareValue(compare.ValuesSame())
			step := func(options string, checks ...plancheck.PlanCheck) resource.TestStep {
				return resource.TestStep{
					PreConfig: w.Forget,
					Config:    w.Provider() + world.OctethConfigOf("example.com", kind+", "+options),
					ConfigPlanChecks: resource.ConfigPlanChecks{
						PreApply:             append(checks, plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)),
						PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
					},
					ConfigStateChecks: []statecheck.StateCheck{sameID.AddStateValue(world.SenderAddress, tfjsonpath.New("id"))},
					Check:             w.ChangesBy(update),
				}
			}
			regenerates := plancheck.ExpectUnknownValue(world.SenderAddress, tfjsonpath.New("dns_records"))
			steps := []resource.TestStep{
				{Config: w.Provider() + world.OctethConfigOf("example.com", kind+", unsubscribe_link = false")},
				step("unsubscribe_link = true, link_tracking = false"),
				step(`subdomain = "Em"`, regenerates),
				step(`subdomain = "em", track_prefix = "go", use_tracking_subdomain = true`, regenerates),
				step(`use_tracking_subdomain = false`, regenerates),
			}
			const all = `, subdomain = "EM", track_prefix = "go", use_tracking_subdomain = false, link_tracking = false, open_tracking = true, unsubscribe_link = true`
			for _, options := range []string{"", all} {
				steps = append(steps, resource.TestStep{
					PreConfig: w.Forget, Config: w.Provider() + world.OctethConfigOf("Example.COM.", kind+options), ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy(),
				})
			}
			w.Run(t, append(steps, step(`subdomain = "", track_prefix = ""`, regenerates))...)
		})
	}
}

// Octeth draws other records up after a change: the new ones are published, the old ones removed
// and the domain verified again in the same apply, while the keys of the records stay.
func TestOctethDomainDrawsUpOtherRecords(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	somebody := w.Stranger(t, "cloudflare", "example.com")
	config := func(options string) string {
		return w.Provider() + world.OctethConfigOf("example.com", world.Campaign+options) + world.PublishedSender("example.com")
	}
	names := func() []string {
		found := map[string]bool{}
		for _, r := range somebody.Read(t).Records {
			found[r.Name] = r.Type == "CNAME" || r.Type == "TXT"
		}
		maps.DeleteFunc(found, func(_ string, ours bool) bool { return !ours })
		return slices.Sorted(maps.Keys(found))
	}
	var before, after []string
	sameKeys := func(subdomain string) []statecheck.StateCheck {
		keys := map[string]knownvalue.Check{}
		for _, key := range []string{subdomain, "key1._domainkey." + subdomain, "_dmarc." + subdomain, "track-" + subdomain, "proof." + subdomain} {
			keys[key] = knownvalue.NotNull()
		}
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapExact(keys)),
			statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
		}
	}
	w.Run(t,
		resource.TestStep{Config: config(""), ConfigStateChecks: sameKeys("sl"), Check: func(*terraform.State) error { before = names(); return nil }},
		resource.TestStep{
			PreConfig: w.Forget, Config: config(`, subdomain = "em"`), ConfigStateChecks: sameKeys("em"),
			Check: resource.ComposeTestCheckFunc(w.ChangesBy(campaignUpdate, campaignVerify), w.Warns("plan", "Octeth generates other records", "A change of octeth.subdomain", "octeth/campaign/1"), func(*terraform.State) error {
				after = names()
				if len(after) != len(before) || slices.ContainsFunc(after, func(name string) bool { return slices.Contains(before, name) }) {
					return fmt.Errorf("the zone has records at %q; before it had them at %q", after, before)
				}
				return nil
			}),
		},
		resource.TestStep{PreConfig: w.Forget, Config: config(`, subdomain = "em"`), ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
		resource.TestStep{ // from here on by Octeth itself: the old ones were not its own, and none of them stays
			PreConfig: w.Forget,
			Config:    w.Provider() + byAuthorization("cloudflare", "example.com", world.Campaign+`, subdomain = "mx"`) + verificationOfPublished,
			Check: resource.ComposeTestCheckFunc(w.ChangesBy(campaignUpdate, dnsSet, campaignVerify), func(*terraform.State) error {
				if now := names(); len(now) != len(before) || slices.ContainsFunc(now, func(name string) bool { return slices.Contains(after, name) }) {
					return fmt.Errorf("the zone has records at %q; before it had them at %q", now, after)
				}
				if said := strings.Join(w.Heard(), "\n"); strings.Contains(said, "stay in the zone") {
					return fmt.Errorf("it is said to be otherwise:\n%s", said)
				}
				return nil
			}),
		},
	)
}

// What somebody has changed at Octeth by hand is planned back.
func TestOctethDomainDrift(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	config := w.Provider() + world.OctethConfigOf("example.com", world.Campaign+`, subdomain = "em", open_tracking = false`)
	byHand := func(change func(*octethsim.Domain)) resource.TestStep {
		return resource.TestStep{
			PreConfig: func() {
				w.EditDomains(t, func(st *octethsim.State) { change(&st.Domains[0]) })
			},
			Config:           config,
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)),
		}
	}
	w.Run(t,
		resource.TestStep{Config: config},
		byHand(func(d *octethsim.Domain) { d.Options.OpenTracking = true }),
		byHand(func(d *octethsim.Domain) { d.Options.Subdomain = "mx" }),
		byHand(func(d *octethsim.Domain) {
			d.Options.Subdomain = ""
			d.Records = []octethsim.Record{{Host: "sl.example.com", Type: "CNAME", Value: "mfrom.octeth.example."}}
		}),
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// Another kind of domain, or another sender, is another domain, and the plan says what stops.
func TestOctethDomainReplacement(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	step := func(config string, texts ...string) resource.TestStep {
		return resource.TestStep{
			PreConfig:        w.Forget,
			Config:           w.Provider() + config,
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace)),
			Check:            w.Warns("plan", append(texts, "A new sender domain is made", "receivers may reject it")...),
		}
	}
	w.Run(t,
		resource.TestStep{Config: w.Provider() + world.OctethConfigOf("example.com", world.Campaign)},
		step(world.OctethConfigOf("example.com", world.EmailGateway), "Octeth's API cannot change octeth.record_type", "octeth/campaign/1"),
		step(world.OctethConfigOf("example.org", world.EmailGateway), "Octeth's API cannot change the domain"),
		step(world.SenderConfig("example.org", ""), "A domain does not move from Octeth to SendGrid", "octeth/email-gateway/3"),
		step(world.OctethConfigOf("example.org", world.Campaign), "A domain does not move from SendGrid to Octeth"),
		resource.TestStep{Config: w.Provider() + world.OctethConfigOf("example.org", world.Campaign), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ // and a change in place is checked like a new domain
			Config:   w.Provider() + world.OctethConfigOf("example.org", world.Campaign+`, dns_authorization_id = "rfc2136/corp.example"`),
			PlanOnly: true, ExpectError: world.Saying("Octeth writes records only at"),
		},
	)
	w.EditDomains(t, func(st *octethsim.State) {
		for _, d := range st.Domains {
			if d.Status != octethsim.StatusDeleted {
				t.Errorf("%s (%s) is left, as %s", d.Name, d.Kind, d.Status)
			}
		}
	})
}

// Options, and the whole block, that are known only at apply.
func TestOctethDomainKnownLate(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	late := func(run, block string) string {
		return w.Provider() + `
resource "terraform_data" "late" {
  triggers_replace = ` + run + `
  input            = { record_type = "campaign", subdomain = "em", link_tracking = false }
}
resource "postmaster_sender_domain" "s" {
  domain = "example.com"
  octeth = ` + block + `
}
`
	}
	const leaves = `{ record_type = terraform_data.late.output.record_type, subdomain = terraform_data.late.output.subdomain }`
	w.Run(t,
		resource.TestStep{Config: late("1", leaves), Check: w.ChangesBy("user.senderdomain.create")},
		resource.TestStep{ // the label may turn out to be another one, with other records
			PreConfig: w.Forget, Config: late("2", leaves), Check: w.ChangesBy(),
			ConfigPlanChecks: world.PreApply(plancheck.ExpectUnknownValue(world.SenderAddress, tfjsonpath.New("dns_records"))),
		},
		resource.TestStep{PreConfig: w.Forget, Config: late("2", "terraform_data.late.output"), Check: w.ChangesBy(campaignUpdate)},
		resource.TestStep{PreConfig: w.Forget, Config: late("3", "terraform_data.late.output"), Check: w.ChangesBy()},
		resource.TestStep{Config: late("3", "terraform_data.late.output"), ConfigPlanChecks: world.EmptyPlan},
	)
}

// A domain has one sender, and labels that fit into a name.
func TestOctethDomainIsCheckedAtValidate(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	for name, c := range map[string]struct{ block, says string }{
		"none":           {``, "one (and only one) of"},
		"both":           {"sendgrid = {}\n  octeth = { record_type = \"campaign\" }", "one (and only one) of"},
		"no record type": {`octeth = {}`, `attribute "record_type" is required`},
		"record type":    {`octeth = { record_type = "newsletter" }`, "email-gateway"},
		"label":          {`octeth = { record_type = "campaign", subdomain = "-em" }`, `"-em" does not have 1 to 32 letters`},
		"long label":     {`octeth = { record_type = "campaign", track_prefix = "abcdefghijklmnopqrstuvwxyz1234567" }`, "1 to 32 letters"},
		"authorization":  {`octeth = { record_type = "campaign", dns_authorization_id = "example.com" }`, "is not the id of a DNS authorization"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w.Run(t, resource.TestStep{
				Config:   w.Provider() + "\nresource \"postmaster_sender_domain\" \"s\" {\n  domain = \"example.com\"\n  " + c.block + "\n}\n",
				PlanOnly: true, ExpectError: world.Saying(c.says),
			})
		})
	}
}
