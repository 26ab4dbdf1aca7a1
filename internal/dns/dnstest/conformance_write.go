package dnstest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func writesKinds(t *testing.T, f Fixture) {
	before := f.Records(t)
	want := kinds(f)
	change(t, f, dns.ChangeSet{Create: want})
	checkRecords(t, "the zone", f.Records(t), append(before, want...))
	checkRecords(t, "the snapshot", read(t, f).Records, append(before, want...))
}

func writesTexts(t *testing.T, f Fixture) {
	long := 4000
	if limit := f.Host.Limits().TXT; limit != 0 {
		long = min(long, limit)
	}
	texts := []string{
		"plain",
		"two  blanks, and a tab is left out",
		" a blank on either side ",
		`a "quoted" word`,
		`"all of it"`,
		`back\slash and \"both\"`,
		`\065 is no A`,
		"semicolon; and (parentheses) and @ and $ORIGIN",
		"Grüße, 世界",
		strings.Repeat("x", 255),
		strings.Repeat("y", 256),
		strings.Repeat("0123456789", 60),
		strings.Repeat("é", 200), // a character across the 255th byte
		strings.Repeat("abcdefgh", long/8),
	}
	for i, text := range texts {
		if len(text) > long {
			continue
		}
		r := record(f, fmt.Sprintf("text%d", i), "TXT", text)
		before := f.Records(t)
		change(t, f, dns.ChangeSet{Create: []dns.Record{r}})
		checkRecords(t, fmt.Sprintf("the zone with %.40q", text), f.Records(t), append(before, r))
		snapshot := read(t, f)
		if !contains(snapshot.Records, r) {
			t.Errorf("%.40q is read otherwise: %v", text, at(snapshot.Records, r.Name))
			continue
		}
		change(t, f, dns.ChangeSet{Delete: at(snapshot.Records, r.Name)})
		checkRecords(t, fmt.Sprintf("the zone without %.40q", text), f.Records(t), before)
	}
}

func writesTTLs(t *testing.T, f Fixture) {
	limits := f.Host.Limits()
	for i, ttl := range []uint32{limits.MinTTL, limits.MaxTTL, limits.AutomaticTTL} {
		if ttl == 0 {
			continue
		}
		r := record(f, fmt.Sprintf("ttl%d", i), "TXT", "timed")
		r.TTL = ttl
		change(t, f, dns.ChangeSet{Create: []dns.Record{r}})
		if got := read(t, f); !contains(got.Records, r) {
			t.Errorf("a TTL of %d is read as %+v", ttl, at(got.Records, r.Name))
		}
	}
	r := record(f, "ttl", "TXT", "timed by the host")
	r.TTL = 0
	change(t, f, dns.ChangeSet{Create: []dns.Record{r}})
	got := at(read(t, f).Records, r.Name)
	if len(got) != 1 || got[0].TTL != limits.DefaultTTL {
		t.Errorf("without a TTL there is %+v, want the default of %d", got, limits.DefaultTTL)
	}
	if len(got) == 1 {
		retimed := got[0]
		retimed.TTL = record(f, "", "", "").TTL
		change(t, f, dns.ChangeSet{Replace: []dns.Replacement{{Old: got[0], New: plain(retimed)}}})
		if now := at(read(t, f).Records, r.Name); len(now) != 1 || now[0].TTL != retimed.TTL {
			t.Errorf("a TTL of %d was to be replaced by %d: %+v", got[0].TTL, retimed.TTL, now)
		}
	}
}

func writesMany(t *testing.T, f Fixture) {
	before := f.Records(t)
	var records []dns.Record
	for i := range 60 {
		records = append(records, record(f, fmt.Sprintf("many%d", i), "TXT", fmt.Sprintf("number %d", i)))
	}
	change(t, f, dns.ChangeSet{Create: records})
	checkRecords(t, "the zone", f.Records(t), append(before, records...))
	var changes dns.ChangeSet
	left := before
	for i, r := range records {
		there := at(read(t, f).Records, r.Name)
		if len(there) != 1 {
			t.Fatalf("%s: %v", r, there)
		}
		switch i % 3 {
		case 0:
			changes.Delete = append(changes.Delete, there[0])
		case 1:
			r.Value = "changed"
			changes.Replace = append(changes.Replace, dns.Replacement{Old: there[0], New: r})
			left = append(left, r)
		case 2:
			left = append(left, r)
		}
	}
	change(t, f, changes)
	checkRecords(t, "the zone", f.Records(t), left)
}

func writesNothing(t *testing.T, f Fixture) {
	f.Add(t, record(f, "www", "A", "192.0.2.1"))
	before := f.Records(t)
	change(t, f, dns.ChangeSet{})
	checkRecords(t, "the zone", f.Records(t), before)
}

