package cloudflareapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// A zone that is known by its ID is found, checked and edited without a list, and asked for once.
func TestZoneByIDTakesOneCall(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, cloudflaresim.Token)
	for range 3 {
		zone, err := h.ZoneByID(t.Context(), w.zone(t, "example.com").ID)
		if err != nil || zone.Apex != "example.com" || len(zone.NameServers) != 2 {
			t.Fatalf("%+v, %v", zone, err)
		}
		if access, err := h.CheckAccess(t.Context(), zone); err != nil || access != dns.WriteProven {
			t.Fatalf("access is %q, %v", access, err)
		}
	}
	if calls := w.Called(); len(calls) != 1 {
		t.Errorf("calls: %q", calls)
	}
}

// What a token may not see is no zone for it. A token that is not good says so.
func TestZonesThatNoIDFinds(t *testing.T) {
	w := newWorld(t, "example.com")
	id := w.zone(t, "example.com").ID
	for _, c := range []struct {
		name, token, id string
		kind            error
		says            string
		calls           int
	}{
		{"another account's", cloudflaresim.TokenOfOther, id, api.ErrNotFound, "Correct zone_id", 2},
		{"nobody's", cloudflaresim.Token, strings.Repeat("f", 32), api.ErrNotFound, "Correct zone_id", 2},
		{"a name", cloudflaresim.Token, "example.com", api.ErrNotFound, "32 hexadecimal digits", 0},
		{"an expired token", cloudflaresim.TokenExpired, id, api.ErrAuth, "has expired", -1},
		{"an unknown token", "sandbox-cloudflare-token-nobody-knows-000", id, api.ErrAuth, "", -1},
	} {
		w.Forget()
		zone, err := w.host(t, c.token).ZoneByID(t.Context(), c.id)
		if !errors.Is(err, c.kind) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %+v, %v; want %v with %q", c.name, zone, err, c.kind, c.says)
		}
		if n := len(w.Called()); c.calls >= 0 && n != c.calls {
			t.Errorf("%s: %d calls, want %d", c.name, n, c.calls)
		}
	}
}
