package zone_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// becomeSpecial has somebody make the record set of a record special, in a sandbox at a host. Kept is
// whether the set still shows the record. What says what the set is then.
var becomeSpecial = map[string]struct {
	host, what string
	kept       bool
	ours       dns.Record
	make       func(t *testing.T, w *world.World)
}{
	"an alias at Route 53": {"route53", "at Route 53 is an alias of lb.example.net", false, dns.Record{Name: "www." + special, Type: "A", Value: "192.0.2.1"},
		func(t *testing.T, w *world.World) {
			editRoute53(t, w, func(s *route53sim.Set) {
				s.TTL, s.Values, s.AliasTarget = nil, nil, &route53sim.AliasTarget{HostedZoneID: "Z2FDTNDATAQYW2", DNSName: "lb.example.net."}
			})
		}},
	"a weighted set at Route 53": {"route53", "at Route 53 is one of several sets by weight", true, dns.Record{Name: "www." + special, Type: "A", Value: "192.0.2.1"}, weightRoute53},
	"a weighted SPF at Route 53": {"route53", "at Route 53 is one of several sets by weight", true, dns.Record{Name: "www." + special, Type: "TXT", Value: "v=spf1 include:spf.example.net -all"}, weightRoute53},
	"an alias of a text at Route 53": {"route53", "at Route 53 is an alias of spf.example.net", false, dns.Record{Name: "www." + special, Type: "TXT", Value: "v=spf1 include:spf.example.net -all"},
		func(t *testing.T, w *world.World) {
			editRoute53(t, w, func(s *route53sim.Set) {
				s.TTL, s.Values, s.AliasTarget = nil, nil, &route53sim.AliasTarget{HostedZoneID: "Z2FDTNDATAQYW2", DNSName: "spf.example.net."}
			})
		}},
	"a routed set at Google": {"google", "at Google Cloud DNS is one with a routing policy (geolocation)", true, dns.Record{Name: "www." + special, Type: "A", Value: "192.0.2.1"},
		func(t *testing.T, w *world.World) { routeGoogle(t, w, "192.0.2.1") }},
	"a set routed elsewhere at Google": {"google", "at Google Cloud DNS is one with a routing policy (geolocation)", false, dns.Record{Name: "www." + special, Type: "A", Value: "192.0.2.1"},
		func(t *testing.T, w *world.World) { routeGoogle(t, w, "192.0.2.7") }},
	"a routed SPF at Google": {"google", "at Google Cloud DNS is one with a routing policy (geolocation)", true, dns.Record{Name: "www." + special, Type: "TXT", Value: "v=spf1 include:spf.example.net -all"},
		func(t *testing.T, w *world.World) { routeGoogle(t, w, `"v=spf1 include:spf.example.net -all"`) }},
	"an alias at Azure": {"azure", "at Azure DNS is an alias of the Azure resource /subscriptions/S", false, dns.Record{Name: "www." + special, Type: "A", Value: "192.0.2.1"},
		func(t *testing.T, w *world.World) {
			linkAzure(t, w, `{"TTL":60,"targetResource":{"id":"/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/publicIPAddresses/web"}}`)
		}},
	"a profile's set at Azure": {"azure", "at Azure DNS is linked to the Traffic Manager profile /subscriptions/S", false, dns.Record{Name: "www." + special, Type: "CNAME", Value: "host.example.net"},
		func(t *testing.T, w *world.World) {
			linkAzure(t, w, `{"TTL":60,"trafficManagementProfile":{"id":"/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/trafficManagerProfiles/mail"}}`)
		}},
}

