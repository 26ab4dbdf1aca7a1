package sendgrid_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// An attribute that the configuration gets later is changed in place where the API can do that, and
// has a new domain made otherwise. What the domain has anyhow is neither.
func TestSenderDomainAttributesAddedLater(t *testing.T) {
	t.Parallel()
	type action = plancheck.ResourceActionType
	const nothing, inPlace, anew = plancheck.ResourceActionNoop, plancheck.ResourceActionUpdate, plancheck.ResourceActionReplace
	for name, c := range map[string]struct {
		before, added string
		want          action
		records       map[string]string // key and name
	}{
		"custom_dkim_selector":           {``, `custom_dkim_selector = "abc"`, anew, map[string]string{"dkim1": "abc._domainkey.example.com"}},
		"custom_dkim_selector, manual":   {`automatic_security = false`, `custom_dkim_selector = "abc"`, anew, map[string]string{"dkim": "abc._domainkey.example.com"}},
		"subdomain":                      {``, `subdomain = "mail"`, anew, map[string]string{"mail_cname": "mail.example.com"}},
		"subdomain that it has":          {``, `subdomain = "em1001"`, nothing, nil},
		"automatic_security":             {``, `automatic_security = false`, anew, nil},
		"automatic_security that it has": {``, `automatic_security = true`, nothing, nil},
		"region":                         {``, `region = "eu"`, anew, nil},
		"region that it has":             {``, `region = "global"`, nothing, nil},
		"username":                       {``, `username = "shop"`, anew, nil},
		"username that it has":           {``, `username = "sandbox"`, nothing, nil},
		"default":                        {``, `default = true`, inPlace, nil},
		"default that it has":            {``, `default = false`, nothing, nil},
		"subusers":                       {``, `subusers = ["shop"]`, inPlace, nil},
		"subusers that it has":           {``, `subusers = []`, nothing, nil},
		"custom_spf":                     {`automatic_security = false`, `custom_spf = true`, inPlace, nil},
		"ips":                            {`automatic_security = false`, `ips = ["192.0.2.7"]`, inPlace, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			before := w.Provider() + world.SenderConfig("example.com", c.before)
			after := w.Provider() + world.SenderConfig("example.com", strings.TrimPrefix(c.before+", "+c.added, ", "))
			var states []statecheck.StateCheck
			for key, record := range c.records {
				states = append(states, statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records").AtMapKey(key).AtMapKey("name"), knownvalue.StringExact(record)))
			}
			w.Run(t,
				resource.TestStep{Config: before},
				resource.TestStep{Config: after, ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, c.want)), ConfigStateChecks: states},
				resource.TestStep{Config: after, ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// custom_spf and ips are for manual security: they are refused when the configuration is read where
// that says so, and at the plan otherwise.
func TestSenderDomainCustomSPFWithAutomaticSecurity(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := func(options string) string { return w.Provider() + world.SenderConfig("example.com", options) }
	for _, options := range []string{
		`automatic_security = true, custom_spf = true`, `automatic_security = true, ips = ["192.0.2.7"]`, `custom_spf = true`, `ips = ["192.0.2.7"]`,
	} {
		w.Run(t, resource.TestStep{Config: config(options), PlanOnly: true, ExpectError: world.Saying("Only with manual security")})
	}
	if calls := w.SendGridCalls(world.ChangingMethods...); len(calls) > 0 {
		t.Errorf("SendGrid was called: %q", calls)
	}
	w.Run(t,
		resource.TestStep{Config: config(`custom_spf = false, ips = []`)},
		resource.TestStep{Config: config(`custom_spf = true`), ExpectError: world.Saying("Only with manual security")},
		resource.TestStep{Config: config(`automatic_security = false, custom_spf = true, ips = ["192.0.2.7"]`)},
		resource.TestStep{Config: config(`custom_spf = true, ips = ["192.0.2.8"]`)}, // left as it is, which is manual
	)
}

// What is foreseeable of a domain that takes the place of another is in the plan.
func TestSenderDomainReplacementShowsWhatComes(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	block := tfjsonpath.New("sendgrid")
	w.Run(t,
		resource.TestStep{Config: w.Provider() + world.SenderConfig("example.com", `subdomain = "em1"`)},
		resource.TestStep{
			Config: w.Provider() + world.SenderConfig("example.com", `subdomain = "em2"`),
			ConfigPlanChecks: world.PreApply(
				plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace),
				plancheck.ExpectKnownValue(world.SenderAddress, block.AtMapKey("automatic_security"), knownvalue.Bool(true)),
				plancheck.ExpectKnownValue(world.SenderAddress, block.AtMapKey("region"), knownvalue.StringExact("global")),
			),
		},
	)
}

// The provider's region is the host that is called, and the domain's is the one that it is created
// for. Where the provider has none, the host is that of the domain's region.
func TestSenderDomainRegions(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		provider     sendgridapi.Region
		options      string
		host, target string
	}{
		"neither":                     {"", ``, "global", "global"},
		"EU domain":                   {"", `region = "eu"`, "eu", "eu"},
		"EU domain at the global":     {sendgridapi.Global, `region = "eu"`, "global", "eu"},
		"EU host":                     {sendgridapi.EU, ``, "eu", "eu"},
		"EU subuser":                  {sendgridapi.EU, `username = "europe"`, "eu", "eu"},
		"on behalf of the EU subuser": {sendgridapi.EU, `on_behalf_of = "europe", region = "eu"`, "eu", "eu"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			simulated := w.Adjust
			region := c.provider
			w.Adjust = func(s *kit.Run) {
				simulated(s)
				kit.PartOf[*sendgrid.Account](s).UseClient(sendgridIn(t, w, s, region))
			}
			config := w.Provider() + world.SenderConfig("example.com", c.options)
			w.Run(t,
				resource.TestStep{Config: config, Check: func(*terraform.State) (err error) {
					w.EditSendGrid(t, func(st *sendgridsim.State) {
						if d := st.Domains[0]; d.Region != c.host || d.Target != c.target {
							err = fmt.Errorf("it was created at the host %s for %s", d.Region, d.Target)
						}
					})
					return err
				}},
				resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
				// Where a domain is, is remembered, whichever host new ones go to.
				resource.TestStep{PreConfig: func() {
					region = map[sendgridapi.Region]sendgridapi.Region{sendgridapi.EU: sendgridapi.Global}[c.provider]
				}, Config: config, ConfigPlanChecks: world.EmptyPlan},
				resource.TestStep{Config: config, Destroy: true},
			)
			w.EditSendGrid(t, func(st *sendgridsim.State) {
				if len(st.Domains) > 0 {
					t.Errorf("%d domains are left", len(st.Domains))
				}
			})
		})
	}
}

// sendgridIn is a client of the simulated SendGrid with a region that is configured.
func sendgridIn(t *testing.T, w *world.World, s *kit.Run, region sendgridapi.Region) *sendgridapi.Client {
	t.Helper()
	cfg := sendgridapi.Config{APIKey: sendgridsim.Key, Region: region, Transport: s.Sandbox().Transport()}
	var err error
	if cfg.BaseURL, err = s.SimulatedURL(sendgridsim.Section, ""); err == nil {
		cfg.EUBaseURL, err = s.SimulatedURL(sendgridsim.Section, sendgridsim.EUPath)
	}
	if err != nil {
		t.Error(err)
	}
	return sendgridapi.New(cfg)
}

// SendGrid does not tell which region a domain was created for, so that one in the configuration is
// no reason to replace a domain that was imported.
func TestSenderDomainRegionAfterAnImport(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Target = "eu" }))
	config := func(options string) string { return w.Provider() + world.SenderConfig("example.com", options) }
	w.Run(t,
		resource.TestStep{Config: config(``), ResourceName: world.SenderAddress, ImportState: true, ImportStateId: "sendgrid/45000007", ImportStatePersist: true},
		resource.TestStep{
			PreConfig: w.Forget, Config: config(`region = "eu"`), Check: w.SendGridChanges(),
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionUpdate)),
		},
		resource.TestStep{Config: config(`region = "eu"`), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ // now it is known
			Config: config(`region = "global"`), PlanOnly: true, ExpectNonEmptyPlan: true,
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPreRefresh: []plancheck.PlanCheck{plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionReplace)}},
		},
	)
}

