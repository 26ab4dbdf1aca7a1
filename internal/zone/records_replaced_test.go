package zone_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Records are replaced, and the plan does not know in which zone their successor is. In the same zone,
// they stay without a gap. In another zone, nothing of them is left behind, whichever of the two is
// created or deleted first.
func TestReplacedRecordsOfAnUnknownZone(t *testing.T) {
	const both = "both.example"
	for _, to := range []string{"cloudflare", "route53"} {
		for _, createFirst := range []bool{false, true} {
			name := to + ", destroy before create"
			if createFirst {
				name = to + ", create before destroy"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := world.NewHasty(t)
				if err := cloudflaresim.New(cloudflaresim.Config{Store: w.Store(t)}).AddZone(both); err != nil {
					t.Fatal(err)
				}
				if err := route53sim.New(route53sim.Config{Store: w.Store(t)}).AddZone(both); err != nil {
					t.Fatal(err)
				}
				config := func(authorization any) world.Attributes {
					return world.Attributes{"dns_authorization_id": authorization, "wait_for_propagation": false, "records": map[string]any{
						"a": world.Attributes{"name": "a." + both, "type": "TXT", "value": "one"},
						"b": world.Attributes{"name": "b." + both, "type": "TXT", "value": "two"},
					}}
				}
				texts := func(host string) []string {
					var texts []string
					for _, r := range w.Stranger(t, host, both).Read(t).Records {
						if r.Type == "TXT" {
							texts = append(texts, r.Value)
						}
					}
					slices.Sort(texts)
					return texts
				}
				old, _, _, applied := w.Client(t).Apply(t, recordsType, world.Object{}, config("cloudflare/"+both))
				if applied.Errors != "" {
					t.Fatal(applied.Errors)
				}
				private, planned := w.Client(t).PlanNew(t, recordsType, config(world.Unknown{}))
				if planned.Errors != "" {
					t.Fatal(planned.Errors)
				}
				run := w.Client(t)
				remove := func() {
					_, _, _, applied := run.Apply(t, recordsType, old.Replaced(private), nil)
					told := strings.Contains(applied.Warnings, "Records stay for the resource that replaces this one") && strings.Contains(applied.Warnings, "a."+both+` TXT "one"`)
					if applied.Errors != "" || told == createFirst {
						t.Errorf("deleting: %+v", applied)
					}
					if got := texts("cloudflare"); !createFirst && !slices.Equal(got, []string{"one", "two"}) {
						t.Errorf("before the successor is created, the old zone has %q", got)
					}
				}
				if !createFirst {
					remove()
				}
				made, _, planned, applied := run.Apply(t, recordsType, world.Object{}, config(to+"/"+both))
				if planned.Errors+applied.Errors != "" {
					t.Fatal(planned.Errors, applied.Errors)
				}
				if createFirst {
					remove()
				}
				want := map[string][]string{"cloudflare": nil, "route53": nil}
				want[to] = []string{"one", "two"}
				for host, values := range want {
					if got := texts(host); !slices.Equal(got, values) {
						t.Errorf("at %s the zone has %q, want %q", host, got, values)
					}
				}
				if _, changes, planned, _ := w.Client(t).Apply(t, recordsType, made, config(to+"/"+both)); changes || planned.Errors != "" {
					t.Errorf("the next plan has changes: %t, %s", changes, planned.Errors)
				}
			})
		}
	}
}
