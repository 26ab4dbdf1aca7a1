package dnstest

import (
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// record makes a record at a name relative to the fixture's zone; "" is its apex.
func record(f Fixture, name, recordType, value string) dns.Record {
	at := f.Zone.Apex
	if name != "" {
		at = name + "." + at
	}
	ttl := uint32(3600)
	if limits := f.Host.Limits(); limits.MaxTTL != 0 {
		ttl = min(ttl, limits.MaxTTL)
	}
	return dns.Record{Name: at, Type: recordType, Value: value, TTL: max(ttl, f.Host.Limits().MinTTL)}
}

// read reads the fixture's zone by its host.
func read(t testing.TB, f Fixture) *dns.Snapshot {
	t.Helper()
	snapshot, err := f.Host.Read(t.Context(), f.Zone)
	if err != nil {
		t.Fatalf("reading the zone: %v", err)
	}
	return snapshot
}

// contains is whether one of the records is r, TTL and comment included.
func contains(records []dns.Record, r dns.Record) bool {
	return slices.Contains(sorted(records), sorted([]dns.Record{r})[0])
}
