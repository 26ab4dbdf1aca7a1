package zone_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const vanishing = "vanishing.example"

// deleteZone has somebody delete the zone with all of its records, at each host.
var deleteZone = map[string]func(st *store.Store) error{
	"azure": func(st *store.Store) error {
		return store.Update(st, azuresim.Section, func(s *azuresim.State) error {
			s.Revision++
			s.Zones = without(s.Zones, func(z *azuresim.Zone) bool { return z.Name == vanishing })
			return nil
		})
	},
	"cloudflare": func(st *store.Store) error {
		return store.Update(st, cloudflaresim.Section, func(s *cloudflaresim.State) error {
			s.Revision++
			s.Zones = without(s.Zones, func(z *cloudflaresim.Zone) bool { return z.Name == vanishing })
			return nil
		})
	},
	"godaddy": func(st *store.Store) error {
		return store.Update(st, godaddysim.Section, func(s *godaddysim.State) error {
			s.Changes++
			s.Zones = without(s.Zones, func(z godaddysim.Zone) bool { return z.Name == vanishing })
			return nil
		})
	},
	"google": func(st *store.Store) error {
		return store.Update(st, googlesim.Section, func(s *googlesim.State) error {
			s.Revision++
			s.Zones = without(s.Zones, func(z *googlesim.Zone) bool { return z.DNSName == vanishing })
			return nil
		})
	},
	"namecheap": func(st *store.Store) error {
		return store.Update(st, namecheapsim.Section, func(s *namecheapsim.State) error {
			s.Changes++
			s.Domains = without(s.Domains, func(d namecheapsim.Domain) bool { return d.Name == vanishing })
			return nil
		})
	},
	"rfc2136": func(st *store.Store) error {
		return store.Update(st, rfc2136sim.Section, func(s *rfc2136sim.State) error {
			delete(s.Zones, vanishing)
			return nil
		})
	},
	"route53": func(st *store.Store) error {
		return store.Update(st, route53sim.Section, func(s *route53sim.State) error {
			s.Revision++
			s.Zones = without(s.Zones, func(z *route53sim.Zone) bool { return z.Name == vanishing+"." })
			return nil
		})
	},
	"yandex": func(st *store.Store) error {
		return store.Update(st, yandexsim.Section, func(s *yandexsim.State) error {
			s.Changes++
			s.Zones = without(s.Zones, func(z yandexsim.Zone) bool { return z.Apex == vanishing })
			s.Domains = without(s.Domains, func(d yandexsim.Domain) bool { return d.Name == vanishing })
			return nil
		})
	},
}

func without[T any](all []T, is func(T) bool) []T {
	var kept []T
	for _, one := range all {
		if !is(one) {
			kept = append(kept, one)
		}
	}
	return kept
}

// createZone has somebody create the zone, at each host. One that is created again has another ID where
// the host gives out IDs.
var createZone = map[string]func(st *store.Store, apex string) error{
	"azure": func(st *store.Store, apex string) error {
		return azuresim.New(azuresim.Config{Store: st}).AddZone(apex)
	},
	"cloudflare": func(st *store.Store, apex string) error {
		return cloudflaresim.New(cloudflaresim.Config{Store: st}).AddZone(apex)
	},
	"godaddy": func(st *store.Store, apex string) error {
		return godaddysim.New(godaddysim.Config{Store: st}).AddZone(apex)
	},
	"google": func(st *store.Store, apex string) error {
		return googlesim.New(googlesim.Config{Store: st}).AddZone(apex)
	},
	"namecheap": func(st *store.Store, apex string) error {
		return namecheapsim.New(namecheapsim.Config{Store: st}).AddZone(apex)
	},
	"rfc2136": func(st *store.Store, apex string) error {
		return rfc2136sim.New(rfc2136sim.Config{Store: st}).AddZone(apex)
	},
	"route53": func(st *store.Store, apex string) error {
		return route53sim.New(route53sim.Config{Store: st}).AddZone(apex)
	},
	"yandex": func(st *store.Store, apex string) error {
		return yandexsim.New(yandexsim.Config{Store: st}).AddZone(apex)
	},
}

// The hosts that give out IDs of zones, by which an authorization can name one, and those whose IDs are
// new when a zone is created again.
var (
	choosers = []string{"azure", "cloudflare", "google", "route53"}
	renewers = []string{"cloudflare", "route53"}
)

const (
	authorizationType = "postmaster_dns_authorization"
	recordsType       = "postmaster_dns_records"
)

