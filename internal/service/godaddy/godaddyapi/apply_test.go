package godaddyapi_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

// Fifty new records are one call with v1; v3 has no other way than fifty.
func TestCallsForManyRecords(t *testing.T) {
	var changes dns.ChangeSet
	for i := range 50 {
		changes.Create = append(changes.Create, txt(fmt.Sprintf("n%d.%s", i, apex), "new"))
	}
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		base := read(t, h)
		s.reset()
		if err := h.Apply(t.Context(), base, changes); err != nil {
			t.Fatal(err)
		}
		if n := len(s.records()); n != 50 {
			t.Errorf("there are %d records", n)
		}
		if gets, patches, posts := s.called("GET"), s.called("PATCH"), s.called("POST"); gets != 1 || patches+posts/50 != 1 {
			t.Errorf("%d GET, %d PATCH and %d POST", gets, patches, posts)
		}
	})
}

// The order of calls leaves too much rather than too little, should the program end between two of
// them.
func TestOrderOfCalls(t *testing.T) {
	ten := 10
	there := []godaddysim.Record{
		text("@", "v=spf1 -all"), text("@", "token"), text("gone", "x"), text("either", "text"),
		{Type: "CNAME", Name: "alias", Data: "old.example.net.", TTL: 3600},
		{Type: "MX", Name: "@", Data: "mx.example.net.", TTL: 3600, Priority: &ten},
	}
	alias := func(name, target string) dns.Record {
		return dns.Record{Name: name + "." + apex, Type: "CNAME", Value: target, TTL: 3600}
	}
	changes := func(t *testing.T, s *dns.Snapshot) dns.ChangeSet {
		mx := find(t, s, apex, "MX", "mx.example.net")
		preferred := mx
		preferred.ID, preferred.Priority = "", 20
		return dns.ChangeSet{
			Create: []dns.Record{alias("either", "new.example.net"), txt("fresh."+apex, "new")},
			Replace: []dns.Replacement{
				{Old: find(t, s, apex, "TXT", "v=spf1 -all"), New: txt(apex, "v=spf1 mx -all")},
				{Old: find(t, s, "alias."+apex, "CNAME", "old.example.net"), New: alias("alias", "new.example.net")},
				{Old: mx, New: preferred},
			},
			Delete: []dns.Record{find(t, s, "gone."+apex, "TXT", "x"), find(t, s, "either."+apex, "TXT", "text")},
		}
	}
	const v1 = "/v1/domains/example.com/records"
	want := map[string][]string{
		"v1 with a key": {
			"GET " + v1, "PATCH " + v1,
			"GET " + v1 + "/MX/@", "PUT " + v1 + "/MX/@", "GET " + v1 + "/TXT/@", "PUT " + v1 + "/TXT/@",
			"GET " + v1 + "/CNAME/alias", "PUT " + v1 + "/CNAME/alias",
			"GET " + v1 + "/TXT/either", "DELETE " + v1 + "/TXT/either", "PATCH " + v1,
			"GET " + v1 + "/TXT/gone", "DELETE " + v1 + "/TXT/gone",
		},
		// New ones, each CNAME or changed preference after what is in its way, what is left to go.
		"v3 with a token": {"GET", "POST", "POST", "DELETE", "POST", "DELETE", "POST", "DELETE", "POST", "DELETE", "DELETE"},
	}
	for name, credentials := range versions {
		t.Run(name, func(t *testing.T) {
			s := newSimulation(t)
			s.put(there...)
			h := s.host(credentials)
			base := read(t, h)
			s.reset()
			if err := h.Apply(t.Context(), base, changes(t, base)); err != nil {
				t.Fatal(err)
			}
			got := s.made()
			for i := range got {
				if name != "v1 with a key" {
					got[i], _, _ = strings.Cut(got[i], " ")
				}
			}
			if !slices.Equal(got, want[name]) {
				t.Errorf("the calls are\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want[name], "\n\t"))
			}
			s.want("TXT @ 1h0m0s v=spf1 mx -all", "TXT @ 1h0m0s token", "CNAME either 1h0m0s new.example.net.",
				"CNAME alias 1h0m0s new.example.net.", "MX @ 1h0m0s mx.example.net. 2", "TXT fresh 1h0m0s new")
		})
	}
}

func TestZoneChanged(t *testing.T) {
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		s.put(text("@", "ours"))
		base := read(t, h)
		ours := find(t, base, apex, "TXT", "ours")
		s.put(text("@", "theirs"))
		s.reset()
		for _, changes := range []dns.ChangeSet{
			{Create: []dns.Record{txt(apex, "new")}},
			{Delete: []dns.Record{ours}},
			{Replace: []dns.Replacement{{Old: ours, New: txt(apex, "new")}}},
		} {
			if err := h.Apply(t.Context(), base, changes); !errors.Is(err, dns.ErrZoneChanged) || !strings.Contains(err.Error(), "TXT at "+apex) {
				t.Errorf("%+v: %v", changes, err)
			}
		}
		if n := len(s.made()) - s.called("GET"); n != 0 {
			t.Errorf("%d calls changed something: %q", n, s.made())
		}
		s.want("TXT @ 1h0m0s ours", "TXT @ 1h0m0s theirs")
		if err := h.Apply(t.Context(), base, dns.ChangeSet{Delete: []dns.Record{txt("never."+apex, "there")}}); !errors.Is(err, dns.ErrZoneChanged) {
			t.Errorf("deleting what never was there: %v", err)
		}
	})
}

