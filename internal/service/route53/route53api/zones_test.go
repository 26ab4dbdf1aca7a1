package route53api_test

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
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

// addTwin adds another zone of a name.
func (w *world) addTwin(t testing.TB, apex string, change func(z *route53sim.Zone)) {
	t.Helper()
	if err := w.AddTwin(apex, change); err != nil {
		t.Fatal(err)
	}
}

func private(z *route53sim.Zone) { z.Private = true }

// The list takes a call for each 100 zones, and is read once. Name servers take one call for each zone
// that is used.
func TestZonesOfSeveralPages(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 250 {
		want = append(want, fmt.Sprintf("zone%03d.example", i))
		if err := w.AddZone(want[i]); err != nil {
			t.Fatal(err)
		}
	}
	h := w.host(t, route53sim.AccessKey)
	var listers sync.WaitGroup
	for range 4 {
		listers.Go(func() {
			zones, err := h.Zones(t.Context())
			if got := dnstest.Apexes(zones); err != nil || !slices.Equal(got, want) {
				t.Errorf("%d zones, %v", len(got), err)
			}
		})
	}
	listers.Wait()
	if n := len(w.Called()); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
	for range 5 {
		find(t, h, "_dmarc.zone007.example")
	}
	if n := len(w.Called()); n != 3 {
		t.Errorf("%d calls, want 3: a zone that is found takes no call of its own", n)
	}
	for range 5 {
		if servers, err := h.NameServers(t.Context(), find(t, h, "zone007.example")); err != nil || len(servers) != 4 {
			t.Errorf("the name servers are %q, %v", servers, err)
		}
	}
	if n := len(w.Called()); n != 4 {
		t.Errorf("%d calls, want 4: the name servers of a zone are asked for once", n)
	}
	dnstest.ListZones(t, h)
}

// A private zone is never a candidate, whatever its name. It is neither read nor edited.
func TestPrivateZonesDoNotCount(t *testing.T) {
	w := newWorld(t)
	w.addTwin(t, "example.com", private) // before the public one
	if err := w.AddZone("example.com"); err != nil {
		t.Fatal(err)
	}
	w.addTwin(t, "shop.example.com", private)
	w.addTwin(t, "inside.example", private)
	h := w.host(t, route53sim.AccessKey)
	public := w.zones(t, "example.com")[1]
	if public.Private {
		t.Fatal("the second zone is the private one")
	}
	for _, name := range []string{"example.com", "shop.example.com", "www.shop.example.com"} {
		if zone := find(t, h, name); zone.ID != public.ID {
			t.Errorf("%s: %+v", name, zone)
		}
	}
	if _, err := h.FindZone(t.Context(), "www.inside.example"); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "a private zone does") {
		t.Errorf("got %v", err)
	}
	if got := dnstest.Apexes(dnstest.ListZones(t, h)); !slices.Equal(got, []string{"example.com"}) {
		t.Errorf("listed are %q", got)
	}
	if _, err := publish(t, h, find(t, h, "example.com"), "a", text("www.example.com", "x")); err != nil {
		t.Fatal(err)
	}
	for _, z := range w.zones(t, "example.com") {
		if got := len(linesOf(z)); (got == 1) == z.Private {
			t.Errorf("the zone %s, private %t, has %d record sets", z.ID, z.Private, got)
		}
		if z.Private && w.Count("GET /hostedzone/"+z.ID) > 0 {
			t.Errorf("the private zone was read")
		}
	}
	inside := w.zone(t, "inside.example")
	zone, err := h.ZoneByID(t.Context(), inside.ID)
	if err != nil || !strings.Contains(zone.ReadOnly, "the zone inside.example ("+inside.ID+") is private") {
		t.Errorf("by ID: %+v, %v", zone, err)
	}
	w.Forget()
	var refused *dns.RefusedError
	err = h.Apply(t.Context(), &dns.Snapshot{Zone: zone}, dns.ChangeSet{Create: []dns.Record{text("inside.example", "x")}})
	if !errors.As(err, &refused) || len(w.Called()) > 0 {
		t.Errorf("the private zone was to be changed: %v, %q", err, w.Called())
	}
}

