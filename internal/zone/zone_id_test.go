package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const (
	authorizationA = "postmaster_dns_authorization.a"
	recordsR       = "postmaster_dns_records.r"

	// The ids of the authorization that knows which of the twins is meant.
	firstTwin  = "memory/twin.example#zone_id=z%2F1%23a"
	secondTwin = "memory/twin.example#zone_id=z%2F2%23b"
)

// has expects a text attribute of the authorization.
func has(attribute, value string) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(authorizationA, tfjsonpath.New(attribute), knownvalue.StringExact(value))
}

// acts expects what a plan does to a resource.
func acts(address string, action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return world.PreApply(plancheck.ExpectResourceAction(address, action))
}

// A zone_id says which of two zones with one name is meant, in every form that the host takes. The
// records below the authorization are in that zone alone.
func TestZoneIDOfATwin(t *testing.T) {
	t.Parallel()
	first, second, _ := twins()
	w := newChooserWorld(t, first, second)
	const id, otherForm, otherZone = `zone_id = "z/2#b"`, `zone_id = "zones/z/2#b"`, `zone_id = "zones/z/1#a"`
	w.run(t,
		resource.TestStep{
			Config:            authorization("twin.example", id, "ours"),
			ConfigPlanChecks:  world.PreApply(plancheck.ExpectKnownValue(authorizationA, tfjsonpath.New("id"), knownvalue.StringExact(secondTwin))),
			ConfigStateChecks: []statecheck.StateCheck{has("id", secondTwin), has("zone", "twin.example"), has("zone_id", "z/2#b")},
		},
		resource.TestStep{Config: authorization("twin.example", id, "ours"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: authorization("twin.example", otherForm, "ours"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{ // without zone_id, the zone stays
			Config: authorization("twin.example", "", "ours"), ConfigPlanChecks: world.EmptyPlan,
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a")
				w.checkTexts(t, "z/2#b", "ours")
				return nil
			},
		},
		resource.TestStep{ResourceName: authorizationA, ImportState: true, ImportStateId: secondTwin, ImportStateVerify: true},
		resource.TestStep{ResourceName: authorizationA, ImportState: true, ImportStateId: "memory/twin.example#zone_id=zones/z/2%23b", ImportStateVerify: true},
		resource.TestStep{
			ResourceName: recordsR, ImportState: true,
			ImportStateId: "memory/twin.example#zone_id=zones%2Fz%2F2%23b" + `#{"note":{"name":"note.twin.example","type":"TXT","value":"ours","priority":null}}`,
			ImportStateCheck: func(imported []*terraform.InstanceState) error {
				if got := imported[0].Attributes; got["dns_authorization_id"] != secondTwin || got["records.note.value"] != "ours" {
					return fmt.Errorf("imported is %v", got)
				}
				return nil
			},
		},
		resource.TestStep{ // the records move to the other zone
			Config:            authorization("twin.example", otherZone, "ours"),
			ConfigPlanChecks:  acts(authorizationA, plancheck.ResourceActionReplace),
			ConfigStateChecks: []statecheck.StateCheck{has("id", firstTwin), has("zone_id", "zones/z/1#a")},
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a", "ours")
				w.checkTexts(t, "z/2#b")
				return nil
			},
		},
		resource.TestStep{Config: authorization("twin.example", otherZone, "ours"), ConfigPlanChecks: world.EmptyPlan},
	)
}

// Of two zones with one name, the public DNS chooses. From then on, nothing needs the DNS for that,
// and what it says does not matter any more.
func TestDelegationChoosesATwin(t *testing.T) {
	t.Parallel()
	first, second, servers := twins()
	w := newChooserWorld(t, first, second)
	w.PutZone(t, "twin.example", servers...)
	w.run(t,
		resource.TestStep{
			Config: authorization("twin.example", "", "ours"),
			ConfigPlanChecks: world.PreApply(
				plancheck.ExpectKnownValue(authorizationA, tfjsonpath.New("id"), knownvalue.StringExact(firstTwin)),
				plancheck.ExpectKnownValue(authorizationA, tfjsonpath.New("zone_id"), knownvalue.StringExact("z/1#a")),
			),
			ConfigStateChecks: []statecheck.StateCheck{has("id", firstTwin)},
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a", "ours")
				w.checkTexts(t, "z/2#b")
				return nil
			},
		},
		resource.TestStep{
			PreConfig: func() { w.PutZone(t, "twin.example", "@ NS ns1.two.example.", "@ NS ns2.two.example.") },
			Config:    authorization("twin.example", "", "ours"), ConfigPlanChecks: world.EmptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{has("id", firstTwin)},
		},
		resource.TestStep{ // the zone that was chosen can also be named
			Config: authorization("twin.example", `zone_id = "z/1#a"`, "ours"), ConfigPlanChecks: world.EmptyPlan,
		},
	)
}

