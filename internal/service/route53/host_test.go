package route53_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const zoneName = "shop.example"

// newWorld is a sandbox with a zone at Route 53. Texts of others are at its apex, and addresses by
// weight below it.
func newWorld(t *testing.T) (*world.World, *route53sim.Service) {
	t.Helper()
	w := world.New(t)
	if err := w.Box.AddZones(map[string]string{zoneName: "route53"}); err != nil {
		t.Fatal(err)
	}
	service := route53sim.New(route53sim.Config{Store: w.Store(t)})
	ttl, weight := int64(900), int64(10)
	if err := service.EditZone(zoneName, func(z *route53sim.Zone) {
		z.Sets = append(z.Sets,
			&route53sim.Set{Name: zoneName + ".", Type: "TXT", TTL: &ttl, Values: []route53sim.Value{{Value: `"v=spf1 mx -all"`}, {Value: `"of others"`}}},
			&route53sim.Set{Name: "www." + zoneName + ".", Type: "A", SetIdentifier: "one", Weight: &weight, TTL: &ttl, Values: []route53sim.Value{{Value: "192.0.2.1"}}})
		z.Sort()
	}); err != nil {
		t.Fatal(err)
	}
	return w, service
}

// texts are the texts at the apex, as they are stored.
func texts(t *testing.T, service *route53sim.Service) string {
	t.Helper()
	var values []string
	if err := service.EditZone(zoneName, func(z *route53sim.Zone) {
		for _, s := range z.Sets {
			if s.Type == "TXT" && s.Name == zoneName+"." {
				for _, value := range s.Values {
					values = append(values, value.Value)
				}
			}
		}
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(values, " ")
}

// A domain whose name servers are those of Route 53 is found there. Its records join the sets of others,
// the second plan is empty, and destroy leaves the zone as it was.
func TestRecordsAtRoute53(t *testing.T) {
	t.Parallel()
	w, service := newWorld(t)
	before := texts(t, service)
	config := func(more string) string {
		return w.Provider() + fmt.Sprintf("resource \"postmaster_dns_authorization\" \"a\" {\n  domain = %q\n}\n", zoneName) +
			world.RecordsConfig("r", `spf   = { name = "shop.example", type = "TXT", value = "v=spf1 include:spf.example.net ~all" }
    token = { name = "shop.example", type = "TXT", value = "token" }`+more, "wait_for_propagation = false")
	}
	w.Run(t,
		resource.TestStep{
			Config: config(""),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("dns_provider"), knownvalue.StringExact("route53")),
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("name_servers"), knownvalue.ListSizeExact(4)),
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("write_access"), knownvalue.StringExact("unknown")),
			},
		},
		resource.TestStep{Config: config(""), ConfigPlanChecks: world.EmptyPlan},
		// The plan names the set that is in the way, and nothing is written.
		resource.TestStep{
			Config:      config("\n    www = { name = \"www.shop.example\", type = \"A\", value = \"192.0.2.9\" }"),
			PlanOnly:    true,
			ExpectError: world.Saying("the record set www.shop.example A at Route 53 is one of several sets by weight"),
		},
		resource.TestStep{Config: config("")},
	)
	if got := texts(t, service); got != before {
		t.Errorf("after destroy the apex has %s, and had %s", got, before)
	}
}

// The calls of a run: a list and a zone for each process, a reading, and one change.
func TestCallsOfARun(t *testing.T) {
	t.Parallel()
	w, _ := newWorld(t)
	var records []string
	for i := range 20 {
		records = append(records, fmt.Sprintf("t%d = { name = \"t%d.shop.example\", type = \"TXT\", value = \"x\" }", i, i))
	}
	config := w.Provider() + world.AuthorizationAt("route53", zoneName) + world.RecordsConfig("r", strings.Join(records, "\n    "), "wait_for_propagation = false")
	w.Run(t, resource.TestStep{Config: config, Check: func(*terraform.State) error {
		calls, _ := w.LastApply()
		changes := slices.DeleteFunc(slices.Clone(calls), func(call string) bool { return !strings.HasPrefix(call, "route53 POST") })
		if len(changes) != 1 || len(calls) > 6 {
			return fmt.Errorf("%d calls, %d of them changes: %q", len(calls), len(changes), calls)
		}
		return nil
	}})
}

// Somebody else edits the zone by the same API.
func TestStrangerAtRoute53(t *testing.T) {
	t.Parallel()
	w, service := newWorld(t)
	s := w.Stranger(t, "route53", zoneName)
	s.Add(t, dns.Record{Name: zoneName, Type: "TXT", Value: "third"})
	if got := texts(t, service); !strings.HasSuffix(got, `"of others" "third"`) {
		t.Errorf("the apex has %s", got)
	}
}
