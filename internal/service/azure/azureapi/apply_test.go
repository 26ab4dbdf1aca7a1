package azureapi_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/stepwise"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

// A record that joins a set leaves the other records of the set as they are, and takes their TTL.
func TestJoiningKeepsTheSet(t *testing.T) {
	w := newWorld(t, apex)
	w.put(t, "MX", "@", object{"TTL": 1, "MXRecords": []object{{"preference": 10, "exchange": "mx1.example.net."}}})
	w.put(t, "TXT", "@", object{
		"TTL": 1, "metadata": object{"owner": "web team"},
		"TXTRecords": []object{{"value": []string{"v=spf1 ", "-all"}}},
	})
	h := w.host(t, azuresim.Token)
	mx := dns.Record{Name: apex, Type: "MX", Value: "mx2.example.net", Priority: 20, TTL: 3600}
	if err := h.Apply(t.Context(), read(t, h), dns.ChangeSet{Create: []dns.Record{mx, {Name: apex, Type: "TXT", Value: "ours", TTL: 3600}}}); err != nil {
		t.Fatal(err)
	}
	w.wantProperties(t, "MX", "@", `{"MXRecords":[{"exchange":"mx1.example.net.","preference":10},{"exchange":"mx2.example.net","preference":20}],"TTL":1}`)
	w.wantProperties(t, "TXT", "@", `{"TTL":1,"TXTRecords":[{"value":["v=spf1 ","-all"]},{"value":["ours"]}],"metadata":{"owner":"web team"}}`)
}

// Two processes that add to one set both keep the other's record.
func TestSecondRecordKeepsTheFirst(t *testing.T) {
	w := newWorld(t, apex)
	first, second := w.host(t, azuresim.Token), w.host(t, azuresim.Token)
	before := read(t, second)
	if err := first.Apply(t.Context(), read(t, first), dns.ChangeSet{Create: []dns.Record{txt("_acme-challenge."+apex, "one")}}); err != nil {
		t.Fatal(err)
	}
	two := dns.ChangeSet{Create: []dns.Record{txt("_acme-challenge."+apex, "two")}}
	if err := second.Apply(t.Context(), before, two); !errors.Is(err, dns.ErrZoneChanged) || errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("the zone was read before the first record came: %v", err)
	}
	if err := second.Apply(t.Context(), read(t, second), two); err != nil {
		t.Error(err)
	}
	w.wantProperties(t, "TXT", "_acme-challenge", `{"TTL":300,"TXTRecords":[{"value":["one"]},{"value":["two"]}]}`)
}

// A record is replaced in its place. What the API may learn later stays, in the record and in the set.
func TestUnknownPropertiesStay(t *testing.T) {
	w := newWorld(t, apex)
	err := w.EditZone(azuresim.Group, apex, func(z *azuresim.Zone) {
		z.Sets = append(z.Sets, set("MX", "shop", `{"TTL":60,"metadata":{"a":"b"},"novelty":{"deep":[1]},
			"MXRecords":[{"preference":5,"exchange":"A.example.net","checked":true},{"preference":9,"exchange":"b.example.net"}]}`))
	})
	if err != nil {
		t.Fatal(err)
	}
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	old := one(t, snapshot, "shop."+apex, "MX", "a.example.net")
	changed := old
	changed.Priority = 7
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Replace: []dns.Replacement{{Old: old, New: changed}}}); err != nil {
		t.Fatal(err)
	}
	w.wantProperties(t, "MX", "shop", `{"MXRecords":[{"checked":true,"exchange":"a.example.net","preference":7},{"exchange":"b.example.net","preference":9}],"TTL":60,"metadata":{"a":"b"},"novelty":{"deep":[1]}}`)

	// A new TTL changes nothing else, not even the spelling.
	snapshot = read(t, h)
	var retimed dns.ChangeSet
	for _, value := range []string{"a.example.net", "b.example.net"} {
		old := one(t, snapshot, "shop."+apex, "MX", value)
		next := old
		next.TTL = 120
		retimed.Replace = append(retimed.Replace, dns.Replacement{Old: old, New: next})
	}
	if err := h.Apply(t.Context(), snapshot, retimed); err != nil {
		t.Fatal(err)
	}
	w.wantProperties(t, "MX", "shop", `{"MXRecords":[{"checked":true,"exchange":"a.example.net","preference":7},{"exchange":"b.example.net","preference":9}],"TTL":120,"metadata":{"a":"b"},"novelty":{"deep":[1]}}`)
}

