package dnstest

import (
	"testing"
)

// Run asks a host for each clause of the contract of [dns.Host]. Open gives a fresh
// fixture to each test.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	for _, clause := range []struct {
		name string
		test func(t *testing.T, f Fixture)
	}{
		{"reads what somebody else added", readsForeign},
	} {
		t.Run(clause.name, func(t *testing.T) { clause.test(t, open(t)) })
	}
}

func readsForeign(t *testing.T, f Fixture) {
	r := record(f, "www", "A", "192.0.2.1")
	f.Add(t, r)
	if got := read(t, f); !contains(got.Records, r) {
		t.Errorf("the snapshot lacks %s: %v", r, got.Records)
	}
}