// An error half-way says what was done and what was not, and stops there.
func TestPartialChange(t *testing.T) {
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		s.put(text("@", "old"), text("@", "stays"), text("gone", "x"))
		base := read(t, h)
		changes := dns.ChangeSet{
			Create:  []dns.Record{txt("first."+apex, "new")},
			Replace: []dns.Replacement{{Old: find(t, base, apex, "TXT", "old"), New: txt(apex, "new")}},
			Delete:  []dns.Record{find(t, base, "gone."+apex, "TXT", "x")},
		}
		failing := "PUT"
		if !isV1(h) {
			failing = "DELETE"
		}
		s.fail(failing, 0, fault.Fault{Kind: fault.Status, Status: 403, Body: `{"code":"ACCESS_DENIED","message":"No more"}`})
		err := h.Apply(t.Context(), base, changes)
		var partial *godaddyapi.PartialError
		if !errors.As(err, &partial) || !errors.Is(err, api.ErrAuth) || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Fatalf("got %v", err)
		}
		if !strings.Contains(partial.Done[0], "first."+apex) || len(partial.Open) != 1 || !strings.Contains(partial.Open[0], "gone."+apex) {
			t.Errorf("done %q, open %q", partial.Done, partial.Open)
		}
		for _, part := range []string{"zone example.com at GoDaddy was changed in part", "Done: create first.example.com TXT \"new\"",
			"Not done: ", "Not tried: delete gone.example.com TXT \"x\"", "ACCESS_DENIED", "No more"} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%q is not in the error %q", part, err)
			}
		}
		lines := s.lines()
		for _, kept := range []string{"TXT @ 1h0m0s old", "TXT @ 1h0m0s stays", "TXT gone 1h0m0s x", "TXT first 1h0m0s new"} {
			if !slices.Contains(lines, kept) {
				t.Errorf("%s is not in the zone: %q", kept, lines)
			}
		}
	})
}

// What was taken away to make room comes back when GoDaddy refuses what was to take its place.
func TestExchangeIsUndone(t *testing.T) {
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		s.put(text("either", "one"), text("either", "two"))
		base := read(t, h)
		changes := dns.ChangeSet{
			Delete: []dns.Record{find(t, base, "either."+apex, "TXT", "one"), find(t, base, "either."+apex, "TXT", "two")},
			Create: []dns.Record{{Name: "either." + apex, Type: "CNAME", Value: "host.example.net", TTL: 3600}},
		}
		create := "POST"
		if isV1(h) {
			create = "PATCH"
		}
		s.fail(create, 0, fault.Fault{Kind: fault.Status, Status: 422, Body: `{"code":"INVALID_BODY","message":"Not this one"}`})
		err := h.Apply(t.Context(), base, changes)
		var partial *godaddyapi.PartialError
		var refused *dns.RefusedError
		if errors.As(err, &partial) || !errors.As(err, &refused) || refused.Record.Value != "host.example.net" || !strings.Contains(err.Error(), "Not this one") {
			t.Errorf("got %v", err)
		}
		s.want("TXT either 1h0m0s one", "TXT either 1h0m0s two")

		// An answer that never came leaves it open: then nothing is put back beside it.
		base = read(t, h)
		changes.Delete = []dns.Record{find(t, base, "either."+apex, "TXT", "one"), find(t, base, "either."+apex, "TXT", "two")}
		s.fail(create, 0, fault.Fault{Kind: fault.CutAfter})
		err = h.Apply(t.Context(), base, changes)
		if !errors.As(err, &partial) || !errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "Perhaps done: create either.example.com CNAME") {
			t.Errorf("got %v", err)
		}
		s.want("CNAME either 1h0m0s host.example.net.")
	})
}

