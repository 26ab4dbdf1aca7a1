package godaddyapi_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

func TestFindZone(t *testing.T) {
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		for _, more := range []string{"shop.example.com", "bücher.example", "example.co.uk"} {
			if err := s.service.AddZone(more); err != nil {
				t.Fatal(err)
			}
		}
		for _, test := range []struct {
			name, apex string
			calls      int // that are new
		}{
			{"_dmarc.example.com", "example.com", 1},
			{"*.example.com.", "example.com", 0},
			{"Mail.Example.com", "example.com", 1},
			{"s1._domainkey.shop.example.com", "shop.example.com", 1},
			{"shop.example.com", "shop.example.com", 0},
			{"a.mail.example.com", "example.com", 1},
			{"_dmarc.xn--bcher-kva.example", "xn--bcher-kva.example", 1},
			{"example.co.uk", "example.co.uk", 1},
			{"nobody.co.uk", "", 1},
			{"co.uk", "", 0},
			{"com", "", 0},
		} {
			s.reset()
			zone, err := h.FindZone(t.Context(), test.name)
			if test.apex == "" {
				if !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), test.name) || !strings.Contains(err.Error(), "another account") {
					t.Errorf("%s: %+v, %v", test.name, zone, err)
				}
			} else if err != nil || zone.Apex != test.apex || zone.ID != test.apex || !slices.Equal(zone.NameServers, godaddysim.NameServers) {
				t.Errorf("%s: %+v, %v; want %s", test.name, zone, err, test.apex)
			}
			if calls := s.called("GET"); calls != test.calls {
				t.Errorf("%s: %q was called, want %d", test.name, s.made(), test.calls)
			}
		}
		if _, err := h.FindZone(t.Context(), "not a name"); err == nil {
			t.Error("a name that is none was looked for")
		}
		if _, err := h.Read(t.Context(), dns.HostedZone{Apex: "nobody.example"}); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "nobody.example") {
			t.Errorf("reading a zone that is not there: %v", err)
		}
	})
}

// Whether a name that is not ours is answered with 404, 403 or a complaint about the name, the zone
// may be further up.
func TestFindZoneAboveNamesOfOthers(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusBadRequest, http.StatusNotFound} {
		forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
			denial := fault.Fault{Path: "/v*/domains/mail.example.com/*/NS/@", Kind: fault.Status, Status: status, Body: `{"code":"ACCESS_DENIED","message":"No"}`}
			other := denial
			other.Path = "/v3/domains/zones/mail.example.com/dns-records"
			s.set(fault.Conditions{Faults: []fault.Fault{denial, other}})
			if zone, err := h.FindZone(t.Context(), "mail.example.com"); err != nil || zone.Apex != apex {
				t.Errorf("%d: %+v, %v", status, zone, err)
			}
		})
	}
}

func TestAccess(t *testing.T) {
	want := map[bool]dns.WriteAccess{true: dns.WriteProven, false: dns.WriteUnknown}
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		if access, err := h.CheckAccess(t.Context(), zone); err != nil || access != want[isV1(h)] {
			t.Errorf("access is %q, %v", access, err)
		}
		if _, err := h.CheckAccess(t.Context(), dns.HostedZone{Apex: "shop." + apex}); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("access to a zone that is not there: %v", err)
		}
	})
}

func TestReseller(t *testing.T) {
	for name, credentials := range map[string]func(*godaddyapi.Config){
		"key": withKey(godaddysim.ResellerKey, godaddysim.ResellerSecret), "token": withToken(godaddysim.ResellerToken),
	} {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			if err := s.service.AddZoneTo(godaddysim.CustomerShopper, "shop.example"); err != nil {
				t.Fatal(err)
			}
			h := s.host(credentials, func(c *godaddyapi.Config) { c.ShopperID = godaddysim.CustomerShopper })
			if zone, err := h.FindZone(t.Context(), "shop.example"); err != nil || zone.Apex != "shop.example" {
				t.Errorf("the customer's zone: %+v, %v", zone, err)
			}
			if _, err := s.host(credentials).FindZone(t.Context(), "shop.example"); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "shopper_id") {
				t.Errorf("without the customer's number: %v", err)
			}
		})
	}
}
