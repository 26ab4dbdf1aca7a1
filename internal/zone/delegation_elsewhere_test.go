package zone_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// If another zone with the same name is delegated, at the same host, the warning says which one, and
// what to do.
func TestAnotherZoneIsDelegated(t *testing.T) {
	t.Parallel()
	const both = `set zone_id = "z/1#a"`
	inherited := func(w *chooserWorld) { // the account has one more zone, with name servers of its own
		w.zones.Open(dns.HostedZone{Apex: "twin.example", ID: "z/3", NameServers: []string{"ns3.one.example"}})
	}
	for name, c := range map[string]struct {
		change func(w *chooserWorld)
		says   []string
		silent string // what the warning must not say
	}{
		"the account shows it": {func(*chooserWorld) {},
			[]string{"several zones called twin.example", "the one with the id z/2#b", "the name servers of the zone with the id z/1#a", both, "ns1.two.example, ns2.two.example"}, ""},
		"among three": {inherited, []string{"the name servers of the zone with the id z/1#a", both}, "z/3"},
		"another account has it": {func(w *chooserWorld) { w.zones.Close("z/1#a") },
			[]string{"the zone twin.example with the id z/2#b", "ns1.one.example, ns2.one.example", "another account", "set zone_id to its id", "ns1.two.example, ns2.two.example"}, "z/1#a"},
		"a third zone is no answer": {func(w *chooserWorld) { w.zones.Close("z/1#a"); inherited(w) },
			[]string{"another account", "set zone_id to its id"}, "z/3"},
		"zones may not be listed": {func(w *chooserWorld) { w.find = func() error { return errors.New("not allowed") } },
			[]string{"another account", "set zone_id to its id"}, "z/1#a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second, servers := twins()
			w := newChooserWorld(t, first, second)
			w.PutZone(t, "twin.example", servers...)
			c.change(w)
			w.run(t, resource.TestStep{
				Config: authorization("twin.example", `zone_id = "z/2#b"`, ""),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(authorizationA, tfjsonpath.New("delegated"), knownvalue.Bool(false)),
				},
				Check: func(*terraform.State) error {
					heard := w.heard()
					if !world.SayingInTurn(c.says...).MatchString(heard) {
						return fmt.Errorf("the warning is %q, want %q", heard, c.says)
					}
					if c.silent != "" && strings.Contains(heard, c.silent) {
						return fmt.Errorf("the warning names %s: %s", c.silent, heard)
					}
					if strings.Contains(heard, "change dns_provider") {
						return fmt.Errorf("the warning says that the domain has moved to another host: %s", heard)
					}
					return nil
				},
			})
		})
	}
}

// To follow the warning settles it: the records move to the delegated zone.
func TestDelegatedZoneIsChosen(t *testing.T) {
	t.Parallel()
	first, second, servers := twins()
	w := newChooserWorld(t, first, second)
	w.PutZone(t, "twin.example", servers...)
	w.run(t,
		resource.TestStep{Config: authorization("twin.example", `zone_id = "z/2#b"`, "ours")},
		resource.TestStep{
			Config: authorization("twin.example", `zone_id = "z/1#a"`, "ours"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(authorizationA, tfjsonpath.New("delegated"), knownvalue.Bool(true)),
			},
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a", "ours")
				w.checkTexts(t, "z/2#b")
				return nil
			},
		},
		resource.TestStep{Config: authorization("twin.example", `zone_id = "z/1#a"`, "ours"), ConfigPlanChecks: world.EmptyPlan},
	)
}