// If the public DNS does not choose, the plan lists the zones.
func TestNobodyChoosesATwin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		delegated []string
		says      []string
	}{
		"not delegated":       {nil, []string{"does not know twin.example"}},
		"delegated elsewhere": {[]string{"@ NS ns1.elsewhere.example.", "@ NS ns2.elsewhere.example."}, []string{"is delegated to ns1.elsewhere.example, ns2.elsewhere.example"}},
		"delegated to both":   {[]string{"@ NS ns1.one.example.", "@ NS ns1.two.example."}, []string{"is delegated to ns1.one.example, ns1.two.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first, second, _ := twins()
			w := newChooserWorld(t, second, first)
			if c.delegated != nil {
				w.PutZone(t, "twin.example", c.delegated...)
			}
			w.run(t, resource.TestStep{
				Config: authorization("twin.example", "", "ours"),
				ExpectError: world.SayingInTurn(append([]string{"the account has several zones called twin.example"}, append(c.says,
					"z/1#a, with the name servers ns1.one.example, ns2.one.example", "z/2#b, with", "Set zone_id")...)...),
			})
			if n := w.zones.Applied(); n > 0 {
				t.Errorf("%d writes", n)
			}
		})
	}
}

// An account that gets a second zone with the name keeps the first one, which the state knows.
func TestZoneGetsATwin(t *testing.T) {
	t.Parallel()
	first, second, _ := twins()
	w := newChooserWorld(t, first)
	const plain = "memory/twin.example"
	nothingWritten := func(*terraform.State) error {
		w.checkTexts(t, "z/1#a", "ours")
		w.checkTexts(t, "z/2#b")
		if n := w.zones.Applied(); n != 1 {
			return fmt.Errorf("%d writes, want that of the first step alone", n)
		}
		return nil
	}
	w.run(t,
		resource.TestStep{Config: authorization("twin.example", "", "ours"), ConfigStateChecks: []statecheck.StateCheck{has("id", plain), has("zone_id", "z/1#a")}},
		resource.TestStep{ // what the state has may be in the configuration, as generated ones have it
			Config: authorization("twin.example", `zone_id = "z/1#a"`, "ours"), ConfigPlanChecks: world.EmptyPlan, ConfigStateChecks: []statecheck.StateCheck{has("id", plain)},
		},
		resource.TestStep{
			PreConfig: func() { w.zones.Open(second) },
			Config:    authorization("twin.example", "", "ours"), ConfigPlanChecks: world.EmptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{has("id", firstTwin), has("zone_id", "z/1#a")}, Check: nothingWritten,
		},
		resource.TestStep{Config: authorization("twin.example", "", "ours"), ConfigPlanChecks: world.EmptyPlan, Check: nothingWritten},
		resource.TestStep{Config: authorization("twin.example", "", "changed"), Check: func(*terraform.State) error {
			w.checkTexts(t, "z/1#a", "changed")
			w.checkTexts(t, "z/2#b")
			return nil
		}},
	)
	w.checkTexts(t, "z/1#a") // the destroy, too, knew the zone
}

