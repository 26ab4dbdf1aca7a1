package zone_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const special = "special.example"

// specialZones make a zone at each host whose record sets can be special. A special set is at mta-sts,
// and at some hosts also one of MX records and one at autodiscover. All others can be imported.
var specialZones = map[string]struct {
	make    func(t *testing.T, w *world.World)
	sets    []string // that can be imported
	leftOut map[string]string
}{
	"route53": {
		func(t *testing.T, w *world.World) {
			ttl, weight := int64(300), int64(10)
			value := func(v string) []route53sim.Value { return []route53sim.Value{{Value: v}} }
			err := route53sim.New(route53sim.Config{Store: w.Store(t)}).EditZone(special, func(z *route53sim.Zone) {
				for _, id := range []string{"one", "two"} {
					z.Sets = append(z.Sets,
						&route53sim.Set{Name: special + ".", Type: "MX", SetIdentifier: id, Weight: &weight, TTL: &ttl, Values: value("10 " + id + ".example.net.")})
				}
				z.Sets = append(z.Sets,
					&route53sim.Set{Name: "mta-sts." + special + ".", Type: "A", AliasTarget: &route53sim.AliasTarget{HostedZoneID: "Z2FDTNDATAQYW2", DNSName: "d1.cloudfront.example.net."}},
					&route53sim.Set{Name: "_mta-sts." + special + ".", Type: "TXT", TTL: &ttl, Values: value(`"v=STSv1; id=1"`)},
					&route53sim.Set{Name: "_dmarc." + special + ".", Type: "TXT", TTL: &ttl, Values: value(`"v=DMARC1; p=none"`)})
				z.Sort()
			})
			if err != nil {
				t.Fatal(err)
			}
		},
		[]string{"mail-dmarc", "mail-mta-sts"},
		map[string]string{"mail-mx": "one of several sets by weight", "mail-mta-sts": "an alias of d1.cloudfront.example.net"},
	},
	"google": {
		func(t *testing.T, w *world.World) {
			text := func(name, value string) *googlesim.RecordSet {
				return &googlesim.RecordSet{Name: name + "." + special + ".", Type: "TXT", TTL: 300, Rrdatas: []string{value}}
			}
			err := googlesim.New(googlesim.Config{Store: w.Store(t)}).EditZone(googlesim.Project, "special-example", func(z *googlesim.Zone) {
				z.Sets = append(z.Sets,
					&googlesim.RecordSet{Name: special + ".", Type: "MX", TTL: 300, RoutingPolicy: json.RawMessage(`{"geo":{"items":[{"location":"europe-west1","rrdatas":["10 mx.example.net."]}]}}`)},
					&googlesim.RecordSet{Name: "mta-sts." + special + ".", Type: "A", TTL: 300, RoutingPolicy: json.RawMessage(`{"wrr":{"items":[{"weight":1,"rrdatas":["192.0.2.1"]}]}}`)},
					text("_mta-sts", `"v=STSv1; id=1"`), text("_dmarc", `"v=DMARC1; p=none"`))
			})
			if err != nil {
				t.Fatal(err)
			}
		},
		[]string{"mail-dmarc", "mail-mta-sts"},
		map[string]string{"mail-mx": "routing policy (geolocation)", "mail-mta-sts": "routing policy (weighted round robin)"},
	},
	"azure": {
		func(t *testing.T, w *world.World) {
			set := func(recordType, name, properties string) *azuresim.Set {
				s := &azuresim.Set{Type: recordType, Name: name}
				if err := json.Unmarshal([]byte(properties), &s.Properties); err != nil {
					t.Fatal(err)
				}
				return s
			}
			err := azuresim.New(azuresim.Config{Store: w.Store(t)}).EditZone(azuresim.Group, special, func(z *azuresim.Zone) {
				z.Sets = append(z.Sets,
					set("A", "mta-sts", `{"TTL":60,"targetResource":{"id":"/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/publicIPAddresses/web"}}`),
					set("CNAME", "autodiscover", `{"TTL":60,"trafficManagementProfile":{"id":"/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/trafficManagerProfiles/mail"}}`),
					set("TXT", "_mta-sts", `{"TTL":300,"TXTRecords":[{"value":["v=STSv1; id=1"]}]}`),
					set("TXT", "_dmarc", `{"TTL":300,"TXTRecords":[{"value":["v=DMARC1; p=none"]}]}`))
			})
			if err != nil {
				t.Fatal(err)
			}
		},
		[]string{"mail-dmarc", "mail-mta-sts"},
		map[string]string{"mail-mta-sts": "an alias of the Azure resource", "mail-clients": "linked to the Traffic Manager profile"},
	},
}

// newSpecialWorld is a sandbox with the zone at a host.
func newSpecialWorld(t *testing.T, host string) *world.World {
	t.Helper()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{special: host}); err != nil {
		t.Fatal(err)
	}
	specialZones[host].make(t, w)
	return w
}

