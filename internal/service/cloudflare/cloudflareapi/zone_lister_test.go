package cloudflareapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// addNumbered adds so many zones, and returns their names in order.
func (w *world) addNumbered(t testing.TB, zones int) []string {
	t.Helper()
	names := make([]string, zones)
	for i := range names {
		names[i] = fmt.Sprintf("zone%03d.example", i)
		if err := w.AddZone(names[i]); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

// The list takes a call for each 50 zones, and it is the one by which FindZone finds a zone.
func TestZonesOfSeveralPages(t *testing.T) {
	w := newWorld(t)
	want := w.addNumbered(t, 300)
	h := w.host(t, cloudflaresim.Token)
	var listers sync.WaitGroup
	for range 4 {
		listers.Go(func() {
			zones, err := h.Zones(t.Context())
			if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, want) {
				t.Errorf("%d zones, %v: %q", len(got), err, got)
			}
		})
	}
	listers.Wait()
	dnstest.ListZones(t, h)
	if calls := len(w.Called()); calls != 6 {
		t.Errorf("%d calls, want 6", calls)
	}
}

func TestZonesOfAnEmptyAccount(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, cloudflaresim.TokenOfOther)
	if zones, err := h.Zones(t.Context()); err != nil || len(zones) != 0 {
		t.Errorf("%+v, %v", zones, err)
	}
}

// Zones that cannot be edited are left out. Those that are not served yet are listed with their
// warning.
func TestZonesThatCanBeEdited(t *testing.T) {
	w := newWorld(t, "shop.example.com", "Bücher.example", "example.com")
	for apex, change := range map[string]func(z *cloudflaresim.Zone){
		"pending.example": func(z *cloudflaresim.Zone) { z.Status = "pending" },
		"paused.example":  func(z *cloudflaresim.Zone) { z.Paused = true },
		"partial.example": func(z *cloudflaresim.Zone) { z.Type = "partial" },
		"slave.example":   func(z *cloudflaresim.Zone) { z.Type = "secondary" },
		"inside.example":  func(z *cloudflaresim.Zone) { z.Type = "internal" },
	} {
		if err := w.EditZone(apex, change); err != nil {
			t.Fatal(err)
		}
	}
	for _, token := range []string{cloudflaresim.Token, cloudflaresim.TokenReadOnly} {
		zones := dnstest.ListZones(t, w.host(t, token))
		want := []string{"example.com", "paused.example", "pending.example", "shop.example.com", "xn--bcher-kva.example"}
		if got := dnstest.Apexes(zones); !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		for _, zone := range zones {
			if (zone.Warning != "") != (zone.Apex == "pending.example") || len(zone.NameServers) != 2 || zone.ID != w.zone(t, zone.Apex).ID {
				t.Errorf("got %+v", zone)
			}
		}
	}
}

// Two accounts may claim a domain. The list has the zone that FindZone takes, and nothing if that
// one cannot be edited.
func TestZonesThatAreThereTwice(t *testing.T) {
	const list = `{"success":true,"result":[
		{"id":"z1","name":"example.org","status":"pending","type":"full"},
		{"id":"z2","name":"example.com","status":"pending","type":"full"},
		{"id":"z3","name":"example.com","status":"active","type":"full"},
		{"id":"z4","name":"example.net","status":"active","type":"partial"},
		{"id":"z5","name":"example.net","status":"pending","type":"full"},
		{"id":"z6","name":"example.org","status":"moved","type":"full"}],
		"result_info":{"page":1,"total_count":6,"total_pages":1}}`
	zones := dnstest.ListZones(t, answering(t, 200, "application/json", list))
	if len(zones) != 2 || zones[0].ID != "z3" || zones[1].ID != "z1" {
		t.Errorf("got %+v", zones)
	}
}

// A page that is refused in the middle ends the list. Nothing of it is kept: the next caller gets
// the whole list.
func TestZonesWithARefusedPage(t *testing.T) {
	for _, tc := range []struct {
		fault fault.Fault
		kind  error
	}{
		{fault.Fault{Kind: fault.Status, Status: 403, Body: `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}`}, api.ErrAuth},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{"success":true,"result":null,"result_info":{"page":2,"total_count":120,"total_pages":3}}`}, api.ErrUnavailable},
		{fault.Fault{Kind: fault.InvalidJSON, Body: `{"success":true,"result":[],"result_info":{"page":1,"total_count":120,"total_pages":3}}`}, api.ErrUnavailable},
	} {
		w := newWorld(t)
		want := w.addNumbered(t, 120)
		h := w.host(t, cloudflaresim.Token)
		tc.fault.Path, tc.fault.Skip, tc.fault.Count = cloudflaresim.BasePath+"/zones", 1, 1
		w.under(t, fault.Conditions{Faults: []fault.Fault{tc.fault}})
		if zones, err := h.Zones(t.Context()); !errors.Is(err, tc.kind) || zones != nil {
			t.Errorf("%s: %d zones, %v", tc.fault.Body, len(zones), err)
		}
		if got := dnstest.Apexes(dnstest.ListZones(t, h)); !slices.Equal(got, want) {
			t.Errorf("%s: then %q", tc.fault.Body, got)
		}
	}
}

// A zone that is added while the pages are read moves another one from the first page to the
// second. All are listed once, and the new one too.
func TestZonesThatChangeWhileTheyAreRead(t *testing.T) {
	w := newWorld(t)
	want := w.addNumbered(t, 60)
	var once sync.Once
	w.Before(func(r *http.Request) {
		if r.URL.Query().Get("page") == "2" {
			once.Do(func() {
				if err := w.AddZone("a.example"); err != nil {
					t.Error(err)
				}
			})
		}
	})
	zones := dnstest.ListZones(t, w.host(t, cloudflaresim.Token))
	if got := dnstest.Apexes(zones); !slices.Equal(got, append([]string{"a.example"}, want...)) {
		t.Errorf("got %q", got)
	}
	if n := w.Count("GET /zones"); n != 4 {
		t.Errorf("%d calls, want 4", n)
	}
}
