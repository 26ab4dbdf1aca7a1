package zone_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
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

// A domain that is delegated only later in the run leaves the host unknown at plan, which says so;
// the apply finds it.
func TestDomainIsDelegatedInTheRun(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	const address = "postmaster_dns_authorization.a"
	config := w.Provider() + world.AuthorizationVia("new.example", "") +
		world.RecordsConfig("r", `note = { name = "note.new.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				plancheck.ExpectUnknownValue(address, tfjsonpath.New("dns_provider")), plancheck.ExpectUnknownValue(address, tfjsonpath.New("id")),
				world.Between(func() {
					if err := w.Warns("plan", uncheckedSummary, "new.example", "dns_provider")(nil); err != nil {
						t.Error(err)
					}
					if err := w.Box.AddZones(map[string]string{"new.example": "cloudflare"}); err != nil {
						t.Error(err)
					}
				}),
			}},
			ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("cloudflare/new.example"))},
		},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}

// A zone that only the run creates is not there at plan, which says so.
func TestZoneIsMadeInTheRun(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	const address = "postmaster_dns_authorization.a"
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationAt("cloudflare", "new.example"),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("cloudflare/new.example")),
			plancheck.ExpectUnknownValue(address, tfjsonpath.New("zone_id")),
			world.Between(func() {
				if err := w.Warns("plan", uncheckedSummary, "new.example")(nil); err != nil {
					t.Error(err)
				}
				if err := w.Box.AddZones(map[string]string{"new.example": "cloudflare"}); err != nil {
					t.Error(err)
				}
			}),
		}},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue(address, tfjsonpath.New("zone"), knownvalue.StringExact("new.example"))},
	})
}

// A domain that moves to another host after the plan stops the apply, and neither host gets a
// record.
func TestHostChangesAfterThePlan(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{"moving.example": "cloudflare"}); err != nil {
		t.Fatal(err)
	}
	old := w.Stranger(t, "cloudflare", "moving.example")
	before := old.Read(t).Records
	w.Run(t, resource.TestStep{
		Config: w.Provider() + world.AuthorizationVia("moving.example", "") +
			world.RecordsConfig("r", `note = { name = "note.moving.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false"),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{world.Between(func() {
			w.PutZone(t, "moving.example", "@ NS dns1.registrar-servers.com.", "@ NS dns2.registrar-servers.com.")
		})}},
		ExpectError: world.Saying("inconsistent final plan"),
	})
	said := strings.Join(w.Heard(), "\n")
	if !testkit.ContainsAll(said, []string{"plan warning", "The DNS host is another one than in the last plan", "found moving.example at Cloudflare", "Now the host is Namecheap", "inconsistent final plan"}) {
		t.Errorf("it does not explain that, but says:\n%s", said)
	}
	if after := old.Read(t).Records; len(after) != len(before) {
		t.Errorf("the zone has %v; it had %v", after, before)
	}
}

// The note on the host of the last plan explains what it can and changes nothing: it is said once,
// of this search alone, and a note that cannot be read is none.
func TestNoteOnTheHost(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{"moving.example": "cloudflare"}); err != nil {
		t.Fatal(err)
	}
	domain := map[string]tftypes.Value{"domain": stringValue("moving.example")}
	plan := func(want ...string) authorizationPlan {
		t.Helper()
		p := planAuthorization(t, w, inSandbox(w), domain, nil)
		if (len(want) == 0) != (p.said == "") || !testkit.ContainsAll(p.said, want) {
			t.Errorf("it says %q; want %q", p.said, want)
		}
		return p
	}
	plan()
	plan()
	w.Adjust = func(s *kit.Run) { s.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{"127.0.0.1:1"}})) }
	plan(uncheckedSummary, "found Cloudflare", "inconsistent final plan")
	w.Adjust = nil
	approved := plan()
	w.PutZone(t, "moving.example", "@ NS dns1.registrar-servers.com.")
	if said := planAuthorization(t, w, inSandbox(w), domain, approved.private).said; strings.Contains(said, "WARNING") {
		t.Errorf("where Terraform tells what was approved, it says %s", said)
	}
	const noZone = "The plan does not check the zone" // as the account at the new host does not have it
	plan("The DNS host is another one than in the last plan", "at Cloudflare", "Now the host is Namecheap", noZone)
	if said := plan(noZone).said; strings.Contains(said, "last plan") {
		t.Errorf("it says again: %s", said)
	}
	folder, err := w.Box.LockFolder()
	if err != nil {
		t.Fatal(err)
	}
	notes, err := filepath.Glob(filepath.Join(folder, "dns-host-*"))
	if err != nil || len(notes) != 1 {
		t.Fatalf("there are the notes %q: %v", notes, err)
	}
	for _, damaged := range []string{"", "[]", "{}"} {
		if err := os.WriteFile(notes[0], []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if said := plan(noZone).said; strings.Contains(said, "last plan") {
			t.Errorf("with the note %q it says %s", damaged, said)
		}
	}
}

