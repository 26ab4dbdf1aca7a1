package zone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const uncheckedSummary = "The plan does not check the zone"

// A plan that creates an authorization knows host, zone and id, and shows what becomes of the
// records that depend on it.
func TestHostIsFoundAtPlan(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ domain, host, more, id string }{
		"Cloudflare":  {"example.com", "cloudflare", "", "cloudflare/example.com"},
		"Namecheap":   {"example.org", "namecheap", "", "namecheap/example.org"},
		"GoDaddy":     {"example.net", "godaddy", "", "godaddy/example.net"},
		"RFC 2136":    {"corp.example", "rfc2136", "", "rfc2136/corp.example"},
		"an account":  {"example.com", "cloudflare", `account = "agency"`, "cloudflare@agency/example.com"},
		"Octeth":      {"example.com", "cloudflare", `via = "octeth"`, "cloudflare/example.com"},
		"a zone":      {"sub.example.com", "cloudflare", `zone = "Example.COM"`, "cloudflare/sub.example.com/example.com"},
		"a spelling":  {"Example.COM.", "cloudflare", "", "cloudflare/example.com"},
		"given":       {"example.com", "cloudflare", `dns_provider = "cloudflare"`, "cloudflare/example.com"},
		"a subdomain": {"mail.example.com", "cloudflare", "", "cloudflare/mail.example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			at := strings.ToLower(strings.TrimSuffix(c.domain, "."))
			zone := at
			if _, hosted := hostedDomains[at]; !hosted {
				zone = "example.com"
			}
			s := w.Stranger(t, c.host, zone)
			s.Apply(t, s.Read(t), dns.ChangeSet{Create: []dns.Record{{Name: at, Type: "TXT", Value: "v=spf1 include:theirs.example -all"}}})
			w.InstallOcteth(t, "5.9.4")
			provider := w.OctethProvider("5.9.4", "dns_accounts = { agency = { cloudflare = {} } }")
			const address = "postmaster_dns_authorization.a"
			known := func(attribute string, check knownvalue.Check) plancheck.PlanCheck {
				return plancheck.ExpectKnownValue(address, tfjsonpath.New(attribute), check)
			}
			zoneCheck := knownvalue.StringExact(zone)
			if name == "a zone" {
				zoneCheck = knownvalue.StringExact("Example.COM")
			}
			w.Run(t,
				resource.TestStep{
					Config: provider + world.AuthorizationVia(c.domain, c.more) +
						world.RecordsConfig("r", fmt.Sprintf(`spf = { name = %q, type = "TXT", value = "v=spf1 include:ours.example -all" }`, at), "wait_for_propagation = false\n  allow_excess_spf_lookups = true"),
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						known("id", knownvalue.StringExact(c.id)), known("dns_provider", knownvalue.StringExact(c.host)),
						known("zone", zoneCheck), known("zone_id", knownvalue.NotNull()),
						world.Between(func() {
							if err := w.Warns("plan", "is merged", "include:theirs.example")(nil); err != nil {
								t.Error(err)
							}
							if said := strings.Join(w.Heard(), "\n"); strings.Contains(said, uncheckedSummary) {
								t.Errorf("it says that the zone is not checked:\n%s", said)
							}
						}),
					}},
				},
				resource.TestStep{
					Config: provider + world.AuthorizationVia(c.domain, c.more) +
						world.RecordsConfig("r", fmt.Sprintf(`spf = { name = %q, type = "TXT", value = "v=spf1 include:ours.example -all" }`, at), "wait_for_propagation = false\n  allow_excess_spf_lookups = true"),
					ConfigPlanChecks: world.EmptyPlan,
				},
			)
		})
	}
}

// What is in the way of the first records is an error of the first plan, before anything is made.
func TestFirstPlanShowsConflicts(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	s := w.Stranger(t, "cloudflare", "example.com")
	s.Apply(t, s.Read(t), dns.ChangeSet{Create: []dns.Record{{Name: "_dmarc.example.com", Type: "TXT", Value: "v=DMARC1; p=reject"}}})
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationVia("example.com", "") +
			world.RecordsConfig("r", `dmarc = { name = "_dmarc.example.com", type = "TXT", value = "v=DMARC1; p=none" }`, ""),
		ExpectError: world.Saying("v=DMARC1; p=reject"),
	})
	for _, said := range w.Heard() {
		if strings.HasPrefix(said, "apply") {
			t.Errorf("something was applied: %s", said)
		}
	}
}

// The plan costs no call of a host more than one with dns_provider does.
func TestHostAtPlanCostsNoCalls(t *testing.T) {
	t.Parallel()
	calls := map[string][]string{}
	for _, more := range []string{"", `dns_provider = "cloudflare"`} {
		w := world.New(t)
		w.Run(t, resource.TestStep{
			Config: w.Provider() + world.AuthorizationVia("example.com", more) +
				world.RecordsConfig("r", `note = { name = "note.example.com", type = "TXT", value = "ours" }`, "wait_for_propagation = false"),
			Check: func(*terraform.State) error {
				calls[more] = slices.Sorted(slices.Values(w.CallsSoFar()))
				return nil
			},
		})
	}
	if found, given := calls[""], calls[`dns_provider = "cloudflare"`]; len(given) == 0 || !slices.Equal(found, given) {
		t.Errorf("without dns_provider these calls are made: %q; with it: %q", found, given)
	}
}

