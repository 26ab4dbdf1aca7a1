package sendgrid_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const (
	terraformRegistry = "registry.terraform.io/"
	senderState       = `{"id": "45000007", "user_id": 7770001, "domain": "example.com", "subdomain": "em7", "username": "sandbox", "ips": [], "default": false, "legacy": false,
		"custom_dkim_selector": null, "dns": [{"valid": true, "type": "cname", "host": "em7.example.com", "data": "u7.wl.sendgrid.net"}], "valid": true, "region": "global", "automatic_security": true}`
	domainState = `{"id": "45000007", "domain": "example.com", "subdomain": "em7", "username": "sandbox", "ips": [], "is_default": false, "custom_spf": false,
		"custom_dkim_selector": "", "dns": [], "valid": true, "automatic_security": null}`
)

// moverIn returns a client of a provider that calls the SendGrid of the world as a real one.
func moverIn(t *testing.T, w *world.World) world.Client {
	t.Helper()
	return w.ClientWith(t, world.Attributes{"sendgrid": world.Attributes{"api_key": sendgridsim.Key, "base_url": w.Serve(t) + "/" + sendgridsim.Section}})
}

// textAt returns a text in an object; of is the path of names.
func textAt(t *testing.T, object tftypes.Value, of ...string) string {
	t.Helper()
	for _, name := range of {
		var attributes map[string]tftypes.Value
		if err := object.As(&attributes); err != nil {
			t.Fatal(err)
		}
		object = attributes[name]
	}
	var text string
	if !object.IsNull() {
		if err := object.As(&text); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

// The state of each provider becomes that of a sender domain, as if it had been imported, and plans
// nothing. No domain is made or changed at SendGrid.
func TestMovedDomains(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		provider, source, state string
		change                  func(*sendgridsim.Domain)
		attribute, want         string // in the block
	}{
		"sender authentication":            {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", senderState, func(*sendgridsim.Domain) {}, "region", "global"},
		"sender authentication, OpenTofu":  {"registry.opentofu.org/kenzo0107/sendgrid", "sendgrid_sender_authentication", senderState, func(*sendgridsim.Domain) {}, "subdomain", "em7"},
		"domain authentication":            {terraformRegistry + "trois-six/sendgrid", "sendgrid_domain_authentication", domainState, func(*sendgridsim.Domain) {}, "username", "sandbox"},
		"domain authentication of a fork":  {"registry.corp.example/platform/sendgrid", "sendgrid_domain_authentication", domainState, func(*sendgridsim.Domain) {}, "username", "sandbox"},
		"a selector that SendGrid returns": {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", senderState, func(d *sendgridsim.Domain) { d.Selector = "abc" }, "custom_dkim_selector", "abc"},
		"a selector of the state": {terraformRegistry + "trois-six/sendgrid", "sendgrid_domain_authentication", strings.Replace(domainState, `"custom_dkim_selector": ""`, `"custom_dkim_selector": "abc"`, 1),
			func(d *sendgridsim.Domain) { d.Selector = "abc" }, "custom_dkim_selector", "abc"},
		"a region that SendGrid does not return": {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", strings.Replace(senderState, `"global"`, `"eu"`, 1),
			func(*sendgridsim.Domain) {}, "region", "eu"},
		"of a subuser": {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication",
			strings.Replace(strings.Replace(senderState, `"sandbox"`, `"newsletter"`, 1), `"user_id": 7770001, `, ``, 1),
			func(d *sendgridsim.Domain) { d.Owner = sendgridsim.Subuser }, "username", "newsletter"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.NewHasty(t)
			w.EditSendGrid(t, world.ExistingSender(c.change))
			client := moverIn(t, w)
			moved, said := client.Move(t, sender.DomainType, c.provider, c.source, 0, c.state)
			if said != "" {
				t.Fatal(said)
			}
			if moved.State.IsNull() {
				t.Fatal("the domain is gone from the state")
			}
			if got := textAt(t, moved.State, "id"); got != "sendgrid/45000007" {
				t.Errorf("the id is %q", got)
			}
			if got := textAt(t, moved.Identity, "object"); got != "45000007" {
				t.Errorf("the identity has the object %q", got)
			}
			if got := textAt(t, moved.State, "sendgrid", c.attribute); got != c.want {
				t.Errorf("%s is %q, not %q", c.attribute, got, c.want)
			}
			planned, said := client.PlanAsGenerated(t, sender.DomainType, moved)
			if said != "" {
				t.Fatal(said)
			}
			if !planned.Equal(moved.State) {
				t.Errorf("the plan changes\n%s\nto\n%s", moved.State, planned)
			}
			if changes := w.SendGridCalls(world.ChangingMethods...); len(changes) > 0 {
				t.Errorf("the calls %q were made", changes)
			}
		})
	}
}

// The other provider's state does not tell which host has the domain. The first refresh finds it.
func TestMovedDomainIsFoundInEitherRegion(t *testing.T) {
	t.Parallel()
	for _, region := range []string{"global", "eu"} {
		w := world.NewHasty(t)
		w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Region, d.Target = region, region }))
		run := world.NewRun()
		run.EnterSandbox(w.Box, w.File)
		var diags diag.Diagnostics
		m, err := sendgrid.Service{}.MovedDomain(t.Context(), []byte(domainState), &diags)
		if err != nil {
			t.Fatal(err)
		}
		if gone := (sendgrid.Service{}).Sender(run).Read(t.Context(), &m, &diags); gone || diags.HasError() {
			t.Fatalf("%s: gone is %v, and it is said: %v", region, gone, diags)
		}
		if got := m.Block("sendgrid").Attributes()["region"]; !got.Equal(types.StringValue(region)) {
			t.Errorf("the region is %s, not %s", got, region)
		}
	}
}