// Where putting back fails too, the error says what is missing now.
func TestExchangeThatCannotBeUndone(t *testing.T) {
	s := newSimulation(t)
	s.put(text("@", "timed"))
	h := s.host(versions["v3 with a token"])
	base := read(t, h)
	old := find(t, base, apex, "TXT", "timed")
	longer := txt(apex, "timed")
	longer.TTL = 7200
	s.set(fault.Conditions{Faults: []fault.Fault{{Method: "POST", Kind: fault.Status, Status: 403, Body: `{"name":"FORBIDDEN","message":"No"}`}}})
	err := h.Apply(t.Context(), base, dns.ChangeSet{Replace: []dns.Replacement{{Old: old, New: longer}}})
	var partial *godaddyapi.PartialError
	if !errors.As(err, &partial) || !errors.Is(err, api.ErrAuth) ||
		!strings.Contains(err.Error(), `Done: delete example.com TXT "timed"`) || !strings.Contains(err.Error(), "could not be put back, so create it again") {
		t.Errorf("got %v", err)
	}
	s.want()
}

// A set that somebody changes between the reading of the zone and its own is left alone.
func TestSetChangesAtTheLastMoment(t *testing.T) {
	s := newSimulation(t)
	s.put(text("@", "one"), text("@", "two"), text("b", "one"), text("b", "two"))
	h := s.host(versions["v1 with a key"])
	base := read(t, h)
	change := func(names ...string) dns.ChangeSet {
		var c dns.ChangeSet
		for _, name := range names {
			c.Replace = append(c.Replace, dns.Replacement{Old: find(t, base, name, "TXT", "one"), New: txt(name, "new")})
		}
		return c
	}
	// The set of the apex is answered with another one's in the meantime.
	other := fault.Fault{Method: "GET", Path: "/v1/domains/example.com/records/TXT/*", Count: 1, Kind: fault.Status, Status: 200, Body: `[{"type":"TXT","name":"@","data":"one","ttl":3600}]`}
	s.set(fault.Conditions{Faults: []fault.Fault{other}})
	if err := h.Apply(t.Context(), base, change(apex)); !errors.Is(err, dns.ErrZoneChanged) {
		t.Errorf("nothing was done: %v", err)
	}
	other.Skip = 1
	s.set(fault.Conditions{Faults: []fault.Fault{other}})
	err := h.Apply(t.Context(), base, change(apex, "b."+apex))
	var partial *godaddyapi.PartialError
	if !errors.As(err, &partial) || errors.Is(err, dns.ErrZoneChanged) || !strings.Contains(err.Error(), "changed by somebody else") {
		t.Errorf("one of two was done: %v", err)
	}
	s.want("TXT @ 1h0m0s new", "TXT @ 1h0m0s two", "TXT b 1h0m0s one", "TXT b 1h0m0s two")
}

// Records that were deleted meanwhile need no deleting.
func TestGoneAlready(t *testing.T) {
	s := newSimulation(t)
	s.put(text("gone", "x"))
	h := s.host(versions["v3 with a token"])
	base := read(t, h)
	s.fail("DELETE", 0, fault.Fault{Kind: fault.StatusAfter, Status: 404, Body: `{"name":"NOT_FOUND","message":"Not there"}`})
	if err := h.Apply(t.Context(), base, dns.ChangeSet{Delete: base.Records[len(base.Records)-1:]}); err != nil {
		t.Error(err)
	}
	s.want()
}

