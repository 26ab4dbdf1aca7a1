package googleapi_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

// putZone adds a zone to the service.
func (w *world) putZone(t testing.TB, z googlesim.Zone) {
	t.Helper()
	if err := w.PutZone(z); err != nil {
		t.Fatal(err)
	}
}

// privates are the kinds of zones that the public DNS does not serve.
var privates = map[string]googlesim.Zone{
	"private":            {Visibility: "private"},
	"private, forwarded": {Visibility: "private", More: map[string]jsonText{"forwardingConfig": jsonText(`{"targetNameServers":[{"ipv4Address":"192.0.2.53"}]}`)}},
	"private, peering":   {Visibility: "private", More: map[string]jsonText{"peeringConfig": jsonText(`{"targetNetwork":{"networkUrl":"n"}}`)}},
	"forwarded, without a visibility": {Visibility: "private", More: map[string]jsonText{
		"visibility": jsonText(`""`), "forwardingConfig": jsonText(`{"targetNameServers":[]}`),
	}},
	"of a kind to come": {Visibility: "partner"},
}

// A private twin of a public zone is never taken for it: not found, not listed, not read, not written.
func TestPrivateTwins(t *testing.T) {
	for what, twin := range privates {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			twin.Name, twin.DNSName = "a-private", "example.com"
			w.putZone(t, twin)
			h := w.host(t, googlesim.Token)
			if zone, err := h.FindZone(t.Context(), "www.example.com"); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "only private zones") {
				t.Errorf("without a public zone: %+v, %v", zone, err)
			}
			private, err := h.ZoneByID(t.Context(), "a-private")
			if err != nil || private.Apex != "example.com" || !strings.Contains(private.ReadOnly, "the managed zone a-private is not served to the public, as ") {
				t.Errorf("by its ID: %+v, %v", private, err)
			}
			var refused *dns.RefusedError
			err = h.Apply(t.Context(), &dns.Snapshot{Zone: private}, dns.ChangeSet{Create: []dns.Record{text("example.com", "x")}})
			if !errors.As(err, &refused) {
				t.Errorf("the private zone was to be changed: %v", err)
			}
			if err := w.AddZone("example.com"); err != nil {
				t.Fatal(err)
			}
			w.putZone(t, googlesim.Zone{Name: "deeper", DNSName: "sub.example.com", Visibility: twin.Visibility, More: twin.More})
			h = w.host(t, googlesim.Token)
			want := "projects/sandbox-project/managedZones/example-com"
			for _, name := range []string{"example.com", "x.sub.example.com"} {
				if zone := find(t, h, name); zone.ID != want {
					t.Errorf("the zone of %s is %+v", name, zone)
				}
			}
			if zones := dnstest.ListZones(t, h); len(zones) != 1 || zones[0].ID != want {
				t.Errorf("the list is %+v", zones)
			}
			for _, call := range w.Called() {
				if strings.Contains(call, "a-private/") || strings.Contains(call, "deeper") {
					t.Errorf("call: %s", call)
				}
			}
		})
	}
}

// Public zones of one name are told apart by their name servers, or named for the user to choose.
func TestPublicTwins(t *testing.T) {
	w := newWorld(t, "example.com", "example.org")
	w.putZone(t, googlesim.Zone{Name: "old-zone", DNSName: "example.com"})
	h := w.host(t, googlesim.Token)
	_, err := h.FindZone(t.Context(), "www.example.com")
	var ambiguous *dns.AmbiguousZoneError
	if !errors.As(err, &ambiguous) || ambiguous.Apex != "example.com" || len(ambiguous.Zones) != 2 {
		t.Fatalf("got %v", err)
	}
	if got := []string{ambiguous.Zones[0].ID, ambiguous.Zones[1].ID}; !slices.Equal(got, []string{"projects/sandbox-project/managedZones/example-com", "projects/sandbox-project/managedZones/old-zone"}) {
		t.Errorf("the candidates are %q", got)
	}
	zone, ok := ambiguous.Delegated([]string{"ns-cloud-b1.googledomains.com", "ns-cloud-b2.googledomains.com"})
	if !ok || zone.ID != "projects/sandbox-project/managedZones/old-zone" {
		t.Errorf("delegated is %+v, %t", zone, ok)
	}
	zones := dnstest.ListZones(t, h)
	if got := dnstest.Apexes(zones); !slices.Equal(got, []string{"example.com", "example.com", "example.org"}) {
		t.Fatalf("listed are %q", got)
	}
	if zones[0].ID != ambiguous.Zones[0].ID || zones[1].ID != ambiguous.Zones[1].ID {
		t.Errorf("listed are %+v", zones)
	}
	chosen, err := h.ZoneByID(t.Context(), "old-zone")
	if err != nil || chosen.ID != zone.ID || !slices.Equal(chosen.NameServers, zone.NameServers) {
		t.Errorf("chosen is %+v, %v", chosen, err)
	}
}