// Parent and subuser each have a domain of one name, with a selector each, from nothing and at
// once.
func TestSenderDomainsOfParentAndSubuser(t *testing.T) {
	t.Parallel()
	for run := range 5 {
		t.Run(fmt.Sprint(run), func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			config := w.Provider() + `
resource "postmaster_sender_domain" "s" {
  domain   = "example.com"
  sendgrid = { custom_dkim_selector = "par", default = true }
}
resource "postmaster_sender_domain" "sub" {
  domain   = "example.com"
  sendgrid = { custom_dkim_selector = "sub", username = "newsletter", default = true }
}
resource "postmaster_dns_authorization" "a" {
  domain = "example.com"
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_sender_domain.s.dns_records
}
resource "postmaster_dns_records" "sub" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_sender_domain.sub.dns_records
}
`
			w.Run(t, resource.TestStep{Config: config}, resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan})
		})
	}
}

// Without selectors, the second domain's keys would take the place of the first one's: the conflict
// tells how both can be had.
func TestSenderDomainsWithOneSelector(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	first := w.Provider() + world.SenderConfig("example.com", "") + world.PublishedRecords("example.com")
	w.Run(t,
		resource.TestStep{Config: first},
		resource.TestStep{
			Config: first + `
resource "postmaster_sender_domain" "sub" {
  domain   = "example.com"
  sendgrid = { username = "newsletter" }
}
resource "postmaster_dns_records" "sub" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_sender_domain.sub.dns_records
}
`,
			ExpectError: world.SayingInTurn("s1._domainkey.example.com", "custom_dkim_selector"),
		},
	)
}

