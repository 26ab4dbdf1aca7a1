package main

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// What an SPF record may be is what others wrote and what is wanted, and after a change that
// was cut off there may be two such records. Nothing else passes.
func TestCheckSPF(t *testing.T) {
	record := func(text string) dns.Record { return dns.Record{Name: apex, Type: "TXT", Value: text} }
	stays, comes, goes := record("v=spf1 ip4:192.0.2.1 ~all"), record("v=spf1 ip4:192.0.2.2 ~all"), record("v=spf1 ip4:192.0.2.3 ~all")
	for name, c := range map[string]struct {
		foreign string
		texts   []string
		halfway bool
		fine    bool
	}{
		"merged":                         {"v=spf1 mx -all", []string{"v=spf1 mx ip4:192.0.2.1 -all"}, false, true},
		"what stays is gone":             {"v=spf1 mx -all", []string{"v=spf1 mx ip4:192.0.2.2 -all"}, false, false},
		"what others wrote is gone":      {"v=spf1 mx -all", []string{"v=spf1 ip4:192.0.2.1 -all"}, false, false},
		"an unknown term":                {"v=spf1 mx -all", []string{"v=spf1 mx a ip4:192.0.2.1 -all"}, false, false},
		"halves":                         {"v=spf1 mx -all", []string{"v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.3 -all", "v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.2 -all"}, true, true},
		"halves without an interruption": {"v=spf1 mx -all", []string{"v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.3 -all", "v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.2 -all"}, false, false},
		"halves of nobody else's":        {"", []string{"v=spf1 ip4:192.0.2.1 ip4:192.0.2.3 ~all", "v=spf1 ip4:192.0.2.2 ip4:192.0.2.1 ~all"}, true, true},
		"what stays is in neither half":  {"v=spf1 mx -all", []string{"v=spf1 mx ip4:192.0.2.3 -all", "v=spf1 mx ip4:192.0.2.2 -all"}, true, false},
		"a half without others' term":    {"v=spf1 mx -all", []string{"v=spf1 mx ip4:192.0.2.1 -all", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.2 -all"}, true, false},
		"a half with an unknown term":    {"v=spf1 mx -all", []string{"v=spf1 mx ip4:192.0.2.1 -all", "v=spf1 mx a ip4:192.0.2.1 -all"}, true, false},
	} {
		m := newModel(false)
		if c.foreign != "" {
			m.spf[apex] = c.foreign
		}
		faults := m.checkSPF(apex, c.texts, expectation{must: []dns.Record{stays}, may: []dns.Record{comes, goes}, halfway: c.halfway})
		if (len(faults) == 0) != c.fine {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

// A record of others may be away in the middle of a change of its TTL only, and only for whoever
// takes it over.
func TestARecordOfOthersIsAway(t *testing.T) {
	r := dns.Record{Name: "www." + apex, Type: "A", Value: "192.0.2.1", TTL: 1800}
	for name, c := range map[string]struct {
		halfway, taken, fine bool
	}{
		"for no reason": {false, false, false},
		"cut off":       {true, false, false},
		"taken over":    {false, true, false},
		"in the middle": {true, true, true},
	} {
		m := newModel(false)
		m.foreign[r.Identity()] = r
		e := expectation{halfway: c.halfway}
		if c.taken {
			e.retimed = []dns.Record{r}
		}
		if faults := m.check(nil, e); (len(faults) == 0) != c.fine {
			t.Errorf("%s: %q", name, faults)
		}
	}
}
