package octeth_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

const octethAuthorizes = "octeth POST /api/v1/dns.authorize"

// octethSays has a call answered like this.
func octethSays(call, body string) fault.Fault {
	return fault.Fault{Path: "/api/v1/" + call, Kind: fault.Status, Status: http.StatusOK, Body: body}
}

// asksOcteth checks how often Octeth has tried credentials since, and whether it was asked for
// anything else.
func asksOcteth(w *world.World, tries int, others bool) resource.TestCheckFunc {
	return func(*terraform.State) error {
		calls := slices.DeleteFunc(slices.Clone(w.CallsSoFar()), func(c string) bool { return !strings.HasPrefix(c, "octeth ") })
		tried := len(slices.DeleteFunc(slices.Clone(calls), func(c string) bool { return c != octethAuthorizes }))
		if tried != tries || (len(calls) > tried) != others {
			return fmt.Errorf("Octeth was called: %q", calls)
		}
		return nil
	}
}

// Octeth finds the host and tries the credentials, once, in the way of its version. Its word proves
// what GoDaddy does not tell of a token.
func TestAuthorizationViaOcteth(t *testing.T) {
	t.Parallel()
	for version, c := range map[string]struct{ domain, host string }{
		"5.6": {"example.org", "namecheap"},
		"5.9": {"example.net", "godaddy"},
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			w.InstallOcteth(t, version)
			const address = "postmaster_dns_authorization.a"
			config := func(more string) string {
				return w.OctethProvider(version, "") + world.AuthorizationVia(c.domain, more) +
					world.RecordsConfig("r", fmt.Sprintf(`note = { name = "note.%s", type = "TXT", value = "ours" }`, c.domain), "wait_for_propagation = false")
			}
			is := func(attribute, value string) statecheck.StateCheck {
				return statecheck.ExpectKnownValue(address, tfjsonpath.New(attribute), knownvalue.StringExact(value))
			}
			id := c.host + "/" + c.domain
			w.Run(t,
				resource.TestStep{
					Config:            config(`via = "octeth"`),
					ConfigStateChecks: []statecheck.StateCheck{is("id", id), is("dns_provider", c.host), is("zone", c.domain), is("write_access", "proven"), is("via", "octeth")},
					Check:             asksOcteth(w, 1, true),
				},
				resource.TestStep{PreConfig: w.Forget, Config: config(`via = "octeth"`), ConfigPlanChecks: world.EmptyPlan, Check: asksOcteth(w, 0, false)},
				resource.TestStep{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: id + "#via=octeth"},
				resource.TestStep{
					Config: config(""),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionDestroyBeforeCreate),
					}},
					ConfigStateChecks: []statecheck.StateCheck{is("id", id), is("via", "direct")},
					Check:             asksOcteth(w, 0, false),
				},
				resource.TestStep{Config: config(`via = "direct"`), ConfigPlanChecks: world.EmptyPlan},
			)
		})
	}
}

// What Octeth cannot use is refused before anybody is called, as far as it is known.
func TestAccountsThatOctethCannotUse(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.InstallOcteth(t, "5.9")
	token := fmt.Sprintf("godaddy = { token = %q }", godaddysim.Token)
	atGoDaddy := world.AuthorizationVia("example.net", "dns_provider = \"godaddy\"\n  via = \"octeth\"")
	w.Run(t,
		resource.TestStep{
			Config:      w.OctethProvider("5.9", "") + world.AuthorizationVia("corp.example", "dns_provider = \"rfc2136\"\n  via = \"octeth\""),
			ExpectError: world.Saying("this zone is at the RFC 2136 server"),
		},
		resource.TestStep{
			Config:      w.OctethProvider("5.9", token) + atGoDaddy,
			ExpectError: world.Saying("and no token. Set godaddy.api_key, godaddy.api_secret in the configuration"), // the variables are ignored beside a token
		},
		resource.TestStep{
			PreConfig: func() {
				if len(w.CallsSoFar()) > 0 {
					t.Errorf("these calls were made: %q", w.CallsSoFar())
				}
			},
			Config:      w.OctethProvider("5.9", token) + world.AuthorizationVia("example.net", `via = "octeth"`), // where, only Octeth knows
			ExpectError: world.Saying("takes an API key with its secret (API v1) there, and no token"),
		},
		resource.TestStep{Config: w.OctethProvider("5.9", strings.Replace(token, "}", ", api_key = \"k\", api_secret = \"s\" }", 1)) + atGoDaddy},
		resource.TestStep{ // the key is taken away later
			Config:      w.OctethProvider("5.9", token) + atGoDaddy,
			ExpectError: world.Saying("Octeth cannot use the account"),
		},
	)
	if said := strings.Join(w.Heard(), "\n"); strings.Contains(said, godaddysim.Token) {
		t.Errorf("the token is shown:\n%s", said)
	}
}