// vanishingWorld is a sandbox with the zone, an authorization for it, and a record of ours in it.
type vanishingWorld struct {
	*world.World
	host                   string
	authorization, records world.Object
	configured             world.Attributes // of the authorization
}

func newVanishingWorld(t *testing.T, host string, byID bool) *vanishingWorld {
	t.Helper()
	w := &vanishingWorld{World: world.NewHasty(t), host: host, configured: world.Attributes{"domain": vanishing, "dns_provider": host}}
	w.create(t)
	if byID {
		w.configured["zone_id"] = w.authorize(t).Text(t, "zone_id")
	}
	w.authorization = w.authorize(t)
	w.records = w.apply(t, recordsType, world.Object{}, w.recordsConfig("x"))
	return w
}

// create has somebody create the zone.
func (w *vanishingWorld) create(t *testing.T) {
	t.Helper()
	if err := createZone[w.host](w.Store(t), vanishing); err != nil {
		t.Fatal(err)
	}
	if w.host == "yandex" {
		w.RegisterAtYandex(t, yandexsim.Token, vanishing)
	}
}

// remove has somebody delete the zone.
func (w *vanishingWorld) remove(t *testing.T) {
	t.Helper()
	if err := deleteZone[w.host](w.Store(t)); err != nil {
		t.Fatal(err)
	}
}

// authorize creates the authorization as it is configured.
func (w *vanishingWorld) authorize(t *testing.T) world.Object {
	t.Helper()
	return w.apply(t, authorizationType, world.Object{}, w.configured)
}

func (w *vanishingWorld) recordsConfig(value string) world.Attributes {
	return world.Attributes{
		"dns_authorization_id": idOf(w.authorization), "wait_for_propagation": false,
		"records": map[string]any{"k": world.Attributes{"name": "a." + vanishing, "type": "TXT", "value": value}},
	}
}

// idOf returns the id of an object.
func idOf(o world.Object) string {
	var attributes map[string]tftypes.Value
	var id string
	if o.State.Copy().As(&attributes) != nil || attributes["id"].As(&id) != nil {
		return ""
	}
	return id
}

// apply changes an object in a run of its own, without errors and warnings.
func (w *vanishingWorld) apply(t *testing.T, typeName string, object world.Object, config world.Attributes) world.Object {
	t.Helper()
	after, _, planned, applied := w.Client(t).Apply(t, typeName, object, config)
	if said := planned.Errors + planned.Warnings + applied.Errors + applied.Warnings; said != "" {
		t.Fatalf("%s: %s", typeName, said)
	}
	return after
}

// says checks what a provider says: no error, and these parts in its warnings.
func says(t *testing.T, what string, said world.Said, parts ...string) {
	t.Helper()
	if said.Errors != "" {
		t.Errorf("%s: %s", what, said.Errors)
	}
	for _, part := range parts {
		if !strings.Contains(said.Warnings, part) {
			t.Errorf("%s: %q\nis not in %q", what, part, said.Warnings)
		}
	}
	if len(parts) == 0 && said.Warnings != "" {
		t.Errorf("%s: %s", what, said.Warnings)
	}
}

// texts are the texts in the zone below its apex.
func (w *vanishingWorld) texts(t *testing.T) []string {
	t.Helper()
	var texts []string
	for _, r := range w.Stranger(t, w.host, vanishing).Read(t).Records {
		if r.Type == "TXT" && r.Name == "a."+vanishing {
			texts = append(texts, r.Value)
		}
	}
	return texts
}

// eachVanishing runs a test at each host: with an authorization that names the zone by its name, and at
// hosts that give out IDs also by its ID.
func eachVanishing(t *testing.T, test func(t *testing.T, w *vanishingWorld, byID bool)) {
	for _, host := range slices.Sorted(maps.Keys(deleteZone)) {
		for _, byID := range []bool{false, true} {
			if byID && !slices.Contains(choosers, host) {
				continue
			}
			t.Run(fmt.Sprintf("%s, by its id: %t", host, byID), func(t *testing.T) {
				t.Parallel()
				test(t, newVanishingWorld(t, host, byID), byID)
			})
		}
	}
}