// A set that another resource answers for is shown as such. No change touches it, or comes near.
func TestLinkedSetsAreLeftAlone(t *testing.T) {
	const address, profile = "/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/publicIPAddresses/web",
		"/subscriptions/S/resourceGroups/G/providers/Microsoft.Network/trafficManagerProfiles/all"
	for property, test := range map[string]struct{ id, shown string }{
		"targetResource":           {address, "alias of " + address},
		"trafficManagementProfile": {profile, "answered by " + profile},
	} {
		t.Run(property, func(t *testing.T) {
			w := newWorld(t, apex)
			for _, recordType := range []string{"A", "CNAME"} {
				name := map[string]string{"A": "www", "CNAME": "shop"}[recordType]
				w.put(t, recordType, name, object{"TTL": 60, property: object{"id": test.id}})
			}
			h := w.host(t, azuresim.Token)
			snapshot := read(t, h)
			a := one(t, snapshot, "www."+apex, "A", test.shown)
			cname := one(t, snapshot, "shop."+apex, "CNAME", test.shown)
			other := a
			other.Value = "192.0.2.1"
			w.Forget()
			for what, changes := range map[string]dns.ChangeSet{
				"join":     {Create: []dns.Record{{Name: a.Name, Type: "A", Value: "192.0.2.1", TTL: 60}}},
				"delete":   {Delete: []dns.Record{a}},
				"replace":  {Replace: []dns.Replacement{{Old: a, New: other}}},
				"exchange": {Delete: []dns.Record{cname}, Create: []dns.Record{txt(cname.Name, "instead")}},
			} {
				err := h.Apply(t.Context(), snapshot, changes)
				var refused *dns.RefusedError
				if !errors.As(err, &refused) || !strings.Contains(err.Error(), test.id) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if calls := w.Called(); len(calls) > 0 {
				t.Errorf("something was sent: %q", calls)
			}
			// Beside an address, another type is possible, and the link stays.
			if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{txt(a.Name, "beside")}}); err != nil {
				t.Error(err)
			}
			if w.properties(t, "A", "www")[property] == nil || w.properties(t, "CNAME", "shop")[property] == nil {
				t.Error("a link is cut")
			}
			// The plan refuses a record that would join the set or take its place, whatever may be
			// overwritten, and names the resource.
			for _, r := range []dns.Record{
				{Name: a.Name, Type: "CNAME", Value: "host.example.net"}, other, txt(cname.Name, "instead"),
				{Name: cname.Name, Type: "CNAME", Value: "host.example.net"},
			} {
				e := dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
				planned, err := e.Plan(t.Context(), snapshot.Zone, dns.Publication{Owner: "o", Wanted: []dns.Wanted{{Key: "a", Record: r}}, Overwrite: true})
				if err != nil || planned.Err() == nil || !strings.Contains(planned.Err().Error(), "never joins, changes or deletes such a set") || !strings.Contains(planned.Err().Error(), test.id) {
					t.Errorf("%s is planned: %v, %v", r, planned.Err(), err)
				}
			}
		})
	}
}

// A set without records is written to and not created. It keeps a CNAME away, which is then named.
func TestEmptySets(t *testing.T) {
	w := newWorld(t, apex)
	w.put(t, "TXT", "empty", object{"TTL": 900, "metadata": object{"for": "later"}})
	w.put(t, "TXT", "either", object{"TTL": 900})
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{txt("empty."+apex, "first")}}); err != nil {
		t.Fatal(err)
	}
	w.wantProperties(t, "TXT", "empty", `{"TTL":300,"TXTRecords":[{"value":["first"]}],"metadata":{"for":"later"}}`)
	err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{{Name: "either." + apex, Type: "CNAME", Value: "host.example.net"}}})
	var refused *dns.RefusedError
	if !errors.As(err, &refused) || errors.Is(err, dns.ErrZoneChanged) || !strings.Contains(err.Error(), "an empty TXT record set at either.example.com") {
		t.Errorf("a CNAME beside an empty set: %v", err)
	}
}