// An installation that is newer than api_version says takes its own key for that of the DNS host:
// the message names the attribute, in the sandbox as outside of it.
func TestOctethNewerThanConfigured(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.InstallOcteth(t, "5.9.4")
	w.Run(t, resource.TestStep{
		Config:      w.Provider() + world.AuthorizationVia("example.com", "dns_provider = \"cloudflare\"\n  via = \"octeth\""),
		ExpectError: world.SayingInTurn("code 9", "api_version of octeth", "which is 5.6 now", "make a new API key"),
	})
}

// Credentials that serve here and not Octeth: the message says whom the host has refused, and shows
// none of them.
func TestOctethAloneIsRefused(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.InstallOcteth(t, "5.9.4")
	url := w.Serve(t)
	const key, keySecret = "an-invented-key-that-nobody-has", "an-invented-secret-that-nobody-has"
	config := w.RealProvider(t, fmt.Sprintf("octeth = {\n    url = %q\n    api_key = %q\n    api_version = \"5.9.4\"\n  }\n  godaddy = %s",
		url+"/octeth", octethsim.APIKey, world.GoDaddyBlock(url, fmt.Sprintf("token = %q\n    api_key = %q\n    api_secret = %q", godaddysim.Token, key, keySecret)))) +
		world.AuthorizationVia("example.net", `via = "octeth"`)
	w.Run(t, resource.TestStep{Config: config, ExpectError: world.Saying("Octeth may not edit the zone")})
	said := strings.Join(w.Heard(), "\n")
	if want := []string{"apply error", "code 9", "Only Octeth is refused by GoDaddy", "Octeth uses api_key and api_secret", `via = "direct"`}; !testkit.ContainsAll(said, want) {
		t.Errorf("it does not say %q, but:\n%s", want, said)
	}
	for _, hidden := range []string{key, keySecret, godaddysim.Token, octethsim.APIKey} {
		if strings.Contains(said, hidden) {
			t.Errorf("the credentials are shown:\n%s", said)
		}
	}
}

// Octeth's error codes, of which the generations have different ones for the same.
func TestCodesOfAuthorize(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	id := zone.AuthorizationID{Host: "namecheap", Domain: "example.org"}
	zone := dns.HostedZone{Apex: "example.org"}
	_, credentials, err := octeth.Delegate{Run: w.RunOf(octethapi.DefaultVersion)}.Credentials(id)
	if err != nil {
		t.Fatal(err)
	}
	const refused, failed = "Only Octeth is refused by Namecheap: from here, the zone example.org is found", "look at Octeth's error log"
	for _, c := range []struct {
		version string
		code    int
		want    string
	}{
		{"5.6", 4, refused}, {"5.6", 9, failed}, {"5.6", 8, "Cloudflare, Namecheap and GoDaddy only"}, {"5.6", 7, "api_version"},
		{"5.9", 9, refused}, {"5.9", 10, failed}, {"5.9", 8, "Cloudflare, Namecheap and GoDaddy only"}, {"5.9", 99998, "Check api_key of octeth"},
	} {
		t.Run(fmt.Sprintf("%d of %s", c.code, c.version), func(t *testing.T) {
			w.InstallOcteth(t, c.version, octethSays("dns.authorize", fmt.Sprintf(`{"Errors":[{"Code":%d,"Message":"not with %s"}]}`, c.code, credentials.Key)))
			version, err := octethapi.ParseVersion(c.version)
			if err != nil {
				t.Fatal(err)
			}
			r := world.Authorizations(w.RunOf(version))
			var diags diag.Diagnostics
			r.TryBy(t.Context(), octeth.Service{}, id, zone, &diags)
			if !diags.HasError() || !strings.Contains(diags[0].Detail(), c.want) || strings.Contains(diags[0].Detail(), credentials.Key) {
				t.Errorf("got %v; want %q", diags, c.want)
			}
			if alone := strings.Contains(fmt.Sprint(diags), "Only Octeth"); alone != (c.want == refused) {
				t.Errorf("it blames the DNS host: %v", diags)
			}
		})
	}
}

