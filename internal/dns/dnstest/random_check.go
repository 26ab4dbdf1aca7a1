package dnstest

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// deserted is what may be left of an SPF record that an owner of one process created and that an
// owner of the other process leaves last: to the latter, it is somebody else's.
const deserted = "v=spf1 ~all"

// check compares the zone with what it should have.
func (w *world) check() {
	w.t.Helper()
	want := slices.Concat(w.initial, w.foreign)
	spf := map[string][]string{}
	for _, o := range w.owners {
		for _, p := range o.published {
			if strings.HasPrefix(p.Wanted.Value, "v=spf1") {
				mechanisms := strings.Fields(p.Wanted.Value)
				spf[p.Wanted.Name] = append(spf[p.Wanted.Name], mechanisms[1:len(mechanisms)-1]...)
			} else {
				want = append(want, p.Record)
			}
		}
	}
	var got []dns.Record
	for _, r := range w.f.Records(w.t) {
		if r.Type == "TXT" && strings.HasPrefix(r.Value, "v=spf1") {
			w.checkSPF(r, spf[r.Name])
			delete(spf, r.Name)
			continue
		}
		got = append(got, r)
	}
	for name, mechanisms := range spf {
		w.t.Errorf("%s has no SPF record with %q", name, mechanisms)
	}
	checkRecords(w.t, "the zone", withoutTTL(got, w), withoutTTL(want, w))
	w.checkOrder(got)
}

// withoutTTL removes the TTLs of records of owners, which follow those of others in their record
// sets.
func withoutTTL(records []dns.Record, w *world) []dns.Record {
	records = slices.Clone(records)
	for i, r := range records {
		if !slices.ContainsFunc(w.foreign, func(f dns.Record) bool { return f.Identity() == r.Identity() }) {
			records[i].TTL = 0
		}
	}
	return records
}

// checkSPF checks that an SPF record has what the others wrote, and the mechanisms of the owners.
func (w *world) checkSPF(r dns.Record, mechanisms []string) {
	text := r.Value
	for _, mechanism := range mechanisms {
		if !strings.Contains(text, " "+mechanism) {
			w.t.Errorf("%s lacks %q", r, mechanism)
		}
		text = strings.Replace(text, " "+mechanism, "", 1)
	}
	want := w.spf[r.Name]
	if want == "" {
		want = deserted
	}
	if text != want {
		w.t.Errorf("%s is %q without the owners' mechanisms, want %q", r, text, want)
	}
}

// checkOrder checks that the records of others are in the order in which they were added.
func (w *world) checkOrder(records []dns.Record) {
	if !w.f.Ordered {
		return
	}
	var order, want []dns.Identity
	for _, r := range w.foreign {
		want = append(want, r.Identity())
	}
	for _, r := range records {
		if slices.Contains(want, r.Identity()) {
			order = append(order, r.Identity())
		}
	}
	if !slices.Equal(order, want) {
		w.t.Errorf("the records of others are in the order %v, want %v", order, want)
	}
}