// If Azure refuses the CNAME that replaces other records, those come back.
func TestExchangeIsUndone(t *testing.T) {
	w := newWorld(t, apex)
	w.put(t, "TXT", "either", object{"TTL": 60, "metadata": object{"a": "b"}, "TXTRecords": []object{{"value": []string{"a", "b"}}}})
	w.put(t, "A", "either", object{"TTL": 60, "ARecords": []object{{"ipv4Address": "192.0.2.1"}}})
	before := [2]string{mustJSON(t, w.properties(t, "TXT", "either")), mustJSON(t, w.properties(t, "A", "either"))}
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	change := dns.ChangeSet{
		Delete: []dns.Record{one(t, snapshot, "either."+apex, "TXT", "ab"), one(t, snapshot, "either."+apex, "A", "192.0.2.1")},
		Create: []dns.Record{{Name: "either." + apex, Type: "CNAME", Value: "host.example.net", TTL: 60}},
	}
	w.fail(fault.Fault{Kind: fault.Status, Status: 403, Method: http.MethodPut, Count: 1, Body: `{"error":{"code":"AuthorizationFailed","message":"no"}}`})
	err := h.Apply(t.Context(), snapshot, change)
	if !errors.Is(err, api.ErrAuth) || errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("everything was undone: %v", err)
	}
	w.wantProperties(t, "TXT", "either", before[0])
	w.wantProperties(t, "A", "either", before[1])

	// If they cannot come back, the error says what is gone.
	w.fail(fault.Fault{Kind: fault.Status, Status: 403, Method: http.MethodPut, Body: `{"error":{"code":"AuthorizationFailed","message":"no"}}`})
	err = h.Apply(t.Context(), read(t, h), change)
	var partial *stepwise.PartialError
	if !errors.As(err, &partial) || !errors.Is(err, api.ErrOutcomeUnknown) || len(partial.Done) != 2 || !strings.Contains(err.Error(), "could not be put back") {
		t.Errorf("the records are gone: %v", err)
	}
}

// A write after the first one fails: the outcome is unknown, and never a changed zone.
func TestLaterWriteFails(t *testing.T) {
	record := func(name string) dns.Record { return txt(name+"."+apex, "new") }
	for what, test := range map[string]struct {
		set  func(w *world)
		kind error
		text string
	}{
		"somebody else was first": {func(w *world) {
			w.put(t, "TXT", "b", text(60, "theirs"))
		}, api.ErrOutcomeUnknown, "Done: write TXT a.example.com. Not done: write TXT b.example.com. Not tried: write TXT c.example.com"},
		"the token expires": {func(w *world) {
			w.under(fault.Conditions{Switches: map[string]bool{azuresim.SwitchExpired: true}})
		}, api.ErrAuth, "The access token has expired"},
		"the zone is locked": {func(w *world) {
			if err := w.EditZone(azuresim.Group, apex, func(z *azuresim.Zone) { z.Lock = "ReadOnly" }); err != nil {
				t.Error(err)
			}
		}, api.ErrAuth, "Remove the lock"},
		"too many": {func(w *world) {
			w.fail(fault.Fault{Kind: fault.Status, Status: 429, RetryAfter: fault.Duration(time.Hour)})
		}, api.ErrRateLimited, "200 changes and 60 lists a minute"},
		"a server error": {func(w *world) { w.fail(fault.Fault{Kind: fault.StatusAfter}) }, api.ErrUnavailable, "Perhaps done: write TXT b.example.com"},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, apex)
			h := w.host(t, azuresim.Token)
			snapshot := read(t, h)
			writes := 0
			w.Before(func(r *http.Request) {
				if r.Method == http.MethodPut {
					if writes++; writes == 2 {
						test.set(w)
					}
				}
			})
			err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{record("a"), record("b"), record("c")}})
			if !errors.Is(err, api.ErrOutcomeUnknown) || errors.Is(err, dns.ErrZoneChanged) || !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("%v", err)
			}
			if writes != 2 || w.properties(t, "TXT", "a") == nil || w.properties(t, "TXT", "c") != nil {
				t.Errorf("%d writes", writes)
			}
		})
	}
}