// Where Octeth writes no records, it knows nobody; a host that it learns to know later is one that
// there are no credentials for.
func TestHostsThatOctethDoesNotFind(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.InstallOcteth(t, "5.9")
	w.PutZone(t, "route.example", "@ NS ns1.desec.io.", "@ NS ns2.desec.io.")
	s := w.RunOf(octethapi.Version{5, 9})
	ask := func(domain string) (found string, diags diag.Diagnostics) {
		found, problem := world.Authorizations(s).FindHostBy(t.Context(), octeth.Service{}, domain)
		if problem != nil {
			problem.Report(&diags)
		}
		return found, diags
	}
	if found, diags := ask("Deep.Example.COM."); found != "cloudflare" || diags.HasError() {
		t.Errorf("found %s: %v", found, diags)
	}
	for _, c := range []struct{ domain, answer, want string }{
		{"route.example", "", "and no other host"},
		{"example.com", `{"provider":"digitalocean"}`, `the DNS of example.com is at "digitalocean"`},
	} {
		if c.answer != "" {
			w.InstallOcteth(t, "5.9", octethSays("dns.provider", c.answer))
		}
		if found, diags := ask(c.domain); found != "" || !diags.HasError() || !testkit.ContainsAll(diags[0].Detail(), []string{c.want, "set dns_provider", `via = "direct"`}) {
			t.Errorf("%s: found %s: %v", c.domain, found, diags)
		}
	}
	w.InstallOcteth(t, "5.9", octethSays("dns.provider", `{"Errors":[{"Code":99998,"Message":"no"}]}`))
	if _, diags := ask("example.com"); !diags.HasError() || !testkit.ContainsAll(diags[0].Detail(), []string{"Check api_key of octeth"}) {
		t.Errorf("%v", diags)
	}
}

func TestDNSProviderViaOcteth(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.PutZone(t, "route.example", "@ NS ns1.desec.io.")
	const address = "data.postmaster_dns_provider.p"
	config := func(domain string) string {
		return w.OctethProvider("5.6", "") + fmt.Sprintf("data \"postmaster_dns_provider\" \"p\" {\n  domain = %q\n  via = \"octeth\"\n}\n", domain)
	}
	found := func(name, zone string, supported bool, servers int) []statecheck.StateCheck {
		return []statecheck.StateCheck{
			statecheck.ExpectKnownValue(address, tfjsonpath.New("name"), knownvalue.StringExact(name)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("zone"), knownvalue.StringExact(zone)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("supported"), knownvalue.Bool(supported)),
			statecheck.ExpectKnownValue(address, tfjsonpath.New("name_servers"), knownvalue.ListSizeExact(servers)),
		}
	}
	w.InstallOcteth(t, "5.6")
	w.Run(t,
		resource.TestStep{Config: config("Mail.Example.ORG."), ConfigStateChecks: found("namecheap", "example.org", true, 2)},
		resource.TestStep{Config: config("route.example"), ConfigStateChecks: found("unknown", "route.example", false, 1)},
		resource.TestStep{
			PreConfig: func() {
				w.InstallOcteth(t, "5.6", octethSays("dns.provider", `{"Errors":[{"Code":99999,"Message":"Session expired"}]}`))
			},
			Config: config("example.org"), ExpectError: world.Saying("Log in to Octeth for a new session_id"),
		},
	)
}

// The version counts in the sandbox too, and so does a mistake in it.
func TestUnusableVersionOfTheSandbox(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"v5.9.4", "99", "abc"} {
		w := world.New(t)
		w.Run(t, resource.TestStep{Config: w.OctethProvider(version, "") + world.AuthorizationAt("cloudflare", "example.com"), PlanOnly: true, ExpectError: world.Saying("Unusable version")})
	}
}