// A leftover without data is no record, but v1 would lose it with its set.
func TestLeftovers(t *testing.T) {
	leftover := godaddysim.Record{Type: "TXT", Name: "@", TTL: 600}
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		s.put(text("@", "one"), leftover, text("@", "two"))
		base := read(t, h)
		if n := len(base.Records); n != 4 {
			t.Errorf("%d records were read: %v", n, base.Records)
		}
		if err := h.Apply(t.Context(), base, dns.ChangeSet{Create: []dns.Record{txt(apex, "three")}}); err != nil {
			t.Errorf("creating beside it: %v", err)
		}
		base = read(t, h)
		err := h.Apply(t.Context(), base, dns.ChangeSet{Delete: []dns.Record{find(t, base, apex, "TXT", "two")}})
		if !isV1(h) {
			if err != nil {
				t.Error(err)
			}
			s.want("TXT @ 1h0m0s one", "TXT @ 10m0s ", "TXT @ 1h0m0s three")
			return
		}
		if err == nil || !strings.Contains(err.Error(), "leftover") || !strings.Contains(err.Error(), "control panel") {
			t.Errorf("got %v", err)
		}
		s.want("TXT @ 1h0m0s one", "TXT @ 10m0s ", "TXT @ 1h0m0s two", "TXT @ 1h0m0s three")
	})
}

// What GoDaddy is known to refuse is refused before anything is sent, with the record.
func TestRefused(t *testing.T) {
	record := func(change func(r *dns.Record)) dns.Record {
		r := txt("new."+apex, "text")
		change(&r)
		return r
	}
	tests := map[string]struct {
		record dns.Record
		says   string
		v1     bool // whether v1 takes it
	}{
		"short TTL": {record(func(r *dns.Record) { r.TTL = 599 }), "600 to 86400", false},
		"long TTL":  {record(func(r *dns.Record) { r.TTL = 86401 }), "600 to 86400", false},
		"no text":   {record(func(r *dns.Record) { r.Value = "" }), "without a text", false},
		"long text": {record(func(r *dns.Record) { r.Value = strings.Repeat("x", 513) }), "at most 512", true},
		"NS":        {record(func(r *dns.Record) { r.Type, r.Value = "NS", "ns.example.net" }), "cannot write records of this type", false},
		"SRV name":  {record(func(r *dns.Record) { r.Type, r.Value = "SRV", "0 1 993 imap.example.net." }), "a service and a protocol", false},
		"SRV value": {record(func(r *dns.Record) { r.Name, r.Type, r.Value = "_imaps._tcp."+apex, "SRV", "0 1 imap.example.net." }), "a priority, a weight, a port and a host", false},
	}
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		for name, test := range tests {
			base := read(t, h)
			s.reset()
			err := h.Apply(t.Context(), base, dns.ChangeSet{Create: []dns.Record{txt("fine."+apex, "x"), test.record}})
			if isV1(h) && test.v1 {
				if err != nil {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			var refused *dns.RefusedError
			if !errors.As(err, &refused) || refused.Record != test.record || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%s: %v", name, err)
			}
			if len(s.made()) != 0 {
				t.Errorf("%s: %q was called", name, s.made())
			}
		}
	})
}

// What GoDaddy itself refuses is traced to its record.
func TestRefusedByGoDaddy(t *testing.T) {
	forBoth(t, func(t *testing.T, s *simulation, h *godaddyapi.Host) {
		base := read(t, h)
		bad := dns.Record{Name: "bad." + apex, Type: "A", Value: "not an address", TTL: 3600}
		err := h.Apply(t.Context(), base, dns.ChangeSet{Create: []dns.Record{txt("fine."+apex, "x"), bad}})
		var refused *dns.RefusedError
		var answer *api.Error
		if !errors.As(err, &refused) || refused.Record != bad || !errors.As(err, &answer) || answer.Status/100 != 4 {
			t.Errorf("got %v", err)
		}

		s.put(text("twin", "same"))
		err = h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: []dns.Record{txt("twin."+apex, "same")}})
		if !errors.As(err, &answer) || answer.Code != "DUPLICATE_RECORD" || !errors.As(err, &refused) || refused.Record.Name != "twin."+apex {
			t.Errorf("a duplicate: %v", err)
		}
	})
}
