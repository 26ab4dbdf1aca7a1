package dnstest

import (
	"errors"
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// chooser returns the host if it is a [dns.ZoneChooser], or nil.
func chooser(f Fixture) dns.ZoneChooser {
	host, _ := f.Host.(dns.ZoneChooser)
	return host
}

// findsZoneByID tests that an ID leads to the zone to which its name leads.
func findsZoneByID(t *testing.T, f Fixture) {
	host := chooser(f)
	if host == nil {
		return // the host finds zones by name only
	}
	found, err := host.FindZone(t.Context(), "www."+f.Zone.Apex)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range append([]string{f.Zone.ID}, f.IDForms...) {
		zone, err := host.ZoneByID(t.Context(), id)
		if err != nil || zone.Apex != f.Zone.Apex || zone.ID != f.Zone.ID || zone.ReadOnly != "" {
			t.Errorf("the zone with the ID %q: %+v, %v; want %s, %s", id, zone, err, f.Zone.Apex, f.Zone.ID)
		}
		if !slices.Equal(zone.NameServers, found.NameServers) {
			t.Errorf("by its ID, the zone has the name servers %q; by its name %q", zone.NameServers, found.NameServers)
		}
	}
	// A zone that was found by its ID is as good as one that was found by its name.
	r := record(f, "www", "A", "192.0.2.1")
	f.Zone, err = host.ZoneByID(t.Context(), f.Zone.ID)
	if err != nil {
		t.Fatal(err)
	}
	change(t, f, dns.ChangeSet{Create: []dns.Record{r}})
	if !contains(f.Records(t), r) {
		t.Errorf("%s is not in the zone", r)
	}
}

// nameServers returns the name servers of a zone, wherever the host tells them.
func nameServers(t *testing.T, host dns.Host, zone dns.HostedZone) []string {
	servers, err := dns.NewEditor(host, dns.EditorOptions{}).NameServers(t.Context(), zone)
	if err != nil {
		t.Error(err)
	}
	return servers
}

// missesID tests texts that are the ID of no zone.
func missesID(t *testing.T, f Fixture) {
	host := chooser(f)
	if host == nil {
		return // the host finds zones by name only
	}
	ids := []string{"no zone has this id", ""}
	if f.UnknownID != "" {
		ids = append(ids, f.UnknownID)
	}
	for _, id := range ids {
		if zone, err := host.ZoneByID(t.Context(), id); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("the zone with the ID %q: %+v, %v; want api.ErrNotFound", id, zone, err)
		}
	}
}

// avoidsPrivate tests that a private zone is found by its ID alone, as one that cannot be edited.
func avoidsPrivate(t *testing.T, f Fixture) {
	host := chooser(f)
	if host == nil || f.Private.ID == "" {
		return // the host knows no such zones
	}
	zone, err := host.ZoneByID(t.Context(), f.Private.ID)
	if err != nil || zone.Apex != f.Private.Apex || zone.ID != f.Private.ID || zone.ReadOnly == "" {
		t.Errorf("the zone with the ID %q: %+v, %v; want %s and why it cannot be edited", f.Private.ID, zone, err, f.Private.Apex)
	}
	r := dns.Record{Name: "new." + f.Private.Apex, Type: "TXT", Value: "new", TTL: f.Host.Limits().MaxTTL}
	if err := host.Apply(t.Context(), &dns.Snapshot{Zone: zone}, dns.ChangeSet{Create: []dns.Record{r}}); err == nil {
		t.Error("the private zone was written")
	}
	found, err := host.FindZone(t.Context(), f.Private.Apex)
	switch {
	case f.Private.Apex == f.Zone.Apex:
		if err != nil || found.ID != f.Zone.ID {
			t.Errorf("the zone %s is %+v, %v; want that with the ID %s", f.Zone.Apex, found, err, f.Zone.ID)
		}
	case !errors.Is(err, api.ErrNotFound):
		t.Errorf("the zone %s is %+v, %v; want api.ErrNotFound", f.Private.Apex, found, err)
	}
	for _, listed := range listed(t, f) {
		if listed.ID == f.Private.ID {
			t.Errorf("the private zone %+v is listed", listed)
		}
	}
}

// choosesNoTwin tests that a search that comes to several zones with one name ends in an error that
// has them all, and that each is found by its ID and listed.
func choosesNoTwin(t *testing.T, f Fixture) {
	host := chooser(f)
	if host == nil || f.SameName == nil {
		return // all zones of the account have names of their own
	}
	apex := f.SameName[0].Apex
	var want []string
	for _, zone := range f.SameName {
		want = append(want, zone.ID)
	}
	slices.Sort(want)
	for _, name := range []string{apex, "s1._domainkey." + apex} {
		zone, err := host.FindZone(t.Context(), name)
		var ambiguous *dns.AmbiguousZoneError
		if !errors.As(err, &ambiguous) {
			t.Fatalf("the zone of %s: %+v, %v; want a dns.AmbiguousZoneError", name, zone, err)
		}
		if got := ids(ambiguous.Zones); ambiguous.Apex != apex || !slices.Equal(got, want) {
			t.Errorf("the zones called %s have the IDs %q, want %s, %q", ambiguous.Apex, got, apex, want)
		}
	}
	for _, twin := range f.SameName {
		zone, err := host.ZoneByID(t.Context(), twin.ID)
		if err != nil || zone.Apex != apex || zone.ID != twin.ID || !slices.Equal(nameServers(t, host, zone), twin.NameServers) {
			t.Errorf("the zone with the ID %q: %+v, %v; want %+v", twin.ID, zone, err, twin)
		}
	}
	if _, lists := f.Host.(dns.ZoneLister); !lists {
		return
	}
	var got []dns.HostedZone
	for _, zone := range listed(t, f) {
		if zone.Apex == apex {
			got = append(got, zone)
		}
	}
	if !slices.Equal(ids(got), want) {
		t.Errorf("the list has the zones %q called %s, want %q", ids(got), apex, want)
	}
}

// listed returns the zones that the host lists, or none if it has no list.
func listed(t *testing.T, f Fixture) []dns.HostedZone {
	lister, ok := f.Host.(dns.ZoneLister)
	if !ok {
		return nil
	}
	return ListZones(t, lister)
}

// ids returns the IDs of zones, in their order.
func ids(zones []dns.HostedZone) []string {
	var ids []string
	for _, zone := range zones {
		ids = append(ids, zone.ID)
	}
	return ids
}
