package dnstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func findsZone(t *testing.T, f Fixture) {
	apex := f.Zone.Apex
	for _, name := range []string{apex, "www." + apex, "s1._domainkey.shop." + apex, "*." + apex} {
		zone, err := f.Host.FindZone(t.Context(), name)
		if err != nil || zone.Apex != apex || zone.ID != f.Zone.ID || zone.ReadOnly != "" {
			t.Errorf("the zone of %s: %+v, %v; want %s, %s", name, zone, err, apex, f.Zone.ID)
		}
	}
}

func missesZone(t *testing.T, f Fixture) {
	for _, name := range []string{"not-" + f.Zone.Apex, "nobodys.example"} {
		if zone, err := f.Host.FindZone(t.Context(), name); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("the zone of %s: %+v, %v; want api.ErrNotFound", name, zone, err)
		}
	}
}

func saysLimits(t *testing.T, f Fixture) {
	l := f.Host.Limits()
	if f.Host.Name() == "" {
		t.Error("the host has no name")
	}
	if l.MaxTTL == 0 || l.MinTTL > l.MaxTTL {
		t.Errorf("TTLs from %d to %d", l.MinTTL, l.MaxTTL)
	}
	if l.DefaultTTL != l.AutomaticTTL && (l.DefaultTTL < l.MinTTL || l.DefaultTTL > l.MaxTTL) {
		t.Errorf("the default TTL %d is outside %d to %d", l.DefaultTTL, l.MinTTL, l.MaxTTL)
	}
	if l.AutomaticTTL != 0 && l.AutomaticTTL >= l.MinTTL {
		t.Errorf("the automatic TTL %d could be a TTL: the least is %d", l.AutomaticTTL, l.MinTTL)
	}
	for _, needed := range []string{"A", "AAAA", "CNAME", "MX", "TXT"} {
		if !accepts(f, needed) {
			t.Errorf("mail needs records of the type %s", needed)
		}
	}
}

func checksAccess(t *testing.T, f Fixture) {
	f.Add(t, record(f, "www", "A", "192.0.2.1"))
	before := f.Records(t)
	access, err := f.Host.CheckAccess(t.Context(), f.Zone)
	if err != nil || access != dns.WriteProven && access != dns.WriteUnknown {
		t.Errorf("access is %q, %v", access, err)
	}
	checkRecords(t, "the zone", f.Records(t), before)
}

func refusesReadOnly(t *testing.T, f Fixture) {
	if f.ReadOnly.Apex == "" {
		return // the host knows no such zones
	}
	zone, err := f.Host.FindZone(t.Context(), "www."+f.ReadOnly.Apex)
	if err != nil || zone.Apex != f.ReadOnly.Apex || zone.ReadOnly == "" {
		t.Errorf("the zone is %+v, %v; want %s and why it cannot be edited", zone, err, f.ReadOnly.Apex)
	}
	r := dns.Record{Name: "new." + f.ReadOnly.Apex, Type: "TXT", Value: "new", TTL: f.Host.Limits().MaxTTL}
	if err := f.Host.Apply(t.Context(), &dns.Snapshot{Zone: zone}, dns.ChangeSet{Create: []dns.Record{r}}); err == nil {
		t.Error("the zone was written")
	}
}

func comparesAndSwaps(t *testing.T, f Fixture) {
	if !f.Host.Limits().CompareAndSwap {
		return // the host cannot tell
	}
	ours, theirs := record(f, "set", "TXT", "ours"), record(f, "set", "TXT", "theirs")
	f.Add(t, ours)
	for _, test := range []struct {
		what    string
		changes func(s *dns.Snapshot) dns.ChangeSet
		foreign func()
	}{
		{"a record joins the set", func(*dns.Snapshot) dns.ChangeSet {
			return dns.ChangeSet{Create: []dns.Record{record(f, "set", "TXT", "new"), record(f, "elsewhere", "TXT", "new")}}
		}, func() { f.Add(t, theirs) }},
		{"a record leaves the set", func(s *dns.Snapshot) dns.ChangeSet {
			return dns.ChangeSet{Delete: []dns.Record{one(t, s, ours)}}
		}, func() { f.Remove(t, theirs) }},
		{"the record itself goes", func(s *dns.Snapshot) dns.ChangeSet {
			return dns.ChangeSet{Replace: []dns.Replacement{{Old: one(t, s, ours), New: record(f, "set", "TXT", "changed")}}}
		}, func() { f.Remove(t, ours) }},
		{"a record comes where there was none", func(*dns.Snapshot) dns.ChangeSet {
			return dns.ChangeSet{Create: []dns.Record{record(f, "set", "TXT", "new")}}
		}, func() { f.Add(t, theirs) }},
	} {
		snapshot := read(t, f)
		changes := test.changes(snapshot)
		test.foreign()
		before := f.Records(t)
		if err := f.Host.Apply(t.Context(), snapshot, changes); !errors.Is(err, dns.ErrZoneChanged) {
			t.Errorf("%s: %v, want dns.ErrZoneChanged", test.what, err)
		}
		checkRecords(t, test.what, f.Records(t), before)
	}
}