// An authorization keeps the host that was found for it.
func TestFoundHostIsKept(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	config := w.Provider() + world.AuthorizationVia("example.com", "")
	kept := []statecheck.StateCheck{statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("id"), knownvalue.StringExact("cloudflare/example.com"))}
	w.Run(t,
		resource.TestStep{Config: config, ConfigStateChecks: kept},
		resource.TestStep{
			PreConfig: func() { w.PutZone(t, "example.com", "@ NS dns1.registrar-servers.com.") },
			Config:    config, ConfigPlanChecks: world.EmptyPlan, ConfigStateChecks: kept,
			Check: w.Warns("read", "The zone is not delegated to this DNS host"),
		},
	)
}

// authorizationPlan is what a plan of a new authorization says.
type authorizationPlan struct {
	values  map[string]tftypes.Value
	private []byte
	said    string // diagnostics
}

// known reports whether the plan knows an attribute to be want.
func (p authorizationPlan) known(attribute, want string) bool {
	return p.values[attribute].Equal(tftypes.NewValue(tftypes.String, want))
}

// objectOf is an object of a type with these attributes, the others null.
func objectOf(t *testing.T, of tftypes.Type, values map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	attributes := map[string]tftypes.Value{}
	for name, attributeType := range of.(tftypes.Object).AttributeTypes {
		attributes[name] = tftypes.NewValue(attributeType, nil)
		if value, given := values[name]; given {
			attributes[name] = value
		}
	}
	value, err := tfprotov6.NewDynamicValue(of, tftypes.NewValue(of, attributes))
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// planAuthorization plans a new authorization with a provider process of its own, which is
// configured like this. Approved is the private data of the approved plan, which Terraform 1.16
// sends at apply; nil at plan.
func planAuthorization(t *testing.T, w *world.World, configuration func(provider tftypes.Object) map[string]tftypes.Value, values map[string]tftypes.Value, approved []byte) authorizationPlan {
	t.Helper()
	ctx := t.Context()
	server, err := w.Factories()["postmaster"]()
	if err != nil {
		t.Fatal(err)
	}
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	providerType := schemas.Provider.ValueType()
	configured, err := server.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: objectOf(t, providerType, configuration(providerType.(tftypes.Object)))})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range configured.Diagnostics {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			t.Fatal(d.Detail)
		}
	}
	const typeName = "postmaster_dns_authorization"
	resourceType := schemas.ResourceSchemas[typeName].ValueType()
	null, err := tfprotov6.NewDynamicValue(resourceType, tftypes.NewValue(resourceType, nil))
	if err != nil {
		t.Fatal(err)
	}
	config := objectOf(t, resourceType, values)
	if approved != nil {
		ctx = protocol.WithPlannedPrivate(ctx, approved)
	}
	resp, err := server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: typeName, PriorState: &null, Config: config, ProposedNewState: config})
	if err != nil {
		t.Fatal(err)
	}
	plan := authorizationPlan{private: resp.PlannedPrivate, values: map[string]tftypes.Value{}}
	for _, d := range resp.Diagnostics {
		plan.said += fmt.Sprintf("%s: %s: %s\n", d.Severity, d.Summary, d.Detail)
	}
	planned, err := resp.PlannedState.Unmarshal(resourceType)
	if err != nil {
		t.Fatal(err)
	}
	if err := planned.As(&plan.values); err != nil {
		t.Fatal(err)
	}
	return plan
}

