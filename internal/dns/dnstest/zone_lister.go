package dnstest

import (
	"cmp"
	"errors"
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// ListZones returns the zones that a lister lists. It tests what [dns.ZoneLister] says of any list: the
// zones are sorted by apex and ID, FindZone finds each zone or says that it cannot choose between
// those of its name, and the list is the caller's own.
func ListZones(t testing.TB, lister dns.ZoneLister) []dns.HostedZone {
	t.Helper()
	zones, err := lister.Zones(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, zone := range zones {
		if i > 0 && cmp.Or(cmp.Compare(zones[i-1].Apex, zone.Apex), cmp.Compare(zones[i-1].ID, zone.ID)) >= 0 {
			t.Errorf("%s (%s) is listed after %s (%s)", zone.Apex, zone.ID, zones[i-1].Apex, zones[i-1].ID)
		}
		if canonical, err := dns.Canonical(zone.Apex); err != nil || canonical != zone.Apex {
			t.Errorf("the apex %q is not canonical: %v", zone.Apex, err)
		}
		if zone.ReadOnly != "" {
			t.Errorf("%s is listed, and cannot be edited: %s", zone.Apex, zone.ReadOnly)
		}
		found, err := lister.FindZone(t.Context(), zone.Apex)
		var ambiguous *dns.AmbiguousZoneError
		switch {
		case errors.As(err, &ambiguous):
			if !slices.Contains(ids(ambiguous.Zones), zone.ID) {
				t.Errorf("%s with the ID %s is listed; found was %v", zone.Apex, zone.ID, err)
			}
		case i > 0 && zones[i-1].Apex == zone.Apex:
			t.Errorf("%s is listed twice, with the IDs %s and %s, although FindZone finds one: %+v, %v", zone.Apex, zones[i-1].ID, zone.ID, found, err)
		case err != nil || found.Apex != zone.Apex || found.ID != zone.ID:
			t.Errorf("%s with the ID %s is listed; found was %+v, %v", zone.Apex, zone.ID, found, err)
		}
	}
	apexes := Apexes(zones)
	slices.Reverse(zones)
	again, err := lister.Zones(t.Context())
	if err != nil || !slices.Equal(Apexes(again), apexes) {
		t.Errorf("the second list is %q, %v; the first was %q", Apexes(again), err, apexes)
	}
	return again
}

// Apexes returns the apexes of zones, in their order.
func Apexes(zones []dns.HostedZone) []string {
	apexes := make([]string, len(zones))
	for i, zone := range zones {
		apexes[i] = zone.Apex
	}
	return apexes
}

// listsZones tests a host that lists zones with those of the fixture.
func listsZones(t *testing.T, f Fixture) {
	lister, ok := f.Host.(dns.ZoneLister)
	if !ok {
		return // the host has no list
	}
	apexes := Apexes(ListZones(t, lister))
	if !slices.Contains(apexes, f.Zone.Apex) {
		t.Errorf("%s is not among the zones %q", f.Zone.Apex, apexes)
	}
	if f.ReadOnly.Apex != "" && slices.Contains(apexes, f.ReadOnly.Apex) {
		t.Errorf("%s cannot be edited, and is among the zones %q", f.ReadOnly.Apex, apexes)
	}
}