// A zone is found by each form of its ID, and is the same zone with each. No form lists zones.
func TestZoneByID(t *testing.T) {
	w := newWorld(t, "example.com")
	w.putZone(t, googlesim.Zone{Project: googlesim.OtherProject, Name: "elsewhere", DNSName: "example.net"})
	number := fmt.Sprint(w.zone(t, "example.com").ID)
	for _, id := range []string{
		"example-com", number, "projects/sandbox-project/managedZones/example-com", "projects/sandbox-project/managedZones/" + number, "sandbox-project/example-com",
		"https://dns.googleapis.com/dns/v1/projects/sandbox-project/managedZones/example-com", "//dns.googleapis.com/projects/sandbox-project/managedZones/example-com", " example-com ",
	} {
		h := w.host(t, googlesim.TokenZone) // may not list
		w.Forget()
		zone, err := h.ZoneByID(t.Context(), id)
		if err != nil || zone.Apex != "example.com" || zone.ID != "projects/sandbox-project/managedZones/example-com" || len(zone.NameServers) != 4 {
			t.Errorf("%s: %+v, %v", id, zone, err)
			continue
		}
		if again, err := h.ZoneByID(t.Context(), id); err != nil || again.ID != zone.ID || len(w.Called()) != 1 {
			t.Errorf("%s: %+v, %v after %q", id, again, err, w.Called())
		}
		if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{text("t.example.com", "v"+id)}}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	h := w.host(t, googlesim.TokenOther)
	if zone, err := h.ZoneByID(t.Context(), "projects/other-project/managedZones/elsewhere"); err != nil || zone.Apex != "example.net" {
		t.Errorf("in another project: %+v, %v", zone, err)
	}
	w.Forget()
	for _, id := range []string{"", "example.com", "Example-Com", "a/b/c", "projects/x/zones/y", "projects//managedZones/y", "../example-com", "x:y", "projects/sandbox-project/managedZones/example-com/rrsets"} {
		if zone, err := h.ZoneByID(t.Context(), id); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "projects/PROJECT/managedZones/NAME") {
			t.Errorf("%q: %+v, %v", id, zone, err)
		}
	}
	if len(w.Called()) != 0 {
		t.Errorf("calls: %q", w.Called())
	}
	if zone, err := w.host(t, googlesim.Token).ZoneByID(t.Context(), "not-there"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("one that is not there: %+v, %v", zone, err)
	}
}

// Hundreds of zones are listed in as few calls as there are pages, once for all callers.
func TestZonesOfSeveralPages(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 30 {
		want = append(want, fmt.Sprintf("zone%03d.example", i))
		if err := w.AddZone(want[i]); err != nil {
			t.Fatal(err)
		}
	}
	w.set(t, map[string]string{googlesim.SettingPage: "7"})
	h := w.host(t, googlesim.Token)
	var listers sync.WaitGroup
	for range 4 {
		listers.Go(func() {
			if zones, err := h.Zones(t.Context()); err != nil || !slices.Equal(dnstest.Apexes(zones), want) {
				t.Errorf("%q, %v", dnstest.Apexes(zones), err)
			}
		})
	}
	listers.Wait()
	dnstest.ListZones(t, h)
	if calls := len(w.Called()); calls != 5 {
		t.Errorf("%d calls, want 5", calls)
	}
	if zones, err := w.hostOf(t, googlesim.OtherProject, googlesim.TokenOther).Zones(t.Context()); err != nil || len(zones) != 0 {
		t.Errorf("an empty project: %+v, %v", zones, err)
	}
}