func replacesOne(t *testing.T, f Fixture) {
	first, second, third := record(f, "set", "TXT", "first"), record(f, "set", "TXT", "second"), record(f, "set", "TXT", "third")
	other := record(f, "set", "A", "192.0.2.1")
	if f.Host.Limits().Comments {
		second.Comment = "kept by whoever changes the text"
	}
	for _, r := range []dns.Record{first, second, third, other} {
		f.Add(t, r)
	}
	before := f.Records(t)
	changed := second
	changed.Value = "2nd"
	changed.Comment = ""
	change(t, f, dns.ChangeSet{Replace: []dns.Replacement{{Old: one(t, read(t, f), second), New: changed}}})
	changed.Comment = second.Comment
	checkRecords(t, "the zone", f.Records(t), append(without(before, second), changed))
}

func deletesOne(t *testing.T, f Fixture) {
	first, second := record(f, "set", "TXT", "first"), record(f, "set", "TXT", "First")
	other := record(f, "set", "A", "192.0.2.1")
	for _, r := range []dns.Record{first, second, other} {
		f.Add(t, r)
	}
	before := f.Records(t)
	change(t, f, dns.ChangeSet{Delete: []dns.Record{one(t, read(t, f), first)}})
	left := without(before, first)
	checkRecords(t, "the zone", f.Records(t), left)
	// This is the last record of its set.
	change(t, f, dns.ChangeSet{Delete: []dns.Record{one(t, read(t, f), second)}})
	checkRecords(t, "the zone", f.Records(t), without(left, second))
}

func tellsPreferences(t *testing.T, f Fixture) {
	low, high := record(f, "", "MX", "mx.example.net"), record(f, "", "MX", "mx.example.net")
	low.Priority, high.Priority = 5, 50
	f.Add(t, low)
	f.Add(t, high)
	before := f.Records(t)
	changed := high
	changed.Priority = 0
	change(t, f, dns.ChangeSet{Replace: []dns.Replacement{{Old: one(t, read(t, f), high), New: changed}}})
	left := append(without(before, high), changed)
	checkRecords(t, "the zone", f.Records(t), left)
	change(t, f, dns.ChangeSet{Delete: []dns.Record{one(t, read(t, f), low)}})
	checkRecords(t, "the zone", f.Records(t), without(left, low))
}

func tellsTwins(t *testing.T, f Fixture) {
	if !f.Twins {
		return // there are none to be told apart
	}
	twin := record(f, "twins", "TXT", "the same")
	for range 3 {
		f.Add(t, twin)
	}
	before := f.Records(t)
	change(t, f, dns.ChangeSet{Delete: []dns.Record{one(t, read(t, f), twin)}})
	left := without(before, twin)
	checkRecords(t, "the zone", f.Records(t), left)
	changed := twin
	changed.Value = "different"
	change(t, f, dns.ChangeSet{Replace: []dns.Replacement{{Old: one(t, read(t, f), twin), New: changed}}})
	checkRecords(t, "the zone", f.Records(t), append(without(left, twin), changed))
}

func exchangesTypes(t *testing.T, f Fixture) {
	text, alias := record(f, "either", "TXT", "text"), record(f, "either", "CNAME", "other.example.net")
	f.Add(t, text)
	before := without(f.Records(t), text)
	change(t, f, dns.ChangeSet{Delete: []dns.Record{one(t, read(t, f), text)}, Create: []dns.Record{alias}})
	checkRecords(t, "the zone", f.Records(t), append(before, alias))
	target := alias
	target.Value = "another.example.net"
	change(t, f, dns.ChangeSet{Replace: []dns.Replacement{{Old: one(t, read(t, f), alias), New: target}}})
	checkRecords(t, "the zone", f.Records(t), append(before, target))
	change(t, f, dns.ChangeSet{Delete: []dns.Record{one(t, read(t, f), target)}, Create: []dns.Record{text}})
	checkRecords(t, "the zone", f.Records(t), append(before, text))
}

func keepsOrder(t *testing.T, f Fixture) {
	if !f.Ordered {
		return // nobody sees an order
	}
	names := []string{"zulu", "alpha", "mike", "", "bravo"}
	for _, name := range names {
		f.Add(t, record(f, name, "TXT", "in this place"))
	}
	snapshot := read(t, f)
	changed := record(f, "mike", "TXT", "changed in its place")
	change(t, f, dns.ChangeSet{
		Delete:  []dns.Record{one(t, snapshot, record(f, "bravo", "TXT", "in this place"))},
		Replace: []dns.Replacement{{Old: one(t, snapshot, record(f, "mike", "TXT", "in this place")), New: changed}},
		Create:  []dns.Record{record(f, "charlie", "TXT", "new")},
	})
	var order []string
	for _, r := range f.Records(t) {
		if r.Type == "TXT" && !strings.HasPrefix(r.Name, "charlie.") {
			order = append(order, r.Name)
		}
	}
	var want []string
	for _, name := range names[:4] {
		want = append(want, record(f, name, "TXT", "").Name)
	}
	if fmt.Sprint(order) != fmt.Sprint(want) {
		t.Errorf("the zone is in the order %q, want %q", order, want)
	}
}