// Somebody deletes the zone. A refresh leaves the state as it is and says why, and what to do. A plan of
// the same configuration changes nothing. A change fails, and says so. A destroy succeeds, claims no
// deletion, and names the records that may be left.
func TestZoneIsGone(t *testing.T) {
	eachVanishing(t, func(t *testing.T, w *vanishingWorld, byID bool) {
		w.remove(t)
		again := "If the zone is created again, the next plan finds it by its name."
		if byID {
			again = "If the zone is created again and has another id then, correct zone_id"
		}
		run := w.Client(t)
		a, said := run.Refresh(t, w.authorization)
		says(t, "refreshing the authorization", said, "The zone is not in the account any more", again, "If it is gone for good")
		r, said := run.Refresh(t, w.records)
		says(t, "refreshing the records", said, "The zone is not in the account any more", "left in the state as they are", again, "its destroy changes nothing then")
		if !r.State.Equal(w.records.State) {
			t.Errorf("the records are %s, and were %s", r.State, w.records.State)
		}
		for typeName, object := range map[string]world.Object{authorizationType: a, recordsType: r} {
			config := w.configured
			if typeName == recordsType {
				config = w.recordsConfig("x")
			}
			if _, changes, planned, _ := run.Apply(t, typeName, object, config); changes || planned.Errors != "" {
				t.Errorf("the plan of %s has changes: %t, %s", typeName, changes, planned.Errors)
			}
		}
		changed, _, _, applied := run.Apply(t, recordsType, r, w.recordsConfig("y"))
		if !strings.Contains(applied.Errors, "Unable to find the zone") || !changed.State.Equal(r.State) {
			t.Errorf("a change: %+v, and the state is %s", applied, changed.State)
		}
		gone, _, planned, applied := w.Client(t).Apply(t, recordsType, r, nil)
		says(t, "planning the destroy", planned)
		says(t, "the destroy", applied, "No record was removed", "If the zone was deleted, its records went with it", "a."+vanishing+` TXT "x"`)
		if gone.Type != "" {
			t.Errorf("the records are still there: %s", gone.State)
		}
		if gone, _, _, applied := w.Client(t).Apply(t, authorizationType, a, nil); gone.Type != "" || applied != (world.Said{}) {
			t.Errorf("the destroy of the authorization: %+v", applied)
		}
	})
}

// Somebody deletes the zone and creates it again. The next run publishes the records in it. Where an
// authorization names the old zone by its ID, it says that the new one has another, and with the new ID
// the records move there.
func TestZoneIsCreatedAgain(t *testing.T) {
	eachVanishing(t, func(t *testing.T, w *vanishingWorld, byID bool) {
		before := w.authorization.Text(t, "zone_id")
		w.remove(t)
		w.create(t)
		run := w.Client(t)
		a, said := run.Refresh(t, w.authorization)
		r, saidOfRecords := run.Refresh(t, w.records)
		renewed := slices.Contains(renewers, w.host)
		switch {
		case byID && renewed:
			says(t, "refreshing the authorization", said, "and has another id then, correct zone_id")
			says(t, "refreshing the records", saidOfRecords, "left in the state as they are")
			delete(w.configured, "zone_id")
			w.configured["zone_id"] = w.authorize(t).Text(t, "zone_id")
			w.authorization = w.authorize(t)
			a = w.authorization
			var applied world.Said
			w.records, _, _, applied = w.Client(t).Apply(t, recordsType, r, w.recordsConfig("x"))
			says(t, "moving the records", applied, "The old zone is not in the account any more", "No record was removed")
		case renewed:
			says(t, "refreshing the authorization", said, "The zone is another one now", before)
			says(t, "refreshing the records", saidOfRecords, "The zone is another one now", "counts as somebody else's")
			w.authorization = a
			w.records = w.apply(t, recordsType, r, w.recordsConfig("x"))
		default:
			says(t, "refreshing the authorization", said)
			says(t, "refreshing the records", saidOfRecords)
			w.authorization = a
			w.records = w.apply(t, recordsType, r, w.recordsConfig("x"))
		}
		if after := a.Text(t, "zone_id"); (after == before) == renewed {
			t.Errorf("the zone's id is %s, and was %s", after, before)
		}
		if got := w.texts(t); !slices.Equal(got, []string{"x"}) {
			t.Errorf("the zone has %q", got)
		}
		run = w.Client(t)
		r, said = run.Refresh(t, w.records)
		says(t, "the second refresh", said)
		if _, changes, planned, _ := run.Apply(t, recordsType, r, w.recordsConfig("x")); changes || planned.Errors != "" {
			t.Errorf("the second plan has changes: %t, %s", changes, planned.Errors)
		}
		w.apply(t, recordsType, r, nil)
		if got := w.texts(t); len(got) > 0 {
			t.Errorf("after the destroy, the zone has %q", got)
		}
	})
}