// The id of an authorization that is written by hand leads to the zone that the public DNS leads to,
// and stays with it.
func TestZoneOfAWrittenIDGetsATwin(t *testing.T) {
	t.Parallel()
	first, second, servers := twins()
	w := newChooserWorld(t, first)
	w.PutZone(t, "twin.example", servers...)
	config := func(id, text string) string {
		return `provider "postmaster" {}` + fmt.Sprintf(`
resource "postmaster_dns_records" "r" {
  dns_authorization_id = %q
  wait_for_propagation = false
  records              = { note = { name = "note.twin.example", type = "TXT", value = %q } }
}
`, id, text)
	}
	w.run(t,
		resource.TestStep{Config: config("memory/twin.example", "ours")},
		resource.TestStep{
			PreConfig: func() { w.zones.Open(second) },
			Config:    config("memory/twin.example", "ours"), ConfigPlanChecks: world.EmptyPlan,
		},
		resource.TestStep{
			PreConfig: func() { w.PutZone(t, "twin.example", "@ NS ns1.two.example.", "@ NS ns2.two.example.") },
			Config:    config("memory/twin.example", "changed"),
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a", "changed")
				w.checkTexts(t, "z/2#b")
				return nil
			},
		},
		resource.TestStep{
			Config: config(secondTwin, "changed"),
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a")
				w.checkTexts(t, "z/2#b", "changed")
				return nil
			},
		},
	)
}

// A zone that is made anew has another ID. An authorization that found it by its name finds it
// again.
func TestZoneIsMadeAnew(t *testing.T) {
	t.Parallel()
	first, second, _ := twins()
	w := newChooserWorld(t, first)
	anew := func() {
		w.zones.Close("z/1#a")
		w.zones.Open(second)
	}
	w.run(t,
		resource.TestStep{Config: authorization("twin.example", "", "")},
		resource.TestStep{
			PreConfig: anew, Config: authorization("twin.example", "", ""), ConfigPlanChecks: world.EmptyPlan,
			ConfigStateChecks: []statecheck.StateCheck{has("id", "memory/twin.example"), has("zone_id", "z/2#b")},
		},
	)
}

// Credentials that may not list zones need zone_id. An authorization that is older than the ban goes
// on with the zone that it knows.
func TestZonesMayNotBeListed(t *testing.T) {
	t.Parallel()
	denied := func() error {
		return &api.Error{Service: "memory", Op: "list zones", Kind: api.ErrAuth, Answer: "not allowed"}
	}
	first, _, _ := twins()
	t.Run("from the beginning", func(t *testing.T) {
		t.Parallel()
		w := newChooserWorld(t, first)
		w.find = denied
		w.run(t,
			resource.TestStep{Config: authorization("twin.example", "", "ours"), ExpectError: world.Saying("not allowed")},
			resource.TestStep{Config: authorization("twin.example", `zone_id = "z/1#a"`, "ours"), ConfigStateChecks: []statecheck.StateCheck{has("id", firstTwin)}},
			resource.TestStep{Config: authorization("twin.example", `zone_id = "z/1#a"`, "ours"), ConfigPlanChecks: world.EmptyPlan},
		)
	})
	t.Run("later", func(t *testing.T) {
		t.Parallel()
		w := newChooserWorld(t, first)
		w.run(t,
			resource.TestStep{Config: authorization("twin.example", "", "ours")},
			resource.TestStep{
				PreConfig: func() { w.find = denied }, Config: authorization("twin.example", "", "ours"), ConfigPlanChecks: world.EmptyPlan,
				ConfigStateChecks: []statecheck.StateCheck{has("id", firstTwin)},
			},
			resource.TestStep{Config: authorization("twin.example", "", "changed"), Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a", "changed")
				return nil
			}},
		)
	})
	t.Run("nor read by its id", func(t *testing.T) {
		t.Parallel()
		w := newChooserWorld(t, first)
		w.run(t,
			resource.TestStep{Config: authorization("twin.example", "", "")},
			resource.TestStep{
				PreConfig: func() {
					w.find = denied
					w.zones.Close("z/1#a")
				},
				Config: authorization("twin.example", "", ""), ExpectError: world.Saying("not allowed"),
			},
			resource.TestStep{PreConfig: func() { w.find = nil; w.zones.Open(first) }, Config: authorization("twin.example", "", "")},
		)
	})
}