// Of several public zones with one name, none is chosen. The error has their name servers.
func TestTwins(t *testing.T) {
	w := newWorld(t, "example.com", "example.org")
	w.addTwin(t, "example.com", func(*route53sim.Zone) {})
	w.addTwin(t, "example.com", private)
	h := w.host(t, route53sim.AccessKey)
	_, err := h.FindZone(t.Context(), "www.example.com")
	var ambiguous *dns.AmbiguousZoneError
	if !errors.As(err, &ambiguous) || len(ambiguous.Zones) != 2 || ambiguous.Apex != "example.com" {
		t.Fatalf("got %v", err)
	}
	if !slices.IsSortedFunc(ambiguous.Zones, func(a, b dns.HostedZone) int { return strings.Compare(a.ID, b.ID) }) {
		t.Errorf("the candidates are not sorted: %+v", ambiguous.Zones)
	}
	for _, stored := range w.zones(t, "example.com") {
		chosen, ok := ambiguous.Delegated(stored.NameServers)
		if ok == stored.Private || ok && chosen.ID != stored.ID {
			t.Errorf("by the name servers of %s: %+v", stored.ID, chosen)
		}
	}
	zones := dnstest.ListZones(t, h)
	if got := dnstest.Apexes(zones); !slices.Equal(got, []string{"example.com", "example.com", "example.org"}) {
		t.Fatalf("listed are %q", got)
	}
	for i, candidate := range ambiguous.Zones {
		if zones[i].ID != candidate.ID {
			t.Errorf("listed are %+v, and the candidates are %+v", zones, ambiguous.Zones)
		}
	}
}

func TestZoneByID(t *testing.T) {
	w := newWorld(t, "example.com")
	id := w.zone(t, "example.com").ID
	for _, form := range []string{id, "/hostedzone/" + id, "hostedzone/" + id, "arn:aws:route53:::hostedzone/" + id, "arn:aws-cn:route53:::hostedzone/" + id, "arn:aws-us-gov:route53:::hostedzone/" + id} {
		h := w.host(t, route53sim.AccessKeyNoList)
		zone, err := h.ZoneByID(t.Context(), form)
		if err != nil || zone.ID != id || zone.Apex != "example.com" {
			t.Errorf("%s: %+v, %v", form, zone, err)
		}
		if servers, err := h.NameServers(t.Context(), zone); err != nil || len(servers) != 4 {
			t.Errorf("%s: the name servers are %q, %v", form, servers, err)
		}
	}
	w.Forget()
	h := w.host(t, route53sim.AccessKey)
	for _, form := range []string{"", "example.com", "/hostedzone/", "z0123456789", id + " ", "arn:aws:s3:::" + id, "../" + id} {
		if _, err := h.ZoneByID(t.Context(), form); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "looks like Z0123456789ABCDEFGHIJ, /hostedzone/") {
			t.Errorf("%q: %v", form, err)
		}
	}
	if n := len(w.Called()); n != 0 {
		t.Errorf("%d calls for texts that are no IDs", n)
	}
	if _, err := h.ZoneByID(t.Context(), "Z00000000000"); !errors.Is(err, api.ErrNotFound) || !strings.Contains(err.Error(), "if zone_id is given, correct it") {
		t.Errorf("got %v", err)
	}
	if _, err := w.host(t, route53sim.AccessKeyOfOther).ZoneByID(t.Context(), id); !errors.Is(err, api.ErrAuth) {
		t.Errorf("the zone of another account: %v", err)
	}
}