func mindsOnlyItsSets(t *testing.T, f Fixture) {
	if f.Host.Limits().RewritesZone {
		return // what happens between reading and writing is lost, as Limits says
	}
	ours := record(f, "set", "TXT", "ours")
	f.Add(t, ours)
	f.Add(t, record(f, "gone", "TXT", "soon"))
	snapshot := read(t, f)
	f.Add(t, record(f, "elsewhere", "TXT", "theirs"))
	f.Remove(t, record(f, "gone", "TXT", "soon"))
	before := f.Records(t)
	changed := record(f, "set", "TXT", "changed")
	added := record(f, "new", "TXT", "new")
	if err := f.Host.Apply(t.Context(), snapshot, dns.ChangeSet{
		Replace: []dns.Replacement{{Old: one(t, snapshot, ours), New: changed}},
		Create:  []dns.Record{added},
	}); err != nil {
		t.Fatal(err)
	}
	checkRecords(t, "the zone", f.Records(t), append(without(before, ours), changed, added))
}

func appliesAllOrNothing(t *testing.T, f Fixture) {
	if !f.Host.Limits().Atomic {
		return // parts may be applied, as Limits says
	}
	gone := record(f, "gone", "TXT", "soon")
	f.Add(t, gone)
	snapshot := read(t, f)
	f.Remove(t, gone)
	before := f.Records(t)
	added := record(f, "new", "TXT", "new")
	err := f.Host.Apply(t.Context(), snapshot, dns.ChangeSet{
		Delete: []dns.Record{one(t, snapshot, gone)},
		Create: []dns.Record{added},
	})
	if err != nil {
		checkRecords(t, "the zone after an error", f.Records(t), before)
	} else {
		checkRecords(t, "the zone", f.Records(t), append(before, added))
	}
}

func refusesType(t *testing.T, f Fixture) {
	if f.Host.Limits().Types == nil || accepts(f, "NAPTR") {
		return // there is no such type
	}
	before := f.Records(t)
	r := record(f, "odd", "NAPTR", `100 50 "s" "z3950" "" _z3950._tcp.example.net.`)
	if err := f.Host.Apply(t.Context(), read(t, f), dns.ChangeSet{Create: []dns.Record{r}}); err == nil {
		t.Error("a record of a type that the host does not have was written")
	}
	checkRecords(t, "the zone", f.Records(t), before)
}

func obeysContext(t *testing.T, f Fixture) {
	snapshot, before := read(t, f), f.Records(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Host.Read(ctx, f.Zone); err == nil {
		t.Error("read in spite of a cancelled context")
	}
	if err := f.Host.Apply(ctx, snapshot, dns.ChangeSet{Create: []dns.Record{record(f, "new", "TXT", "new")}}); err == nil {
		t.Error("written in spite of a cancelled context")
	}
	checkRecords(t, "the zone", f.Records(t), before)
}

func servesMany(t *testing.T, f Fixture) {
	r := record(f, "www", "A", "192.0.2.1")
	f.Add(t, r)
	var users sync.WaitGroup
	for i := range 6 {
		users.Go(func() {
			if zone, err := f.Host.FindZone(t.Context(), fmt.Sprintf("n%d.%s", i, f.Zone.Apex)); err != nil || zone.Apex != f.Zone.Apex {
				t.Errorf("finding the zone: %+v, %v", zone, err)
			}
			snapshot, err := f.Host.Read(t.Context(), f.Zone)
			if err != nil || !contains(snapshot.Records, r) {
				t.Errorf("reading: %v", err)
			}
		})
	}
	for i := range 3 {
		change(t, f, dns.ChangeSet{Create: []dns.Record{record(f, fmt.Sprintf("n%d", i), "TXT", "new")}})
	}
	users.Wait()
}

func servesEditor(t *testing.T, f Fixture) {
	for _, r := range kinds(f) {
		f.Add(t, r)
	}
	before := f.Records(t)
	e := dns.NewEditor(f.Host, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
	wanted := []dns.Wanted{
		{Key: "spf", Record: dns.Record{Name: f.Zone.Apex, Type: "TXT", Value: "v=spf1 include:spf.example.net ~all"}},
		{Key: "dkim", Record: record(f, "s3._domainkey", "CNAME", "s3.domainkey.example.net")},
		{Key: "token", Record: record(f, "", "TXT", `token="ä\`)},
	}
	result, err := e.Publish(t.Context(), f.Zone, dns.Publication{Owner: "a", Wanted: wanted})
	if err != nil {
		t.Fatal(err)
	}
	observed, err := e.Snapshot(t.Context(), f.Zone, []dns.Record{wanted[0].Record, wanted[1].Record})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range e.Observe(observed, "a", result.Published) {
		if o.Presence != dns.Present {
			t.Errorf("%s is %s: %s", o.Published.Key, o.Presence, o.Record)
		}
	}
	if result, err = e.Publish(t.Context(), f.Zone, dns.Publication{Owner: "a", Previous: result.Published}); err != nil || len(result.Warnings) > 0 {
		t.Errorf("withdrawing: %+v, %v", result, err)
	}
	checkRecords(t, "the zone", f.Records(t), before)
}