// The data source shows record sets that cannot be managed here apart from those that can. Whoever
// imports all sets that it offers has an empty plan.
func TestSpecialRecordSetsAreNotOffered(t *testing.T) {
	t.Parallel()
	for host, c := range specialZones {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := newSpecialWorld(t, host)
			shown := w.Provider() + fmt.Sprintf("\ndata \"postmaster_zone_records\" \"z\" {\n  dns_authorization_id = \"%s/%s\"\n}\n", host, special)
			const z = "data.postmaster_zone_records.z"
			offered := map[string]knownvalue.Check{}
			for _, label := range c.sets {
				offered[label] = knownvalue.NotNull()
			}
			var left []knownvalue.Check
			for _, label := range slices.Sorted(maps.Keys(c.leftOut)) {
				left = append(left, knownvalue.ObjectPartial(map[string]knownvalue.Check{
					"set": knownvalue.StringExact(label), "reason": knownvalue.StringRegexp(world.Saying(c.leftOut[label])),
				}))
			}
			w.Run(t,
				resource.TestStep{Config: shown, ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(z, tfjsonpath.New("sets"), knownvalue.MapExact(offered)),
					statecheck.ExpectKnownValue(z, tfjsonpath.New("sets").AtMapKey("mail-mta-sts").AtMapKey("records"), knownvalue.MapSizeExact(1)),
					statecheck.ExpectKnownValue(z, tfjsonpath.New("left_out"), knownvalue.ListExact(left)),
				}},
				resource.TestStep{
					Config:           shown + adopting(host, c.sets),
					ConfigPlanChecks: world.PreApply(noops(c.sets)...),
				},
			)
		})
	}
}

// adopting imports sets as the data source shows them, each into a resource that is called like it.
func adopting(host string, sets []string) string {
	var config strings.Builder
	for _, label := range sets {
		fmt.Fprintf(&config, `
import {
  to = postmaster_dns_records.%[1]s
  id = data.postmaster_zone_records.z.sets[%[1]q].import_id
}
resource "postmaster_dns_records" %[1]q {
  dns_authorization_id = "%[2]s/%[3]s"
  records              = data.postmaster_zone_records.z.sets[%[1]q].records
}
`, label, host, special)
	}
	return config.String()
}

// noops expects that the plan changes nothing in the imported sets.
func noops(sets []string) []plancheck.PlanCheck {
	var checks []plancheck.PlanCheck
	for _, label := range sets {
		checks = append(checks, plancheck.ExpectResourceAction("postmaster_dns_records."+label, plancheck.ResourceActionNoop))
	}
	return checks
}

// A list leaves them out with a warning, and what is generated from it plans nothing.
func TestSpecialRecordSetsAreNotListed(t *testing.T) {
	t.Parallel()
	for host, c := range specialZones {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := newSpecialWorld(t, host)
			client := w.Client(t)
			var sets []string
			var said string
			for _, found := range client.List(t, "postmaster_dns_records", world.Attributes{"dns_authorization_id": host + "/" + special}, true, 0) {
				for _, d := range found.Diagnostics {
					said += d.Summary + ": " + d.Detail + "\n"
					if d.Severity == tfprotov6.DiagnosticSeverityError {
						t.Errorf("%s: %s", d.Summary, d.Detail)
					}
				}
				if found.Name == "" {
					continue
				}
				sets = append(sets, strings.Fields(found.Name)[1])
				imported, problem := client.ImportBy(t, "postmaster_dns_records", "", found.Identity)
				if problem != "" {
					t.Errorf("importing %s: %s", found.Name, problem)
					continue
				}
				if planned, problem := client.PlanAsGenerated(t, "postmaster_dns_records", imported); problem != "" || !planned.Equal(imported.State) {
					t.Errorf("%s is planned as %s: %s", found.Name, planned, problem)
				}
			}
			for i, set := range sets {
				sets[i] = strings.TrimSuffix(set, ",")
			}
			if !slices.Equal(sets, c.sets) {
				t.Errorf("the list has %q, want %q", sets, c.sets)
			}
			for _, reason := range c.leftOut {
				if !strings.Contains(said, "left out") || !strings.Contains(said, reason) {
					t.Errorf("the list says %q and nothing of %q", said, reason)
				}
			}
		})
	}
}

// The import of a set that has special record sets alone says why it is refused.
func TestSpecialRecordSetIsNotImported(t *testing.T) {
	t.Parallel()
	for host, label := range map[string]string{"route53": "mail-mx", "google": "mail-mx", "azure": "mail-clients"} {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := newSpecialWorld(t, host)
			client := w.Client(t)
			_, said := client.ImportBy(t, "postmaster_dns_records", host+"/"+special+"#"+label, tftypes.NewValue(tftypes.String, nil))
			if !strings.Contains(said, specialZones[host].leftOut[label]) || !strings.Contains(said, "Leave the import out") {
				t.Errorf("the import says %q", said)
			}
		})
	}
}
