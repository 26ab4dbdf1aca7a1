package dnstest

import (
	"cmp"
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
	limits := f.Host.Limits()
	return dns.Record{Name: at, Type: recordType, Value: value, TTL: max(min(3600, limits.MaxTTL), limits.MinTTL)}
}

// accepts reports whether the host has records of the type.
func accepts(f Fixture, recordType string) bool {
	types := f.Host.Limits().Types
	return types == nil || slices.Contains(types, recordType)
}

// read reads the fixture's zone with its host.
func read(t testing.TB, f Fixture) *dns.Snapshot {
	t.Helper()
	snapshot, err := f.Host.Read(t.Context(), f.Zone)
	if err != nil {
		t.Fatalf("reading the zone: %v", err)
	}
	return snapshot
}

// change changes the zone as it is now.
func change(t testing.TB, f Fixture, changes dns.ChangeSet) {
	t.Helper()
	if err := f.Host.Apply(t.Context(), read(t, f), changes); err != nil {
		t.Fatalf("changing the zone: %v", err)
	}
}

// at returns the records at a name.
func at(records []dns.Record, name string) []dns.Record {
	return slices.DeleteFunc(slices.Clone(records), func(r dns.Record) bool { return r.Name != name })
}

// one returns a record of the snapshot with the identity of r.
func one(t testing.TB, s *dns.Snapshot, r dns.Record) dns.Record {
	t.Helper()
	for _, there := range s.Records {
		if there.Identity() == r.Identity() {
			return there
		}
	}
	t.Fatalf("the snapshot has no %s: %v", r, s.Records)
	return dns.Record{}
}

// without returns the records without one that has the identity of r.
func without(records []dns.Record, r dns.Record) []dns.Record {
	i := slices.IndexFunc(records, func(other dns.Record) bool { return other.Identity() == r.Identity() })
	if i < 0 {
		return records
	}
	return slices.Delete(slices.Clone(records), i, i+1)
}

// plain returns a record without what only the host knows.
func plain(r dns.Record) dns.Record {
	r.ID, r.Native = "", nil
	return r
}

// sorted returns the records without what only the host knows, in a fixed order.
func sorted(records []dns.Record) []dns.Record {
	bare := make([]dns.Record, len(records))
	for i, r := range records {
		bare[i] = plain(r)
	}
	slices.SortFunc(bare, func(a, b dns.Record) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Value, b.Value),
			cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.TTL, b.TTL), cmp.Compare(a.Comment, b.Comment))
	})
	return bare
}

// contains reports whether one of the records is r, including TTL and comment.
func contains(records []dns.Record, r dns.Record) bool {
	return slices.ContainsFunc(records, func(there dns.Record) bool { return plain(there) == plain(r) })
}

// checkRecords compares two multisets of records, including TTLs and comments, and reports the
// differences.
func checkRecords(t testing.TB, what string, got, want []dns.Record) {
	t.Helper()
	missing := sorted(want)
	var surplus []dns.Record
	for _, r := range sorted(got) {
		if i := slices.Index(missing, r); i >= 0 {
			missing = slices.Delete(missing, i, i+1)
		} else {
			surplus = append(surplus, r)
		}
	}
	for _, r := range missing {
		t.Errorf("%s lacks %s (TTL %d, comment %q)", what, r, r.TTL, r.Comment)
	}
	for _, r := range surplus {
		t.Errorf("%s has %s (TTL %d, comment %q), which should not be there", what, r, r.TTL, r.Comment)
	}
}