// Somebody else adds a record to the set right before each write: nothing of theirs is lost, and the
// editor publishes all the same.
func TestSecondWriterBeforeEachWrite(t *testing.T) {
	for n := range 3 {
		w := newWorld(t, apex)
		w.put(t, "TXT", "@", text(300, "v=spf1 -all"))
		h := w.host(t, azuresim.Token)
		e := dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
		wanted := []dns.Wanted{
			{Key: "spf", Record: dns.Record{Name: apex, Type: "TXT", Value: "v=spf1 include:spf.example.net -all"}},
			{Key: "token", Record: dns.Record{Name: apex, Type: "TXT", Value: "token=1"}},
			{Key: "host", Record: dns.Record{Name: "host." + apex, Type: "A", Value: "192.0.2.1"}},
			{Key: "dmarc", Record: dns.Record{Name: "_dmarc." + apex, Type: "TXT", Value: "v=DMARC1; p=none; rua=mailto:d@example.com"}},
		}
		writes := 0
		var theirs dns.Record
		w.Before(func(r *http.Request) {
			if r.Method != http.MethodPut {
				return
			}
			if writes++; writes == n+1 {
				elements := strings.Split(r.URL.Path, "/")
				name, recordType := elements[len(elements)-1], elements[len(elements)-2]
				theirs = dns.Record{Name: strings.TrimPrefix(name+"."+apex, "@."), Type: recordType, Value: "theirs", TTL: 300}
				if recordType == "A" {
					theirs.Value = "192.0.2.99"
				}
				w.change(t, theirs, true)
			}
		})
		result, err := e.Publish(t.Context(), find(t, h), dns.Publication{Owner: "o", Wanted: wanted})
		w.Before(nil)
		if err != nil || len(result.Published) != len(wanted) || writes < 4 {
			t.Fatalf("before write %d of %d: %+v, %v", n, writes, result, err)
		}
		snapshot := read(t, h)
		one(t, snapshot, theirs.Name, theirs.Type, theirs.Value)
		for _, w := range wanted {
			one(t, snapshot, w.Record.Name, w.Record.Type, w.Record.Value)
		}
	}
}

// Somebody else adds a record to a set whose last record is to go: the set stays.
func TestSetThatIsJoinedIsNotDeleted(t *testing.T) {
	w := newWorld(t, apex)
	w.put(t, "TXT", "set", text(60, "ours"))
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	w.put(t, "TXT", "set", text(60, "ours", "theirs"))
	last := dns.ChangeSet{Delete: []dns.Record{one(t, snapshot, "set."+apex, "TXT", "ours")}}
	if err := h.Apply(t.Context(), snapshot, last); !errors.Is(err, dns.ErrZoneChanged) {
		t.Errorf("%v", err)
	}
	w.wantProperties(t, "TXT", "set", `{"TTL":60,"TXTRecords":[{"value":["ours"]},{"value":["theirs"]}]}`)
}

// Old records go last: if the new ones are refused, everything is as it was.
func TestNewRecordsComeFirst(t *testing.T) {
	w := newWorld(t, apex)
	w.put(t, "TXT", "old", text(60, "old"))
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	w.fail(fault.Fault{Kind: fault.Status, Status: 403, Method: http.MethodPut, Body: `{"error":{"code":"AuthorizationFailed","message":"no"}}`})
	err := h.Apply(t.Context(), snapshot, dns.ChangeSet{
		Delete: []dns.Record{one(t, snapshot, "old."+apex, "TXT", "old")}, Create: []dns.Record{txt("z."+apex, "new")},
	})
	if !errors.Is(err, api.ErrAuth) || errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("%v", err)
	}
	w.wantProperties(t, "TXT", "old", `{"TTL":60,"TXTRecords":[{"value":["old"]}]}`)
}

// Another record came to the name of a new CNAME, or a CNAME to that of a new record: the zone has
// changed since it was read.
func TestConflictCameMeanwhile(t *testing.T) {
	w := newWorld(t, apex)
	h := w.host(t, azuresim.Token)
	snapshot := read(t, h)
	w.put(t, "TXT", "a", text(60, "theirs"))
	w.put(t, "CNAME", "b", object{"TTL": 60, "CNAMERecord": object{"cname": "theirs.example.net"}})
	for _, r := range []dns.Record{{Name: "a." + apex, Type: "CNAME", Value: "host.example.net"}, txt("b."+apex, "ours")} {
		if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{r}}); !errors.Is(err, dns.ErrZoneChanged) {
			t.Errorf("%s: %v", r, err)
		}
	}
}