// Two zones with one name have nothing to do with each other: records that exclude each other stand
// in both, each zone is read and written for itself, and a removal from one leaves the other alone.
func TestTwinsDoNotMeet(t *testing.T) {
	t.Parallel()
	first, second, _ := twins()
	w := newChooserWorld(t, first, second)
	config := func(policies ...string) string {
		text := `provider "postmaster" {}` + "\n"
		for i, policy := range policies {
			text += fmt.Sprintf(`
resource "postmaster_dns_authorization" "t%[1]d" {
  domain       = "twin.example"
  dns_provider = "memory"
  zone_id      = %[2]q
}
`, i, []string{"z/1#a", "z/2#b"}[i])
			if policy == "" {
				continue
			}
			text += fmt.Sprintf(`
resource "postmaster_dns_records" "t%[1]d" {
  dns_authorization_id = postmaster_dns_authorization.t%[1]d.id
  wait_for_propagation = false
  records = {
    dmarc = { name = "_dmarc.twin.example", type = "TXT", value = "v=DMARC1; p=%[2]s" }
    spf   = { name = "twin.example", type = "TXT", value = "v=spf1 mx -all" }
  }
}
`, i, policy)
		}
		return text
	}
	texts := func(one, other []string) resource.TestCheckFunc {
		return func(*terraform.State) error {
			w.checkTexts(t, "z/1#a", one...)
			w.checkTexts(t, "z/2#b", other...)
			return nil
		}
	}
	none, reject := []string{"v=DMARC1; p=none", "v=spf1 mx -all"}, []string{"v=DMARC1; p=reject", "v=spf1 mx -all"}
	w.run(t,
		resource.TestStep{Config: config("none", "reject"), Check: texts(none, reject)},
		resource.TestStep{Config: config("none", "reject"), ConfigPlanChecks: world.EmptyPlan},
		resource.TestStep{Config: config("reject", "none"), Check: texts(reject, none)},
		resource.TestStep{Config: config("", "none"), Check: texts(nil, none)}, // although the other zone has the same SPF record
		resource.TestStep{Config: config("", "none"), ConfigPlanChecks: world.EmptyPlan},
	)
	if heard := w.heard(); strings.Contains(heard, "another resource") {
		t.Errorf("the resources heard of each other: %s", heard)
	}
}

// Many resources in a zone ask for its ID once in each process.
func TestZoneIDCostsOneCall(t *testing.T) {
	t.Parallel()
	first, second, _ := twins()
	w := newChooserWorld(t, first, second)
	config := authorization("twin.example", `zone_id = "z/1#a"`, "")
	for i := range 10 {
		config += world.RecordsConfig(fmt.Sprintf("r%d", i), fmt.Sprintf(`note = { name = "n%d.twin.example", type = "TXT", value = "ours" }`, i), "wait_for_propagation = false")
	}
	var before int
	w.run(t,
		resource.TestStep{Config: config, Check: func(*terraform.State) error {
			before = w.zones.ByID()
			return nil
		}},
		resource.TestStep{Config: config, PlanOnly: true},
	)
	// What the authorization has and what the id has are two forms of the ID, at most.
	if calls := w.zones.ByID() - before; calls == 0 || calls > 12 {
		t.Errorf("%d calls for two plans and a destroy of eleven resources", calls)
	}
}

// Records stay in the zone in which they were published, if the account gets another zone with that
// name and the domain is delegated to it before anything was refreshed: what is in the other zone is
// somebody else's, even if it looks the same.
func TestRecordsStayInTheirZone(t *testing.T) {
	t.Parallel()
	first, second, servers := twins()
	w := newChooserWorld(t, first)
	w.PutZone(t, "twin.example", servers...)
	config := func(text string) string {
		return `provider "postmaster" {}` + fmt.Sprintf(`
resource "postmaster_dns_records" "r" {
  dns_authorization_id = "memory/twin.example"
  wait_for_propagation = false
  records              = { note = { name = "note.twin.example", type = "TXT", value = %q } }
}
`, text)
	}
	foreign := dns.Record{Name: "note.twin.example", Type: "TXT", Value: "ours"}
	w.run(t,
		resource.TestStep{Config: config("ours")},
		resource.TestStep{
			PreConfig: func() {
				w.zones.Open(second)
				w.zones.Add("z/2#b", foreign)
				w.PutZone(t, "twin.example", "@ NS ns1.two.example.", "@ NS ns2.two.example.")
			},
			Config: config("changed"),
			Check: func(*terraform.State) error {
				w.checkTexts(t, "z/1#a", "changed")
				w.checkTexts(t, "z/2#b", "ours")
				return nil
			},
		},
		resource.TestStep{Config: config("changed"), ConfigPlanChecks: world.EmptyPlan},
	)
	w.checkTexts(t, "z/1#a")
	w.checkTexts(t, "z/2#b", "ours") // the destroy left it
}