// What is not known yet leaves the host unknown, and the plan says what it is. Nothing is looked up
// in a place that may turn out to be the wrong one.
func TestHostIsNotKnownAtPlan(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	resolver, err := w.Box.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	unknownOf := func(name string) func(tftypes.Object) map[string]tftypes.Value {
		return func(provider tftypes.Object) map[string]tftypes.Value {
			values := map[string]tftypes.Value{"dns_resolvers": tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{stringValue(resolver)})}
			values[name] = tftypes.NewValue(provider.AttributeTypes[name], tftypes.UnknownValue)
			return values
		}
	}
	example := map[string]tftypes.Value{"domain": stringValue("example.com")}
	with := func(name string, value tftypes.Value) map[string]tftypes.Value {
		return map[string]tftypes.Value{"domain": stringValue("example.com"), name: value}
	}
	unknown := tftypes.NewValue(tftypes.String, tftypes.UnknownValue)
	for name, c := range map[string]struct {
		provider func(tftypes.Object) map[string]tftypes.Value
		values   map[string]tftypes.Value
		host     string // empty: unknown
		want     string
	}{
		"domain":             {inSandbox(w), map[string]tftypes.Value{"domain": unknown}, "", "The domain is known only after apply"},
		"account":            {inSandbox(w), with("account", unknown), "", "The account is known only after apply"},
		"via":                {inSandbox(w), with("via", unknown), "", "The value of via is known only after apply"},
		"zone":               {inSandbox(w), with("zone", unknown), "cloudflare", ""},
		"dns_provider":       {inSandbox(w), with("dns_provider", unknown), "", ""},
		"the sandbox":        {unknownOf("sandbox"), example, "", "sandbox is known only after apply"},
		"resolvers":          {unknownOf("dns_resolvers"), example, "", "dns_resolvers is known only after apply"},
		"accounts":           {unknownOf("dns_accounts"), with("account", stringValue("agency")), "", `the account "agency" is known only after apply`},
		"credentials":        {unknownOf("cloudflare"), example, "cloudflare", "The credentials for Cloudflare are known only after apply"},
		"Octeth":             {unknownOf("octeth"), with("via", stringValue("octeth")), "", "not known yet"},
		"an unrelated block": {unknownOf("mailserver"), with("domain", stringValue("nowhere.example")), "", "nowhere.example"},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planAuthorization(t, w, c.provider, c.values, nil)
			if strings.Contains(plan.said, "ERROR") {
				t.Fatalf("it says %s", plan.said)
			}
			if c.want != "" && !testkit.ContainsAll(plan.said, []string{"WARNING: " + uncheckedSummary, c.want}) {
				t.Errorf("it says %s; want %q", plan.said, c.want)
			}
			if c.host == "" && plan.values["dns_provider"].IsKnown() || c.host != "" && !plan.known("dns_provider", c.host) {
				t.Errorf("dns_provider is %s", plan.values["dns_provider"])
			}
			if plan.values["zone_id"].IsKnown() {
				t.Errorf("zone_id is %s", plan.values["zone_id"])
			}
		})
	}
}

// A host that cannot be used is an error of the plan, as it would be one of the apply.
func TestUnusableHostAtPlan(t *testing.T) {
	w := world.New(t)
	world.WithoutHostVariables(t)
	resolver, err := w.Box.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	w.PutZone(t, "route.example", "@ NS ns1.desec.io.", "@ NS ns2.desec.io.")
	bare := func(tftypes.Object) map[string]tftypes.Value {
		return map[string]tftypes.Value{"dns_resolvers": tftypes.NewValue(tftypes.List{ElementType: tftypes.String}, []tftypes.Value{stringValue(resolver)})}
	}
	for name, c := range map[string]struct {
		values map[string]tftypes.Value
		want   []string
	}{
		"no credentials":    {map[string]tftypes.Value{"domain": stringValue("example.com")}, []string{"Cloudflare", "Set cloudflare.api_token (environment: CLOUDFLARE_API_TOKEN)"}},
		"not supported":     {map[string]tftypes.Value{"domain": stringValue("route.example")}, []string{"deSEC", "set dns_provider"}},
		"no such account":   {map[string]tftypes.Value{"domain": stringValue("example.com"), "account": stringValue("nobody")}, []string{`there is no account "nobody" at Cloudflare`}},
		"no Octeth":         {map[string]tftypes.Value{"domain": stringValue("example.com"), "via": stringValue("octeth")}, []string{"Set octeth.url"}},
		"given, not usable": {map[string]tftypes.Value{"domain": stringValue("example.com"), "dns_provider": stringValue("godaddy")}, []string{"GODADDY_TOKEN"}},
	} {
		t.Run(name, func(t *testing.T) {
			if plan := planAuthorization(t, w, bare, c.values, nil); !testkit.ContainsAll(plan.said, append(c.want, "ERROR")) {
				t.Errorf("it says %s; want %q", plan.said, c.want)
			}
		})
	}
}
