package zone_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// replacing is a configuration whose records are replaced by another number of the run. Their
// authorization is an expression.
func replacing(run int, authorization string, createFirst bool, text string) string {
	return fmt.Sprintf(`
resource "terraform_data" "run" {
  input = %d
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = %s
  wait_for_propagation = false
  records              = { note = { name = "note.twin.example", type = "TXT", value = %q } }
  lifecycle {
    replace_triggered_by  = [terraform_data.run]
    create_before_destroy = %t
  }
}
`, run, authorization, text, createFirst)
}

// texts returns an error unless the zones have these TXT records.
func (w *chooserWorld) texts(want map[string][]string) error {
	var errs []error
	for zone, texts := range want {
		var got []string
		for _, r := range w.zones.Records(zone) {
			if r.Type == "TXT" {
				got = append(got, r.Value)
			}
		}
		if !slices.Equal(got, texts) {
			errs = append(errs, fmt.Errorf("the zone %s has the texts %q, want %q", zone, got, texts))
		}
	}
	return errors.Join(errs...)
}

// Records are replaced after the account has got another zone with the name. With an authorization,
// they stay in its zone. If their authorization is an id that is written by hand and does not say which
// zone is meant, the plan stops with the list of zones, and nothing is destroyed. To follow its advice
// moves the records, or leaves them where they are.
func TestRecordsAreReplacedBesideATwin(t *testing.T) {
	t.Parallel()
	for _, createFirst := range []bool{false, true} {
		name := "destroy before create"
		if createFirst {
			name = "create before destroy"
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const written = `"memory/twin.example"`
			foreign := dns.Record{Name: "note.twin.example", Type: "TXT", Value: "theirs"}
			listed := world.SayingInTurn("several zones called twin.example", "z/1#a", "z/2#b", "#zone_id=")

			t.Run("by an authorization", func(t *testing.T) {
				t.Parallel()
				first, second, servers := twins()
				w := newChooserWorld(t, first)
				w.PutZone(t, "twin.example", servers...)
				config := func(run int) string {
					return authorization("twin.example", "", "") + replacing(run, "postmaster_dns_authorization.a.id", createFirst, "ours")
				}
				w.run(t,
					resource.TestStep{Config: config(1)},
					resource.TestStep{
						PreConfig: func() { w.zones.Open(second); w.zones.Add("z/2#b", foreign) },
						Config:    config(2), ConfigPlanChecks: acts(recordsR, action(createFirst)),
						Check: func(*terraform.State) error {
							return w.texts(map[string][]string{"z/1#a": {"ours"}, "z/2#b": {"theirs"}})
						},
					},
					resource.TestStep{Config: config(2), ConfigPlanChecks: world.EmptyPlan},
				)
				if err := w.texts(map[string][]string{"z/1#a": nil, "z/2#b": {"theirs"}}); err != nil {
					t.Error(err)
				}
			})
			for to, want := range map[string][2][]string{
				firstTwin:  {{"ours"}, {"theirs"}},
				secondTwin: {nil, {"theirs", "ours"}},
			} {
				t.Run("by a written id, which then names "+to, func(t *testing.T) {
					t.Parallel()
					first, second, servers := twins()
					w := newChooserWorld(t, first)
					w.PutZone(t, "twin.example", servers...)
					config := func(run int, id string) string {
						return "provider \"postmaster\" {}\n" + replacing(run, id, createFirst, "ours")
					}
					w.run(t,
						resource.TestStep{Config: config(1, written)},
						resource.TestStep{
							PreConfig: func() { w.zones.Open(second); w.zones.Add("z/2#b", foreign) },
							Config:    config(2, written), ExpectError: listed,
						},
						resource.TestStep{ // a taint is a replacement, too, and its plan knows less
							PreConfig: func() {
								if err := w.texts(map[string][]string{"z/1#a": {"ours"}, "z/2#b": {"theirs"}}); err != nil {
									t.Error(err)
								}
							},
							Taint: []string{recordsR}, Config: config(1, written), ExpectError: listed,
						},
						resource.TestStep{
							PreConfig: func() {
								if err := w.texts(map[string][]string{"z/1#a": {"ours"}, "z/2#b": {"theirs"}}); err != nil {
									t.Error(err)
								}
							},
							Config: config(1, fmt.Sprintf("%q", to)), ConfigPlanChecks: acts(recordsR, action(createFirst)),
							Check: func(*terraform.State) error {
								return w.texts(map[string][]string{"z/1#a": want[0], "z/2#b": want[1]})
							},
						},
						resource.TestStep{Config: config(1, fmt.Sprintf("%q", to)), ConfigPlanChecks: world.EmptyPlan},
					)
					if err := w.texts(map[string][]string{"z/1#a": nil, "z/2#b": {"theirs"}}); err != nil {
						t.Error(err)
					}
				})
			}
		})
	}
}

// action is how a replacement is planned.
func action(createFirst bool) plancheck.ResourceActionType {
	if createFirst {
		return plancheck.ResourceActionCreateBeforeDestroy
	}
	return plancheck.ResourceActionDestroyBeforeCreate
}

// Records are replaced and move to another host at once. Nothing of ours stays behind.
func TestReplacedRecordsMoveToAnotherHost(t *testing.T) {
	t.Parallel()
	for _, tainted := range []bool{false, true} {
		for _, createFirst := range []bool{false, true} {
			t.Run(fmt.Sprintf("tainted %t, create first %t", tainted, createFirst), func(t *testing.T) {
				t.Parallel()
				w := world.NewHasty(t)
				if err := w.Box.AddZones(map[string]string{"sub.twin.example": "azure", "twin.example": "cloudflare"}); err != nil {
					t.Fatal(err)
				}
				config := func(run int, id string) string {
					return w.Provider() + "\n" + strings.ReplaceAll(replacing(run, fmt.Sprintf("%q", id), createFirst, "ours"), "note.twin.example", "note.sub.twin.example")
				}
				from, to := w.Stranger(t, "cloudflare", "twin.example"), w.Stranger(t, "azure", "sub.twin.example")
				second, taint := 2, []string(nil)
				if tainted {
					second, taint = 1, []string{recordsR}
				}
				const name = "note.sub.twin.example"
				w.Run(t,
					resource.TestStep{Config: config(1, "cloudflare/twin.example"), Check: from.Holds(t, name, "TXT", "ours")},
					resource.TestStep{
						Taint: taint, Config: config(second, "azure/sub.twin.example"), ConfigPlanChecks: acts(recordsR, action(createFirst)),
						Check: func(s *terraform.State) error {
							return errors.Join(from.Holds(t, name, "TXT")(s), to.Holds(t, name, "TXT", "ours")(s))
						},
					},
					resource.TestStep{Config: config(second, "azure/sub.twin.example"), ConfigPlanChecks: world.EmptyPlan},
					resource.TestStep{Config: w.Provider(), Check: to.Holds(t, name, "TXT")},
				)
			})
		}
	}
}