// inSandbox is a provider in the world's sandbox.
func inSandbox(w *world.World) func(provider tftypes.Object) map[string]tftypes.Value {
	return func(provider tftypes.Object) map[string]tftypes.Value {
		sandboxType := provider.AttributeTypes["sandbox"].(tftypes.Object)
		attributes := map[string]tftypes.Value{}
		for name, attributeType := range sandboxType.AttributeTypes {
			attributes[name] = tftypes.NewValue(attributeType, nil)
		}
		attributes["path"] = tftypes.NewValue(tftypes.String, w.File)
		return map[string]tftypes.Value{"sandbox": tftypes.NewValue(sandboxType, attributes)}
	}
}

func stringValue(text string) tftypes.Value { return tftypes.NewValue(tftypes.String, text) }

// Terraform 1.16 tells the second plan what the first one found: another answer is an error that
// says what has changed, and no answer leaves it at what was approved.
func TestSecondPlanComparesWithTheApprovedOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(t *testing.T, w *world.World)
		want   []string // in the error; none: the plan is as approved
	}{
		"nothing changes": {func(*testing.T, *world.World) {}, nil},
		"another host": {func(t *testing.T, w *world.World) {
			w.PutZone(t, "moving.example", "@ NS dns1.registrar-servers.com.", "@ NS dns2.registrar-servers.com.")
		}, []string{"The DNS host has changed since the plan", "Cloudflare", "Namecheap", "Plan again"}},
		"an unsupported host": {func(t *testing.T, w *world.World) {
			w.PutZone(t, "moving.example", "@ NS ns1.desec.io.", "@ NS ns2.desec.io.")
		}, []string{"Unable to find the DNS host", "deSEC"}},
		"another zone": {func(t *testing.T, w *world.World) {
			w.EditCloudflareZone(t, "moving.example", func(z *cloudflaresim.Zone) { z.ID = "00000000000000000000000000000001" })
		}, []string{"The zone has changed since the plan", "00000000000000000000000000000001", "Plan again"}},
		"no zone": {func(t *testing.T, w *world.World) {
			w.EditCloudflareZone(t, "moving.example", func(z *cloudflaresim.Zone) { z.Name = "gone.example" })
			w.PutZone(t, "moving.example", "@ NS ada.ns.cloudflare.com.", "@ NS bob.ns.cloudflare.com.")
		}, []string{"Unable to find the zone", "moving.example"}},
		"no answer": {func(_ *testing.T, w *world.World) {
			w.Adjust = func(s *kit.Run) { s.SetLookup(dns.NewLookup(dns.LookupConfig{Resolvers: []string{"127.0.0.1:1"}})) }
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world.New(t)
			if err := w.Box.AddZones(map[string]string{"moving.example": "cloudflare"}); err != nil {
				t.Fatal(err)
			}
			domain := map[string]tftypes.Value{"domain": stringValue("moving.example")}
			first := planAuthorization(t, w, inSandbox(w), domain, nil)
			if first.said != "" || !first.known("id", "cloudflare/moving.example") || !first.known("zone", "moving.example") {
				t.Fatalf("the first plan is %v, and says %s", first.values, first.said)
			}
			c.change(t, w)
			second := planAuthorization(t, w, inSandbox(w), domain, first.private)
			if len(c.want) > 0 {
				if !strings.Contains(second.said, "ERROR") || !testkit.ContainsAll(second.said, c.want) {
					t.Errorf("it says %s; want %q", second.said, c.want)
				}
				return
			}
			if second.said != "" {
				t.Errorf("it says %s", second.said)
			}
			for attribute, approved := range first.values {
				if got := second.values[attribute]; !got.Equal(approved) {
					t.Errorf("%s is %s; %s was approved", attribute, got, approved)
				}
			}
		})
	}
}

// A damaged note, or one of another version, is an error and never "nothing was approved".
func TestUnreadableApprovedPlan(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	for name, approved := range map[string]string{
		"no object":       `{"planned_host":"WzFd"}`,                 // [1]
		"another version": `{"planned_host":"eyJ2ZXJzaW9uIjo5fQ=="}`, // {"version":9}
		"no envelope":     `planned_host`,
	} {
		plan := planAuthorization(t, w, inSandbox(w), map[string]tftypes.Value{"domain": stringValue("example.com")}, []byte(approved))
		if !testkit.ContainsAll(plan.said, []string{"ERROR: Unable to read the approved plan", "Plan again"}) {
			t.Errorf("%s: it says %s", name, plan.said)
		}
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
