package sender_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A domain that somebody has removed by hand is planned anew, without an error.
func TestSenderDomainRemovedByHand(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := w.Provider() + world.SenderConfig("example.com", "")
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig:        func() { w.EditSendGrid(t, func(st *sendgridsim.State) { st.Domains = nil }) },
			Config:           config,
			ConfigPlanChecks: world.PreApply(plancheck.ExpectResourceAction(world.SenderAddress, plancheck.ResourceActionCreate)),
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ // and a destroy of what is gone already is none either
			PreConfig: func() { w.EditSendGrid(t, func(st *sendgridsim.State) { st.Domains = nil }) },
			Config:    config, Destroy: true,
		},
	)
}

// A limit that ends a refresh of many domains in the middle of their pages is waited out by its
// header, and the refresh changes nothing.
func TestSenderDomainsRefreshedWithinTheLimit(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	const domains = 120 // three pages
	w.EditSendGrid(t, func(st *sendgridsim.State) {
		for i := range domains {
			world.ExistingSender(func(d *sendgridsim.Domain) {
				d.ID, d.Domain, d.Valid = int64(45000001+i), fmt.Sprintf("d%d.example.com", i), true
			})(st)
		}
	})
	config := w.Provider() + fmt.Sprintf(`
resource "postmaster_domain_verification" "v" {
  count     = %d
  domain_id = "sendgrid/${45000001 + count.index}"
}
`, domains)
	var reset time.Time
	w.Run(t,
		resource.TestStep{Config: config},
		resource.TestStep{
			PreConfig: func() {
				reset = time.Now().Add(5 * time.Second).Truncate(time.Second)
				w.SendGridUnder(t, fault.Conditions{Faults: []fault.Fault{{
					Method: http.MethodGet, Path: "/v3/whitelabel/domains", Skip: 2, Count: 1, Kind: fault.Status, Status: http.StatusTooManyRequests,
					Header: map[string]string{"X-RateLimit-Limit": "600", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": strconv.FormatInt(reset.Unix(), 10)},
					Body:   `{"errors":[{"field":null,"message":"too many requests"}]}`,
				}}})
				w.Forget()
			},
			Config: config, PlanOnly: true,
		},
	)
	if time.Now().Before(reset) {
		t.Error("the refresh has not waited for the limit's reset")
	}
	if changes := w.SendGridCalls(world.ChangingMethods...); len(changes) > 0 {
		t.Errorf("the refresh has called %q", changes)
	}
	if reads := w.SendGridCalls(http.MethodGet); len(reads) < 4 || slices.ContainsFunc(reads, func(call string) bool { return call != "GET domains" }) {
		t.Errorf("the refresh has read %q: not in pages, or without meeting the limit", reads)
	}
}

// A record that nobody could foresee is a warning, and appears with the next refresh; one that is
// lacking undoes the creation.
func TestSenderDomainRecordsOtherThanForeseen(t *testing.T) {
	t.Parallel()
	const domain = `{"id": 45000001, "user_id": 7770001, "subdomain": "em1001", "domain": "example.com", "username": "sandbox", "ips": [],
		"custom_spf": false, "default": false, "legacy": false, "automatic_security": true, "valid": false, "dns": {%s}}`
	const known = `"mail_cname": {"valid": false, "type": "cname", "host": "em1001.example.com", "data": "u1.wl1.sendgrid.net"},
		"dkim1": {"valid": false, "type": "cname", "host": "s1._domainkey.example.com", "data": "s1.domainkey.u1.wl1.sendgrid.net"}`
	const second = `, "dkim2": {"valid": false, "type": "cname", "host": "s2._domainkey.example.com", "data": "s2.domainkey.u1.wl1.sendgrid.net"}`
	const unforeseen = `, "bimi": {"valid": false, "type": "txt", "host": "default._bimi.example.com", "data": "v=BIMI1; l="}`
	answering := func(body string) fault.Conditions { // after the lists of plan and apply
		return fault.Conditions{Faults: []fault.Fault{
			{Method: http.MethodPost, Path: "/v3/whitelabel/domains", Kind: fault.InvalidJSON, Body: body},
			{Method: http.MethodGet, Path: "/v3/whitelabel/domains", Skip: 2, Kind: fault.InvalidJSON, Body: "[" + body + "]"},
		}}
	}
	t.Run("more", func(t *testing.T) {
		t.Parallel()
		w := world.NewHasty(t)
		w.SendGridUnder(t, answering(fmt.Sprintf(domain, known+second+unforeseen)))
		config := w.Provider() + world.SenderConfig("example.com", "")
		w.Run(t,
			resource.TestStep{
				Config: config,
				ConfigPlanChecks: world.PreApply(plancheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records").AtMapKey("dkim2").AtMapKey("type"),
					knownvalue.StringExact("CNAME"))),
				Check: w.Warns("apply", "SendGrid requires a record that was not planned", "TXT default._bimi.example.com", "as bimi"),
			},
			resource.TestStep{
				Config:           config,
				ConfigPlanChecks: world.EmptyPlan,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(4)),
				},
			},
		)
	})
	t.Run("less", func(t *testing.T) {
		t.Parallel()
		w := world.NewHasty(t)
		w.SendGridUnder(t, answering(fmt.Sprintf(domain, known)))
		w.Run(t, resource.TestStep{
			Config: w.Provider() + world.SenderConfig("example.com", ""), ExpectError: world.Saying("without the records dkim2, which its documentation says it creates. It has been deleted again."),
		})
		w.EditSendGrid(t, func(st *sendgridsim.State) {
			if len(st.Domains) > 0 {
				t.Errorf("SendGrid has %d domains", len(st.Domains))
			}
		})
	})
}

