package octeth_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// registerSender is somebody else who registers a domain.
func registerSender(t *testing.T, w *world.Octeth, kind octethapi.Kind, domain string, options octethapi.Options) octethapi.SenderDomain {
	t.Helper()
	d, err := w.Client(t).Create(t.Context(), kind, domain, options)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A domain is imported to an empty plan, by its number and by its name, whatever of it the
// configuration says.
func TestOctethDomainImport(t *testing.T) {
	t.Parallel()
	no, em := false, "em"
	for name, c := range map[string]struct {
		version string
		kind    octethapi.Kind
		set     octethapi.Options
		id      string
		record  string // one of those that there are
		options []string
		untold  string // an option that the version does not tell, but the records do
	}{
		"campaign, by number": {
			"5.9", octethapi.Campaign, octethapi.Options{}, "octeth/campaign/1", "_dmarc.sl",
			[]string{world.Campaign, world.Campaign + `, subdomain = "", use_tracking_subdomain = true, link_tracking = true, unsubscribe_link = false`}, "",
		},
		"campaign, by name": {
			"5.9.4", octethapi.Campaign, octethapi.Options{Subdomain: &em, OpenTracking: &no}, "octeth/campaign/Example.COM.", "_dmarc.em",
			[]string{world.Campaign, world.Campaign + `, subdomain = "EM", track_prefix = "", open_tracking = false`}, "",
		},
		"gateway, by number": {
			"5.8", octethapi.EmailGateway, octethapi.Options{TrackPrefix: &em, UseTrackingSubdomain: &no}, "octeth/email-gateway/1", "_dmarc.eg",
			[]string{world.EmailGateway, world.EmailGateway + `, track_prefix = "em", use_tracking_subdomain = false`}, "",
		},
		"gateway before 5.7.2, by name": {
			"5.6", octethapi.EmailGateway, octethapi.Options{Subdomain: &em}, "octeth/email-gateway/example.com", "_dmarc.em",
			[]string{world.EmailGateway}, `, subdomain = "EM"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewOcteth(t).Older(t, c.version)
			registerSender(t, w, c.kind, "example.com", c.set)
			steps := []resource.TestStep{{
				Config: w.Provider() + world.OctethConfigOf("example.com", c.options[0]), ResourceName: world.SenderAddress,
				ImportState: true, ImportStateId: c.id, ImportStatePersist: true,
			}}
			for _, options := range c.options {
				steps = append(steps, resource.TestStep{Config: w.Provider() + world.OctethConfigOf("example.com", options), ConfigPlanChecks: world.EmptyPlan})
			}
			w.Run(t, append(steps, resource.TestStep{
				PreConfig: w.Forget, Config: w.Provider() + world.OctethConfigOf("example.com", c.options[0]+c.untold) + world.PublishedRecords("example.com"), Check: w.ChangesBy(),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records").AtMapKey(c.record).AtMapKey("type"), knownvalue.StringExact("CNAME")),
				},
			})...)
		})
	}
}

// What cannot be imported is refused with what an id looks like, or with what Octeth says.
func TestOctethDomainImportRefused(t *testing.T) {
	t.Parallel()
	w, old := world.NewOcteth(t), world.NewOcteth(t).Older(t, "5.6")
	registerSender(t, w, octethapi.Campaign, "example.com", octethapi.Options{})
	for name, c := range map[string]struct {
		world    *world.Octeth
		id, says string
	}{
		"no kind":        {w, "octeth/12", "at Octeth like octeth/campaign/12"},
		"unknown number": {w, "octeth/campaign/99", "octeth/campaign/99"},
		"unknown name":   {w, "octeth/campaign/example.org", "it is not among the 1 campaign domains"},
		"of the other":   {w, "octeth/email-gateway/1", "octeth/email-gateway/1"},
		"campaign, 5.6":  {old, "octeth/campaign/example.com", "5.9.1 is the first that has"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.world.Run(t, resource.TestStep{
				Config: c.world.Provider() + world.OctethConfigOf("example.com", world.Campaign), ResourceName: world.SenderAddress,
				ImportState: true, ImportStateId: c.id, ExpectError: world.Saying(c.says),
			})
		})
	}
}

// A creation never begins an existing domain anew: it names the import id instead.
func TestOctethDomainExists(t *testing.T) {
	t.Parallel()
	w := world.NewOcteth(t)
	registerSender(t, w, octethapi.Campaign, "example.com", octethapi.Options{})
	w.EditDomains(t, func(st *octethsim.State) { st.Domains[0].Status = octethsim.StatusEnabled })
	config := w.Provider() + world.OctethConfigOf("example.com", world.Campaign)
	w.Run(t,
		resource.TestStep{PreConfig: w.Forget, Config: config, PlanOnly: true, ExpectError: world.SayingInTurn("exists already", `id = "octeth/campaign/`)},
		resource.TestStep{
			PreConfig: func() {
				if sent := w.Sent(); len(sent) > 0 {
					t.Errorf("it has sent %q", sent)
				}
			},
			Config: config + "\nimport {\n  to = postmaster_sender_domain.s\n  id = \"octeth/campaign/example.com\"\n}\n",
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
	)
}
