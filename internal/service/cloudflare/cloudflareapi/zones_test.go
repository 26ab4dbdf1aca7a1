package cloudflareapi_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// All names are found by one reading of the list, which takes a call for each 50 zones.
func TestFindZoneReadsTheListOnce(t *testing.T) {
	w := newWorld(t)
	for i := range 120 {
		if err := w.AddZone(fmt.Sprintf("zone%d.example", i)); err != nil {
			t.Fatal(err)
		}
	}
	h := w.host(t, cloudflaresim.Token)
	var finders sync.WaitGroup
	for i := range 120 {
		finders.Go(func() {
			zone, err := h.FindZone(t.Context(), fmt.Sprintf("_dmarc.zone%d.example", i))
			if want := fmt.Sprintf("zone%d.example", i); err != nil || zone.Apex != want {
				t.Errorf("%s: %+v, %v", want, zone, err)
			}
		})
	}
	finders.Wait()
	if n := w.Count("GET /zones"); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
	if _, err := h.FindZone(t.Context(), "example.net"); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "none of the 120 zones") {
		t.Errorf("got %v", err)
	}
}

func TestZones(t *testing.T) {
	w := newWorld(t, "example.com", "shop.example.com", "bücher.example")
	for apex, change := range map[string]func(z *cloudflaresim.Zone){
		"pending.example": func(z *cloudflaresim.Zone) { z.Status = "pending" },
		"moved.example":   func(z *cloudflaresim.Zone) { z.Status = "moved" },
		"partial.example": func(z *cloudflaresim.Zone) { z.Type = "partial" },
		"slave.example":   func(z *cloudflaresim.Zone) { z.Type = "secondary" },
		"inside.example":  func(z *cloudflaresim.Zone) { z.Type = "internal" },
		"vanity.example":  func(z *cloudflaresim.Zone) { z.VanityNameServers = []string{"NS1.Vanity.example"} },
	} {
		if err := w.EditZone(apex, change); err != nil {
			t.Fatal(err)
		}
	}
	h := w.host(t, cloudflaresim.Token)
	for _, tc := range []struct{ name, apex, readOnly, warning, server string }{
		{"example.com", "example.com", "", "", ".ns.cloudflare.com"},
		{"shop.example.com", "shop.example.com", "", "", ".ns.cloudflare.com"},
		{"_dmarc.shop.example.com", "shop.example.com", "", "", ".ns.cloudflare.com"},
		{"bookshop.example.com", "example.com", "", "", ".ns.cloudflare.com"},
		{"*.xn--bcher-kva.example", "xn--bcher-kva.example", "", "", ".ns.cloudflare.com"},
		{"pending.example", "pending.example", "", "is pending at Cloudflare, not active", ".ns.cloudflare.com"},
		{"moved.example", "moved.example", "", "is moved at Cloudflare, not active", ".ns.cloudflare.com"},
		{"partial.example", "partial.example", "partial (CNAME) zone", "", ".ns.cloudflare.com"},
		{"slave.example", "slave.example", "primary name server elsewhere", "", ".ns.cloudflare.com"},
		{"inside.example", "inside.example", `type "internal"`, "", ".ns.cloudflare.com"},
		{"vanity.example", "vanity.example", "", "", "ns1.vanity.example"},
	} {
		zone := find(t, h, tc.name)
		if zone.Apex != tc.apex || zone.ID != w.zone(t, tc.apex).ID {
			t.Errorf("%s: the zone is %+v", tc.name, zone)
		}
		if (zone.ReadOnly == "") != (tc.readOnly == "") || !strings.Contains(zone.ReadOnly, tc.readOnly) {
			t.Errorf("%s: read-only: %q", tc.name, zone.ReadOnly)
		}
		if (zone.Warning == "") != (tc.warning == "") || !strings.Contains(zone.Warning, tc.warning) {
			t.Errorf("%s: warning: %q", tc.name, zone.Warning)
		}
		if !slices.ContainsFunc(zone.NameServers, func(s string) bool { return strings.HasSuffix(s, tc.server) }) {
			t.Errorf("%s: name servers %q", tc.name, zone.NameServers)
		}
	}
}

// Two accounts may claim a domain, and the token may see both.
func TestZoneThatIsThereTwice(t *testing.T) {
	const list = `{"success":true,"result":[
		{"id":"z1","name":"example.com","status":"pending","type":"full"},
		{"id":"z2","name":"example.com","status":"active","type":"full"},
		{"id":"z3","name":"example.com","status":"moved","type":"full"}],
		"result_info":{"page":1,"total_count":3,"total_pages":1}}`
	zone := find(t, answering(t, 200, "application/json", list), "www.example.com")
	if zone.ID != "z2" || zone.Warning != "" {
		t.Errorf("got %+v", zone)
	}
}