func editRoute53(t *testing.T, w *world.World, change func(s *route53sim.Set)) {
	t.Helper()
	err := route53sim.New(route53sim.Config{Store: w.Store(t)}).EditZone(special, func(z *route53sim.Zone) {
		for _, s := range z.Sets {
			if s.Name == "www."+special+"." {
				change(s)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func weightRoute53(t *testing.T, w *world.World) {
	t.Helper()
	editRoute53(t, w, func(s *route53sim.Set) {
		weight := int64(10)
		s.SetIdentifier, s.Weight = "one", &weight
	})
}

func routeGoogle(t *testing.T, w *world.World, value string) {
	t.Helper()
	quoted, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	err = googlesim.New(googlesim.Config{Store: w.Store(t)}).EditZone(googlesim.Project, "special-example", func(z *googlesim.Zone) {
		for _, s := range z.Sets {
			if s.Name == "www."+special+"." {
				s.Rrdatas, s.RoutingPolicy = nil, json.RawMessage(`{"geo":{"items":[{"location":"europe-west1","rrdatas":[`+string(quoted)+`]}]}}`)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

func linkAzure(t *testing.T, w *world.World, properties string) {
	t.Helper()
	err := azuresim.New(azuresim.Config{Store: w.Store(t)}).EditZone(azuresim.Group, special, func(z *azuresim.Zone) {
		for _, s := range z.Sets {
			if s.Name == "www" {
				s.Properties = nil
				if err := json.Unmarshal([]byte(properties), &s.Properties); err != nil {
					t.Error(err)
				}
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A record set of ours becomes one that the host answers for in a way of its own. Whoever wants to join
// or change it learns what it is and what to do. A destroy succeeds, leaves the set alone, and says so in
// the same words.
func TestRecordSetsThatBecomeSpecial(t *testing.T) {
	for name, c := range becomeSpecial {
		t.Run(name, func(t *testing.T) {
			w := world.New(t)
			if err := w.Box.AddZones(map[string]string{special: c.host}); err != nil {
				t.Fatal(err)
			}
			other := w.Stranger(t, c.host, special)
			// Each run of Terraform has an editor of its own.
			editor := func() *dns.Editor {
				run := world.NewRun()
				run.EnterSandbox(w.Box, w.File)
				host, err := zone.ZonesOf(run).Host(zone.AccountKey{Host: c.host})
				if err != nil {
					t.Fatal(err)
				}
				return dns.NewEditor(host, dns.EditorOptions{})
			}
			wanted := func(r dns.Record) []dns.Wanted { return []dns.Wanted{{Key: "k", Record: r}} }
			published, err := editor().Publish(t.Context(), other.Zone, dns.Publication{Owner: "a", Wanted: wanted(c.ours)})
			if err != nil {
				t.Fatal(err)
			}
			c.make(t, w)
			before := other.Read(t)
			says := func(what, text string) {
				t.Helper()
				advice := "To publish a record there, choose another name, or first make it a plain record set by hand; if nobody needs the set, delete it by hand."
				if what == "leave" {
					advice = "If nobody needs the set, delete it by hand." // nothing is to be published any more
				}
				for _, part := range []string{
					"the record set www." + special + " " + c.ours.Type + " " + c.what,
					"The provider never joins, changes or deletes such a set. " + advice,
				} {
					if !strings.Contains(text, part) {
						t.Errorf("%s: %q does not say %q", what, text, part)
					}
				}
			}
			changed := c.ours
			switch c.ours.Type {
			case "A":
				changed.Value = "192.0.2.99"
			case "CNAME":
				changed.Value = "other.example.net"
			default:
				changed.Value = "v=spf1 include:other.example.net -all"
			}
			for what, publication := range map[string]dns.Publication{
				"join":   {Owner: "b", Wanted: wanted(changed), Overwrite: true},
				"change": {Owner: "a", Wanted: wanted(changed), Previous: published.Published},
				"keep":   {Owner: "a", Wanted: wanted(c.ours), Previous: published.Published},
			} {
				planned, err := editor().Plan(t.Context(), other.Zone, publication)
				if err != nil || planned.Err() == nil {
					t.Errorf("%s: %v, %v", what, planned.Err(), err)
					continue
				}
				says(what, planned.Err().Error())
			}
			left, err := editor().Publish(t.Context(), other.Zone, dns.Publication{Owner: "a", Previous: published.Published})
			if err != nil || len(left.Warnings) != 1 {
				t.Fatalf("leave: %+v, %v", left.Warnings, err)
			}
			says("leave", left.Warnings[0].Detail)
			if kept := strings.Contains(left.Warnings[0].Detail, "is not removed"); kept != c.kept || strings.Contains(left.Warnings[0].Detail, "any more") == c.kept {
				t.Errorf("leave: %q", left.Warnings[0].Detail)
			}
			if after := other.Read(t); !slices.EqualFunc(before.Records, after.Records, func(a, b dns.Record) bool { return a.Identity() == b.Identity() && a.TTL == b.TTL }) {
				t.Errorf("the zone was %v, and is %v", before.Records, after.Records)
			}
		})
	}
}