// Without the permission to list zones, the zone is named by its ID. Without the permission to ask for a
// zone, its name servers are unknown.
func TestMissingPermissions(t *testing.T) {
	w := newWorld(t, "example.com")
	id := w.zone(t, "example.com").ID
	h := w.host(t, route53sim.AccessKeyNoList)
	if _, err := h.FindZone(t.Context(), "example.com"); !errors.Is(err, api.ErrAuth) || !strings.Contains(err.Error(), "set zone_id") || !strings.Contains(err.Error(), "route53:ListHostedZones") {
		t.Errorf("got %v", err)
	}
	zone, err := h.ZoneByID(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := publish(t, h, zone, "a", text("www.example.com", "x")); err != nil {
		t.Error(err)
	}
	h = w.host(t, route53sim.AccessKeyNoGet)
	if servers, err := h.NameServers(t.Context(), find(t, h, "example.com")); err != nil || servers != nil {
		t.Errorf("without the permission to ask, the name servers are %q, %v", servers, err)
	}
	for _, key := range []string{route53sim.AccessKeyReadOnly, route53sim.AccessKeyUpsert} {
		h = w.host(t, key)
		zone := find(t, h, "example.com")
		if access, err := h.CheckAccess(t.Context(), zone); access != dns.WriteUnknown || err != nil {
			t.Errorf("access of %s: %s, %v", key, access, err)
		}
		_, err := publish(t, h, zone, "a", text("new.example.com", "x"))
		if !errors.Is(err, api.ErrAuth) || errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone/"+id) {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// A page that is refused in the middle ends the list, and nothing of it is kept.
func TestZonesWithARefusedPage(t *testing.T) {
	w := newWorld(t)
	for i := range 120 {
		if err := w.AddZone(fmt.Sprintf("zone%03d.example", i)); err != nil {
			t.Fatal(err)
		}
	}
	for body, kind := range map[string]error{
		`<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>`:                                                      api.ErrAuth,
		`<ListHostedZonesResponse><HostedZones/><IsTruncated>true</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>`:                          api.ErrUnavailable,
		`<ListHostedZonesResponse><HostedZones><HostedZone/></HostedZones><IsTruncated>false</IsTruncated><MaxItems>1</MaxItems></ListHostedZonesResponse>`: api.ErrUnavailable,
		`<html>Welcome</html>`: api.ErrUnavailable,
	} {
		status := 200
		if kind == api.ErrAuth {
			status = 403
		}
		h := w.host(t, route53sim.AccessKey)
		w.under(t, fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: status, Body: body, Skip: 1, Count: 1}}})
		if zones, err := h.Zones(t.Context()); !errors.Is(err, kind) || zones != nil {
			t.Errorf("%s: %d zones, %v", body, len(zones), err)
		}
		if got := len(dnstest.ListZones(t, h)); got != 120 {
			t.Errorf("%s: then %d zones", body, got)
		}
	}
}

// What cannot be edited is said before anything is sent.
func TestZonesThatCannotBeEdited(t *testing.T) {
	w := newWorld(t, "example.com")
	for apex, change := range map[string]func(z *route53sim.Zone){
		"linked.example":  func(z *route53sim.Zone) { z.LinkedService = "servicediscovery.amazonaws.com" },
		"locked.example":  func(z *route53sim.Zone) { z.Recovery = "ENABLING_HOSTED_ZONE_LOCKED" },
		"enabled.example": func(z *route53sim.Zone) { z.Recovery = "ENABLED" },
	} {
		if err := w.EditZone(apex, change); err != nil {
			t.Fatal(err)
		}
	}
	h := w.host(t, route53sim.AccessKey)
	for apex, says := range map[string]string{"linked.example": "servicediscovery.amazonaws.com", "locked.example": "ENABLING_HOSTED_ZONE_LOCKED", "enabled.example": ""} {
		zone := find(t, h, apex)
		if (zone.ReadOnly == "") != (says == "") || !strings.Contains(zone.ReadOnly, says) {
			t.Errorf("%s: %q", apex, zone.ReadOnly)
		}
	}
	if got := dnstest.Apexes(dnstest.ListZones(t, h)); !slices.Equal(got, []string{"enabled.example", "example.com"}) {
		t.Errorf("listed are %q", got)
	}
}
