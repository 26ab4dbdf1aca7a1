package zone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// textOf returns a text attribute of an object, or "" if it is null.
func textOf(t *testing.T, object tftypes.Value, attribute string) string {
	t.Helper()
	var members map[string]tftypes.Value
	if err := object.As(&members); err != nil {
		t.Fatal(err)
	}
	var text *string
	if err := members[attribute].As(&text); err != nil {
		t.Fatal(err)
	}
	if text == nil {
		return ""
	}
	return *text
}

// A list tells zones with one name apart. Each object is imported by its identity, and what is
// generated from it plans nothing.
func TestListsOfTwins(t *testing.T) {
	t.Parallel()
	first, second, servers := twins()
	w := newChooserWorld(t, first, second, dns.HostedZone{Apex: "alone.example", ID: "z3", NameServers: []string{"ns1.one.example"}})
	w.PutZone(t, "twin.example", servers...)
	w.zones.Add("z/1#a", dns.Record{Name: "twin.example", Type: "MX", Value: "mx.one.example", Priority: 10, TTL: 300})
	w.zones.Add("z/2#b", dns.Record{Name: "twin.example", Type: "MX", Value: "mx.two.example", Priority: 10, TTL: 300})
	c := w.client(t)
	for typeName, want := range map[string][]string{
		"postmaster_dns_authorization": {"memory/alone.example", firstTwin, secondTwin},
		"postmaster_dns_records":       {firstTwin + "/mail-mx", secondTwin + "/mail-mx"},
	} {
		var ids, names []string
		for _, found := range c.List(t, typeName, world.Attributes{"host": "memory"}, true, 0) {
			if len(found.Diagnostics) > 0 {
				for _, d := range found.Diagnostics {
					if d.Severity == tfprotov6.DiagnosticSeverityError {
						t.Errorf("%s: %s: %s", found.Name, d.Summary, d.Detail)
					}
				}
			}
			ids, names = append(ids, textOf(t, found.Object, "id")), append(names, found.Name)
			imported, said := c.ImportBy(t, typeName, "", found.Identity)
			if said != "" {
				t.Errorf("importing %s: %s", found.Name, said)
				continue
			}
			if !imported.Identity.Equal(found.Identity) || textOf(t, imported.State, "id") != ids[len(ids)-1] {
				t.Errorf("imported is %s with the identity %s", imported.State, imported.Identity)
			}
			planned, said := c.PlanAsGenerated(t, typeName, imported)
			if said != "" || !planned.Equal(imported.State) {
				t.Errorf("%s is planned as %s: %s; it is %s", found.Name, planned, said, imported.State)
			}
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s: %q, want %q", typeName, ids, want)
		}
		for i, name := range names {
			if shows := strings.Contains(name, "[z/"); shows != strings.Contains(ids[i], "#zone_id=") {
				t.Errorf("%s is called %s", ids[i], name)
			}
		}
	}
}

// The data source for the mail records of a domain reads the zone that the id names, and its import
// ids lead there.
func TestZoneRecordsOfATwin(t *testing.T) {
	t.Parallel()
	first, second, _ := twins()
	w := newChooserWorld(t, first, second)
	w.zones.Add("z/2#b", dns.Record{Name: "twin.example", Type: "MX", Value: "mx.two.example", Priority: 10, TTL: 300})
	c := w.client(t)
	of := c.Schema.DataSourceSchemas["postmaster_zone_records"].ValueType()
	resp, err := c.Server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "postmaster_zone_records", Config: world.DynamicValue(t, of, world.Attributes{"dns_authorization_id": secondTwin}),
	})
	if err != nil || len(resp.Diagnostics) > 0 {
		t.Fatal(err, resp.Diagnostics)
	}
	state, err := resp.State.Unmarshal(of)
	if err != nil {
		t.Fatal(err)
	}
	importID := secondTwin + "#mail-mx"
	if text := fmt.Sprint(state); !strings.Contains(text, importID) || !strings.Contains(text, "mx.two.example") {
		t.Errorf("the data source shows %s", text)
	}
	imported, said := c.ImportBy(t, "postmaster_dns_records", importID, tftypes.NewValue(tftypes.String, nil))
	if said != "" || textOf(t, imported.State, "dns_authorization_id") != secondTwin {
		t.Errorf("imported is %s: %s", imported.State, said)
	}
}

// The second plan takes the zone that the first one chose, if nobody answers by then. If the answer
// is another one, it is an error.
func TestSecondPlanOfATwin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(t *testing.T, w *chooserWorld)
		want   string // in the error; empty: the plan is as approved
	}{
		"nothing changes": {func(*testing.T, *chooserWorld) {}, ""},
		"no answer":       {func(_ *testing.T, w *chooserWorld) { w.resolver = "127.0.0.1:1" }, ""},
		"the other zone": {func(t *testing.T, w *chooserWorld) {
			w.PutZone(t, "twin.example", "@ NS ns1.two.example.", "@ NS ns2.two.example.")
		}, "The zone has changed since the plan"},
		"a zone of neither":   {func(t *testing.T, w *chooserWorld) { w.PutZone(t, "twin.example", "@ NS ns1.three.example.") }, "the account has several zones"},
		"the zone has gone":   {func(_ *testing.T, w *chooserWorld) { w.zones.Close("z/1#a") }, "The zone has changed since the plan"},
		"both zones are gone": {func(_ *testing.T, w *chooserWorld) { w.zones.Close("z/1#a"); w.zones.Close("z/2#b") }, "No zone of this account holds the name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second, servers := twins()
			w := newChooserWorld(t, first, second)
			w.PutZone(t, "twin.example", servers...)
			plan := func(approved []byte) (tftypes.Value, []byte, string) {
				client := w.client(t)
				of := client.Schema.ResourceSchemas["postmaster_dns_authorization"].ValueType()
				config := world.DynamicValue(t, of, world.Attributes{"domain": "twin.example", "dns_provider": "memory"})
				ctx := t.Context()
				if approved != nil {
					ctx = protocol.WithPlannedPrivate(ctx, approved)
				}
				resp, err := client.Server.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{
					TypeName: "postmaster_dns_authorization", Config: config, ProposedNewState: config,
					PriorState: world.Dynamic(t, of, tftypes.NewValue(of, nil)),
				})
				if err != nil {
					t.Fatal(err)
				}
				planned, err := resp.PlannedState.Unmarshal(of)
				if err != nil {
					t.Fatal(err)
				}
				var said string
				for _, d := range resp.Diagnostics {
					said += d.Summary + ": " + d.Detail + "\n"
				}
				return planned, resp.PlannedPrivate, said
			}
			approved, private, said := plan(nil)
			if said != "" || textOf(t, approved, "id") != firstTwin {
				t.Fatalf("planned is %s: %s", approved, said)
			}
			c.change(t, w)
			again, _, said := plan(private)
			if c.want == "" && (said != "" || !again.Equal(approved)) || !strings.Contains(said, c.want) {
				t.Errorf("planned is %s: %s; want %q", again, said, c.want)
			}
		})
	}
}