// The default of a subuser is not taken away by that of its parent, and not warned of.
func TestSenderDomainDefaultBesideASubusers(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Default, d.Owner = true, sendgridsim.Subuser }))
	w.Run(t, resource.TestStep{Config: w.Provider() + world.SenderConfig("example.org", `default = true`), Check: w.WarnsOfNothing})
}

// A private state of a version to come is not taken for none.
func TestSendGridNoteOfAnotherVersion(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"version":2}`, `{`, `{"version":1,"user_id":"x"}`} {
		if err := noteError([]byte(text)); !strings.Contains(err, "Unreadable private state") {
			t.Errorf("%s: %q", text, err)
		}
	}
	if err := noteError(nil); err != "" {
		t.Errorf("none, as version 0.1.0 left it: %s", err)
	}
	note := sendgrid.DomainNote{UserID: 7, Username: "sandbox", Host: "eu", Association: "shop", RegionAssumed: true}
	const want = `{"version":1,"user_id":7,"username":"sandbox","host":"eu","association":"shop","region_assumed":true}`
	if got := string(note.Text()); got != want {
		t.Errorf("the note is %s", got)
	}
	if err := noteError(note.Text()); err != "" {
		t.Error(err)
	}
}

// noteError is what is said of a note.
func noteError(text []byte) string {
	var diags diag.Diagnostics
	sendgrid.ReadNote(text, &diags)
	return testkit.ErrorText(diags)
}

// An error ends in one full stop, also where the service's own words end in one.
func TestErrorsEndInOneFullStop(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	kit.AddError(&diags, "Unable to create sender domain", &api.Error{Service: sendgrid.Title, Op: "create domain", Answer: "You have reached the maximum of 3000 authenticated domains."})
	if text := testkit.ErrorText(diags); !strings.Contains(text, "domains.") || strings.Contains(text, "..") {
		t.Error(text)
	}
}