// Each kind of credentials that do not suffice is told apart, and what to do is said.
func TestCredentials(t *testing.T) {
	const unknown = "ya29.a-token-that-nobody-has-ever-issued"
	for _, tc := range []struct {
		what, project, token string
		call                 string // which call fails: find, choose, check, read or apply
		kind                 error
		says                 string
	}{
		{"expired", "", googlesim.TokenExpired, "find", api.ErrAuth, "gcloud auth print-access-token"},
		{"unknown", "", unknown, "read", api.ErrAuth, "has expired, or is none"},
		{"two lines", "", "ya29.two\nlines", "find", nil, "line breaks"},
		{"no scope", "", googlesim.TokenScope, "find", api.ErrAuth, "lacks the scope https://www.googleapis.com/auth/ndev.clouddns.readwrite"},
		{"not enabled", googlesim.DisabledProject, googlesim.TokenDisabled, "find", api.ErrAuth, "gcloud services enable dns.googleapis.com"},
		{"another project", "", googlesim.TokenOther, "find", api.ErrAuth, "dns.managedZones.list on the project sandbox-project"},
		{"another project's zone", "", googlesim.TokenOther, "choose", api.ErrAuth, "dns.managedZones.get on the managed zone example-com of the project sandbox-project"},
		{"may not list", "", googlesim.TokenZone, "find", api.ErrAuth, "zone_id ="},
		{"may read, and is checked", "", googlesim.TokenReadOnly, "check", api.ErrAuth, "lack dns.changes.create, dns.resourceRecordSets.create, dns.resourceRecordSets.delete, dns.resourceRecordSets.update"},
		{"may read, and writes", "", googlesim.TokenReadOnly, "apply", api.ErrAuth, "The credentials need dns.changes.create"},
		{"another's, and reads", "", googlesim.TokenOther, "read", api.ErrAuth, "dns.resourceRecordSets.list"},
	} {
		t.Run(tc.what, func(t *testing.T) {
			w := newWorld(t, "example.com")
			before := w.lines(t, "example.com")
			project := tc.project
			if project == "" {
				project = googlesim.Project
			}
			h := w.hostOf(t, project, tc.token)
			zone := dns.HostedZone{Apex: "example.com", ID: "projects/sandbox-project/managedZones/example-com"}
			var err error
			switch tc.call {
			case "find":
				_, err = h.FindZone(t.Context(), "example.com")
			case "choose":
				_, err = h.ZoneByID(t.Context(), zone.ID)
			case "check":
				_, err = h.CheckAccess(t.Context(), zone)
			case "read":
				_, err = h.Read(t.Context(), zone)
			case "apply":
				err = h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{text("example.com", "x")}})
			}
			if err == nil || tc.kind != nil && !errors.Is(err, tc.kind) || !strings.Contains(err.Error(), tc.says) {
				t.Fatalf("got %v\nwant %v and %q", err, tc.kind, tc.says)
			}
			if errors.Is(err, api.ErrOutcomeUnknown) || errors.Is(err, api.ErrNotFound) || errors.Is(err, dns.ErrZoneChanged) {
				t.Errorf("a refusal leaves nothing open: %v", err)
			}
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				if strings.Contains(cause.Error(), strings.Split(tc.token, "\n")[0]) {
					t.Errorf("the token shows: %v", cause)
				}
			}
			if got := w.lines(t, "example.com"); !slices.Equal(got, before) {
				t.Errorf("the zone is %q", got)
			}
		})
	}
}

// Who may edit a zone without any right on the project cannot be tested, and can work all the same.
func TestAccessThatCannotBeTold(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, googlesim.TokenZone)
	zone, err := h.ZoneByID(t.Context(), "example-com")
	if err != nil {
		t.Fatal(err)
	}
	if access, err := h.CheckAccess(t.Context(), zone); err != nil || access != dns.WriteUnknown {
		t.Errorf("access is %q, %v", access, err)
	}
	if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{text("example.com", "x")}}); err != nil {
		t.Error(err)
	}
	gone := dns.HostedZone{Apex: "example.org", ID: "projects/sandbox-project/managedZones/gone"}
	full := w.host(t, googlesim.Token)
	if access, err := full.CheckAccess(t.Context(), gone); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("a zone that is gone: %q, %v", access, err)
	}
	if _, err := full.Read(t.Context(), gone); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("a zone that is gone: %v", err)
	}
	err = full.Apply(t.Context(), &dns.Snapshot{Zone: gone}, dns.ChangeSet{Create: []dns.Record{text("example.org", "x")}})
	if !errors.Is(err, api.ErrNotFound) || errors.Is(err, dns.ErrZoneChanged) {
		t.Errorf("a zone that is gone: %v", err)
	}
}

// A page that is refused in the middle ends the list, and nothing of it is kept.
func TestZonesWithARefusedPage(t *testing.T) {
	w := newWorld(t, "a.example", "b.example", "c.example")
	h := w.host(t, googlesim.Token)
	w.under(t, fault.Conditions{Settings: map[string]string{googlesim.SettingPage: "1"}, Faults: []fault.Fault{{Kind: fault.Status, Status: 403, Body: "{}", Skip: 1, Count: 1}}})
	if zones, err := h.Zones(t.Context()); !errors.Is(err, api.ErrAuth) || zones != nil {
		t.Errorf("%+v, %v", zones, err)
	}
	if zones := dnstest.ListZones(t, h); len(zones) != 3 {
		t.Errorf("then %+v", zones)
	}
}
