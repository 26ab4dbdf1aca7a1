package zone_test

import (
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// Our zone is deleted, and somebody else creates one with the same name, which has a record like ours,
// word for word. That record is never removed: not by a destroy, with and without a refresh before it,
// and not by a destroy after an apply that has found it there.
func TestZoneOfOthersWithTheSameName(t *testing.T) {
	ways := map[string]func(t *testing.T, w *vanishingWorld){
		"destroy after a refresh": func(t *testing.T, w *vanishingWorld) {
			run := w.Client(t)
			a, said := run.Refresh(t, w.authorization)
			says(t, "refreshing the authorization", said, "The zone is another one now", "counts as somebody else's")
			r, said := run.Refresh(t, w.records)
			says(t, "refreshing the records", said, "The zone is another one now")
			w.authorization = a
			w.apply(t, recordsType, r, nil)
		},
		"destroy without a refresh": func(t *testing.T, w *vanishingWorld) {
			gone, _, _, applied := w.Client(t).Apply(t, recordsType, w.records, nil)
			says(t, "the destroy", applied, "The zone is not in the account any more", "No record was removed")
			if gone.Type != "" {
				t.Errorf("the records are still there: %s", gone.State)
			}
		},
		"destroy after an apply": func(t *testing.T, w *vanishingWorld) {
			run := w.Client(t)
			w.authorization, _ = run.Refresh(t, w.authorization)
			r, _ := run.Refresh(t, w.records)
			r, _, planned, _ := w.Client(t).Apply(t, recordsType, r, w.recordsConfig("x"))
			says(t, "the plan", planned, "is there already")
			_, _, _, applied := w.Client(t).Apply(t, recordsType, r, nil)
			says(t, "the destroy", applied, "was in the zone before")
		},
		"a change without a refresh": func(t *testing.T, w *vanishingWorld) {
			_, _, planned, applied := w.Client(t).Apply(t, recordsType, w.records, w.recordsConfig("y"))
			if planned.Errors+applied.Errors == "" {
				t.Error("there is no error")
			}
		},
	}
	for _, host := range renewers {
		for name, way := range ways {
			t.Run(host+", "+name, func(t *testing.T) {
				t.Parallel()
				w := newVanishingWorld(t, host, false)
				w.remove(t)
				w.create(t)
				w.Stranger(t, host, vanishing).Add(t, dns.Record{Name: "a." + vanishing, Type: "TXT", TTL: 300, Value: "x"})
				way(t, w)
				if got := w.texts(t); !slices.Equal(got, []string{"x"}) {
					t.Errorf("the others' zone has %q", got)
				}
			})
		}
	}
}

// The account gets a zone for a name in our zone, with a record like ours. Authorization and records stay
// in their zone, and say so once. A destroy removes our record there, and not the one in the new zone.
func TestDeeperZoneThatCameLater(t *testing.T) {
	const deeper = "news." + vanishing
	for _, host := range choosers {
		t.Run(host, func(t *testing.T) {
			t.Parallel()
			w := &vanishingWorld{World: world.NewHasty(t), host: host, configured: world.Attributes{"domain": deeper, "dns_provider": host}}
			w.create(t)
			w.authorization = w.authorize(t)
			config := func() world.Attributes {
				c := w.recordsConfig("x")
				c["records"] = map[string]any{"k": world.Attributes{"name": "a." + deeper, "type": "TXT", "value": "x"}}
				return c
			}
			w.records = w.apply(t, recordsType, world.Object{}, config())
			before := w.authorization.Text(t, "zone_id")
			if err := createZone[host](w.Store(t), deeper); err != nil {
				t.Fatal(err)
			}
			w.Stranger(t, host, deeper).Add(t, dns.Record{Name: "a." + deeper, Type: "TXT", TTL: 300, Value: "x"})
			in := func(zone string) (texts []string) {
				for _, r := range w.Stranger(t, host, zone).Read(t).Records {
					if r.Type == "TXT" && r.Name == "a."+deeper {
						texts = append(texts, r.Value)
					}
				}
				return texts
			}

			run := w.Client(t)
			a, said := run.Refresh(t, w.authorization)
			says(t, "refreshing the authorization", said, "stays in the zone "+vanishing, "has the zone "+deeper)
			r, said := run.Refresh(t, w.records)
			says(t, "refreshing the records", said)
			if a.Text(t, "zone_id") != before || a.Text(t, "zone") != vanishing {
				t.Errorf("the authorization moved to %s: %s", a.Text(t, "zone"), a.Text(t, "zone_id"))
			}
			w.authorization = a
			if _, changes, planned, _ := run.Apply(t, authorizationType, a, w.configured); changes || planned.Errors != "" {
				t.Errorf("the plan of the authorization has changes: %t, %s", changes, planned.Errors)
			}
			if _, changes, planned, _ := run.Apply(t, recordsType, r, config()); changes || planned.Errors != "" {
				t.Errorf("the plan of the records has changes: %t, %s", changes, planned.Errors)
			}
			_, said = w.Client(t).Refresh(t, a)
			says(t, "the second refresh", said)
			if again := in(vanishing); !slices.Equal(again, []string{"x"}) {
				t.Errorf("our zone has %q", again)
			}
			w.apply(t, recordsType, r, nil)
			if ours, others := in(vanishing), in(deeper); len(ours) != 0 || !slices.Equal(others, []string{"x"}) {
				t.Errorf("after the destroy, our zone has %q, and the other one %q", ours, others)
			}
		})
	}
}