// What no domain can be made with is refused before anything is called.
func TestSenderDomainOptionsRefused(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	for options, says := range map[string]string{
		`ips = ["192.0.2.300"]`:         "is not an IP address",
		`custom_dkim_selector = "abcd"`: "does not have three letters or digits",
		`custom_dkim_selector = "a-b"`:  "does not have three letters or digits",
		`subdomain = "em 1"`:            "Not a domain name",
		`region = "europe"`:             "value must be one of",
	} {
		w.Run(t, resource.TestStep{Config: w.Provider() + world.SenderConfig("example.com", options), PlanOnly: true, ExpectError: world.Saying(says)})
	}
	if calls := w.SendGridCalls(append(world.ChangingMethods, http.MethodGet)...); len(calls) > 0 {
		t.Errorf("SendGrid was called: %q", calls)
	}
}

// Whatever is wrong with the key, the account or the region, the message says which, and shows no
// key.
func TestSendGridRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		key, more  string
		conditions fault.Conditions
		resource   string
		says       []string
	}{
		"unknown key":    {key: "SG.mistyped-key", resource: world.SenderConfig("example.com", ""), says: []string{"HTTP 401", "Check the API key"}},
		"too few scopes": {key: sendgridsim.KeyReadOnly, resource: world.SenderConfig("example.com", ""), says: []string{"lacks the scopes whitelabel.create, whitelabel.update, whitelabel.delete"}},
		"no scopes":      {key: sendgridsim.KeyMailOnly, resource: world.SenderConfig("example.com", ""), says: []string{"lacks the scopes whitelabel.read"}},
		"wrong region":   {key: sendgridsim.KeyOfEUSubuser, resource: world.SenderConfig("example.com", ""), says: []string{"in the region global", "known in the region eu alone"}},
		"suspended":      {key: sendgridsim.KeySuspended, resource: world.SenderConfig("example.com", ""), says: []string{"Your account has been suspended", "ask SendGrid's support"}},
		"nobody's behalf": {
			key: sendgridsim.Key, more: `on_behalf_of = "nobody"`, resource: world.SenderConfig("example.com", ""),
			says: []string{`check that "nobody" is a subuser`},
		},
		"error without a field": {
			key: sendgridsim.Key, conditions: fault.Conditions{Settings: map[string]string{sendgridsim.SettingDomains: "0"}},
			resource: world.SenderConfig("example.com", ""), says: []string{"You have reached the maximum of 0 authenticated domains"},
		},
		"errors as an object": {
			key: sendgridsim.Key, conditions: fault.Conditions{Switches: map[string]bool{sendgridsim.SwitchErrorsAsObject: true}},
			resource: world.SenderConfig("example.com", `username = "nobody"`), says: []string{"username is invalid (field username)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			w.SendGridUnder(t, c.conditions)
			provider := w.RealProvider(t, world.SendGridBlock(w.Serve(t), c.key, c.more))
			w.Run(t, resource.TestStep{Config: provider + c.resource, ExpectError: world.SayingInTurn(c.says...)})
			for _, said := range w.Heard() {
				if strings.Contains(said, c.key) {
					t.Errorf("the key is shown: %s", said)
				}
			}
		})
	}
}

// What is a sandbox's is not looked for at SendGrid, and the other way round.
func TestSenderDomainOfTheSandboxElsewhere(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{"domain": world.SenderAddress, "verification": "postmaster_domain_verification.v"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			w.EditSendGrid(t, world.ExistingSender(func(d *sendgridsim.Domain) { d.Domain, d.Valid = "example.org", true }))
			body := world.SenderConfig("example.com", "")
			if address != world.SenderAddress {
				body = "resource \"postmaster_domain_verification\" \"v\" {\n  domain_id = \"sendgrid/45000007\"\n}\n"
			}
			real := w.RealProvider(t, world.SendGridBlock(w.Serve(t), sendgridsim.Key, "")) + body
			w.Run(t,
				resource.TestStep{Config: w.Provider() + body},
				resource.TestStep{Config: real, ExpectError: world.Saying("This object lives in the sandbox")},
				resource.TestStep{Config: w.Provider() + body, ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}