// What cannot be moved for certain is refused, and the error says what to do instead.
func TestMovesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	w.EditSendGrid(t, world.ExistingSender(func(*sendgridsim.Domain) {}))
	client := moverIn(t, w)
	replaced := func(old, other string) string { return strings.Replace(senderState, old, other, 1) }
	for name, c := range map[string]struct {
		provider, source string
		version          int64
		state            string
		says             []string
	}{
		"another provider": {terraformRegistry + "acme/mailer", "sendgrid_sender_authentication", 0, senderState,
			[]string{"cannot be moved from sendgrid_sender_authentication (provider registry.terraform.io/acme/mailer)", "sendgrid_domain_authentication (trois-six/sendgrid and its forks)"}},
		"a provider whose name ends alike": {terraformRegistry + "acme/notsendgrid", "sendgrid_sender_authentication", 0, senderState, []string{"cannot be moved"}},
		"another resource":                 {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_link_branding", 0, senderState, []string{"cannot be moved from sendgrid_link_branding"}},
		"a later version":                  {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 1, senderState, []string{"has the schema version 1. Only version 0", "sendgrid/NUMBER"}},
		"no id":                            {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, replaced(`"id": "45000007", `, ``), []string{"its attribute id is missing or empty"}},
		"an id that is null":               {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, replaced(`"45000007"`, `null`), []string{"its attribute id is missing or empty"}},
		"an id that is a number":           {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, replaced(`"45000007"`, `45000007`), []string{"its attribute id is a number"}},
		"an id of something else":          {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, replaced(`"45000007"`, `"example.com"`), []string{`its id is "example.com", and not the number`}},
		"no domain":                        {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, replaced(`"domain": "example.com"`, `"domain": ""`), []string{"its attribute domain is missing or empty"}},
		"a domain that is none":            {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, replaced(`"example.com"`, `"exa mple"`), []string{"its attribute domain is unusable"}},
		"no owner":                         {terraformRegistry + "trois-six/sendgrid", "sendgrid_domain_authentication", 0, `{"id": "45000007", "domain": "example.com"}`, []string{"its attribute username is missing or empty"}},
		"no object":                        {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, `[]`, []string{"removed block with destroy = false"}},
		"no JSON":                          {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, `{`, []string{"it is not a JSON object"}},
		"nothing":                          {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, ``, []string{"is empty or not JSON"}},
		// These are found out by the refresh. The domain is not taken for deleted.
		"the number of another domain": {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0, replaced(`"example.com"`, `"example.org"`), []string{"is example.com and not example.org"}},
		"a domain of another account": {terraformRegistry + "kenzo0107/sendgrid", "sendgrid_sender_authentication", 0,
			strings.NewReplacer(`"45000007"`, `"45000099"`, `"sandbox"`, `"stranger"`, `"user_id": 7770001`, `"user_id": 99`).Replace(senderState), []string{`it belongs to the account "stranger"`, "on_behalf_of"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, said := client.Move(t, sender.DomainType, c.provider, c.source, c.version, c.state)
			for _, text := range c.says {
				if !strings.Contains(said, text) {
					t.Errorf("it does not say %q but %q", text, said)
				}
			}
		})
	}
	if changes := w.SendGridCalls(world.ChangingMethods...); len(changes) > 0 {
		t.Errorf("the calls %q were made", changes)
	}
}
