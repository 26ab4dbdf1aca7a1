package googleapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googleapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

// An apex with 40 texts, and texts that are long or odd, take a further one and give it back.
func TestLargeSets(t *testing.T) {
	w := newWorld(t, "xn--bcher-kva.example")
	var theirs []string
	for i := range 40 {
		theirs = append(theirs, fmt.Sprintf(`"verification-%02d=%s"`, i, strings.Repeat("v", 60)))
	}
	w.put(t, "xn--bcher-kva.example", set("xn--bcher-kva.example.", "TXT", 3600, theirs...))
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "mail.xn--bcher-kva.example")
	for _, value := range []string{strings.Repeat("abcdefghij", 500), `a "b" \c; d`, "Grüße, 世界", strings.Repeat("é", 300), ""} {
		for _, name := range []string{"xn--bcher-kva.example", "*.xn--bcher-kva.example"} {
			snapshot := read(t, h, zone)
			if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{text(name, value)}}); err != nil {
				t.Fatalf("%.20q: %v", value, err)
			}
			snapshot = read(t, h, zone)
			ours := one(t, snapshot, text(name, value))
			if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Delete: []dns.Record{ours}}); err != nil {
				t.Fatalf("%.20q: %v", value, err)
			}
		}
	}
	if got := w.stored(t, zone.Apex, zone.Apex+".", "TXT"); !slices.Equal(got.Rrdatas, theirs) {
		t.Errorf("the set is %q", got.Rrdatas)
	}
	too := text(zone.Apex, strings.Repeat("x", 66000))
	var refused *dns.RefusedError
	if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{too}}); !errors.As(err, &refused) {
		t.Errorf("a text of 66,000 bytes: %v", err)
	}
}

// A zone and a list of zones of several pages are read whole, in as few calls as the pages are.
func TestPages(t *testing.T) {
	w := newWorld(t, "example.com")
	w.edit(t, "example.com", func(z *googlesim.Zone) {
		for i := range 4998 {
			put := set(fmt.Sprintf("n%05d.example.com.", i), "TXT", 300, `"v"`)
			z.Sets = append(z.Sets, &put)
		}
	})
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "example.com")
	for page, calls := range map[string]int{"1000": 5, "700": 8, "5000": 5} {
		w.set(t, map[string]string{googlesim.SettingPage: page})
		w.Forget()
		if got := len(read(t, h, zone).Records); got != 4998+4 || len(w.Called()) != calls {
			t.Errorf("pages of %s: %d records in %d calls, want %d in %d", page, got, len(w.Called()), 4998+4, calls)
		}
	}
}

// A list whose pages go round in a circle ends with an error.
func TestPagesInACircle(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "example.com")
	w.under(t, fault.Conditions{Faults: []fault.Fault{{Kind: fault.InvalidJSON, Body: `{"kind":"dns#resourceRecordSetsListResponse","rrsets":[],"nextPageToken":"x"}`}}})
	if _, err := h.Read(t.Context(), zone); !errors.Is(err, api.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

// An answer that the API cannot have given is no zone without records, and no account without zones.
func TestImpossibleAnswers(t *testing.T) {
	for _, body := range []string{
		`{}`, `{"rrsets":[]}`, `{"rrsets":[{"name":"x.example.com.","type":"A","ttl":1,"rrdatas":["192.0.2.1"]}]}`, `{"rrsets":[{}]}`, `[]`, `{"rrsets":{}}`,
		`{"managedZones":[{"dnsName":"example.com."}]}`, `{"kind":"dns#managedZonesListResponse","managedZones":[{"name":"x"}]}`,
	} {
		w := newWorld(t, "example.com")
		h := w.host(t, googlesim.Token)
		zone := find(t, h, "example.com")
		w.under(t, fault.Conditions{Faults: []fault.Fault{{Kind: fault.InvalidJSON, Body: body}}})
		if _, err := h.Read(t.Context(), zone); !errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrNotFound) {
			t.Errorf("reading %s: %v", body, err)
		}
		if zones, err := w.host(t, googlesim.Token).Zones(t.Context()); !errors.Is(err, api.ErrUnavailable) {
			t.Errorf("listing %s: %+v, %v", body, zones, err)
		}
		if err := h.Apply(t.Context(), &dns.Snapshot{Zone: zone}, dns.ChangeSet{Create: []dns.Record{text("a.example.com", "b")}}); !errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("writing %s: %v", body, err)
		}
	}
}

// A call that is refused as one too many, in either way, is repeated at whatever point of a run.
func TestThrottlingAtEachCall(t *testing.T) {
	ways := map[string]fault.Fault{
		"429":           {Kind: fault.Status, Status: 429, Body: `{"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","errors":[{"reason":"rateLimitExceeded"}]}}`},
		"403":           {Kind: fault.Status, Status: 403, Body: `{"error":{"code":403,"message":"Rate Limit Exceeded","errors":[{"reason":"rateLimitExceeded","message":"Rate Limit Exceeded"}]}}`},
		"403 of a user": {Kind: fault.Status, Status: 403, Body: `{"error":{"code":403,"message":"User Rate Limit Exceeded","errors":[{"reason":"userRateLimitExceeded"}]}}`},
	}
	run := func(t *testing.T, h *googleapi.Host) error {
		zone, err := h.FindZone(t.Context(), "example.com")
		if err != nil {
			return err
		}
		if access, err := h.CheckAccess(t.Context(), zone); err != nil || access != dns.WriteProven {
			return fmt.Errorf("%q, %w", access, err)
		}
		_, err = editor(h).Publish(t.Context(), zone, dns.Publication{Wanted: []dns.Wanted{{Key: "k", Record: text("example.com", "v")}}})
		return err
	}
	w := newWorld(t, "example.com")
	if err := run(t, w.host(t, googlesim.Token)); err != nil {
		t.Fatal(err)
	}
	calls := len(w.Called())
	for what, way := range ways {
		for n := range calls {
			w := newWorld(t, "example.com")
			way.Skip, way.Count = n, 1
			w.under(t, fault.Conditions{Faults: []fault.Fault{way}})
			if err := run(t, w.host(t, googlesim.Token)); err != nil {
				t.Errorf("%s at call %d: %v", what, n, err)
			}
			if changes := w.zone(t, "example.com").Changed - 1; changes != 1 || len(w.Called()) != calls+1 {
				t.Errorf("%s at call %d: %d changes, %d calls", what, n, changes, len(w.Called()))
			}
		}
		w := newWorld(t, "example.com")
		way.Skip, way.Count = 0, 0
		w.under(t, fault.Conditions{Faults: []fault.Fault{way}})
		if err := run(t, w.host(t, googlesim.Token)); !errors.Is(err, api.ErrRateLimited) || errors.Is(err, api.ErrAuth) {
			t.Errorf("%s for good: %v", what, err)
		}
	}
}

// A change that does not show in the zone while it is pending is waited for.
func TestPendingChanges(t *testing.T) {
	w := newWorld(t, "example.com")
	w.put(t, "example.com", set("example.com.", "TXT", 300, `"theirs"`))
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "example.com")
	w.under(t, fault.Conditions{Switches: map[string]bool{googlesim.SwitchLateLists: true}, Settings: map[string]string{googlesim.SettingPending: "300ms"}})
	result, err := editor(h).Publish(t.Context(), zone, dns.Publication{Wanted: []dns.Wanted{{Key: "k", Record: text("example.com", "ours")}}})
	if err != nil {
		t.Fatal(err)
	}
	if changes := w.zone(t, "example.com").Changed - 1; changes != 1 || result.Published[0].Preexisting {
		t.Errorf("%d changes: %+v", changes, result)
	}
}

// A change that stays pending and does not show is neither a success nor a failure. One that shows is
// a success, however long it stays pending.
func TestChangeThatStaysPending(t *testing.T) {
	for _, late := range []bool{true, false} {
		w := newWorld(t, "example.com")
		h := w.hostWith(t, googleapi.Config{Credentials: googleapi.Credentials{AccessToken: googlesim.Token}, Project: googlesim.Project, PendingFor: 20 * time.Millisecond})
		zone := find(t, h, "example.com")
		w.under(t, fault.Conditions{Switches: map[string]bool{googlesim.SwitchLateLists: late}, Settings: map[string]string{googlesim.SettingPending: "1h"}})
		after, err := h.ApplyAndRead(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{text("example.com", "ours")}})
		if late && (!errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "still pending")) || !late && (err != nil || after == nil) {
			t.Errorf("late %t: %v, %v", late, after, err)
		}
	}
}

// A change beyond a quota is refused as a whole: it is not divided here, and nothing is applied.
func TestQuotas(t *testing.T) {
	for setting, records := range map[string]func(i int) dns.Record{
		googlesim.SettingAdditions: func(i int) dns.Record { return text(fmt.Sprintf("n%d.example.com", i), "v") },
		googlesim.SettingRecords:   func(i int) dns.Record { return text("one.example.com", fmt.Sprint(i)) },
		googlesim.SettingData:      func(i int) dns.Record { return text(fmt.Sprintf("n%d.example.com", i), "v") },
		googlesim.SettingSets:      func(i int) dns.Record { return text(fmt.Sprintf("n%d.example.com", i), "v") },
	} {
		w := newWorld(t, "example.com")
		h := w.host(t, googlesim.Token)
		snapshot := read(t, h, find(t, h, "example.com"))
		w.set(t, map[string]string{setting: "5"})
		var changes dns.ChangeSet
		for i := range 6 {
			changes.Create = append(changes.Create, records(i))
		}
		before := w.lines(t, "example.com")
		var refused *dns.RefusedError
		err := h.Apply(t.Context(), snapshot, changes)
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "would exceed quota") || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("%s: %v", setting, err)
		}
		if got := w.lines(t, "example.com"); !slices.Equal(got, before) {
			t.Errorf("%s: the zone is %q", setting, got)
		}
	}
}

// A conflict that was there when the zone was read is one, and not a zone that has changed: reading it
// again would not help.
func TestConflictThatWasThere(t *testing.T) {
	w := newWorld(t, "example.com")
	w.put(t, "example.com", set("www.example.com.", "CNAME", 300, "x.example.net."))
	h := w.host(t, googlesim.Token)
	err := h.Apply(t.Context(), read(t, h, find(t, h, "example.com")), dns.ChangeSet{Create: []dns.Record{text("www.example.com", "v")}})
	if !errors.Is(err, api.ErrConflict) || errors.Is(err, dns.ErrZoneChanged) {
		t.Errorf("got %v", err)
	}
}

// What cannot be in a zone of this host is refused before a call, and by the plan's limits too.
func TestObjections(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "example.com")
	snapshot := read(t, h, zone)
	w.Forget()
	for _, r := range []dns.Record{
		{Name: "*.example.com", Type: "NS", Value: "ns.example.net"},
		{Name: "example.com", Type: "ALIAS", Value: "lb.example.net"},
		{Name: "example.com", Type: "SPF", Value: `"v=spf1 -all"`},
		{Name: "long.example.com", Type: "TXT", Value: "v", TTL: 1 << 31},
	} {
		var refused *dns.RefusedError
		if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Create: []dns.Record{r}}); !errors.As(err, &refused) {
			t.Errorf("%s: %v", r, err)
		}
	}
	if len(w.Called()) != 0 {
		t.Errorf("calls: %q", w.Called())
	}
	if googleapi.Objection("example.com", dns.Record{Name: "*.example.com", Type: "NS"}) == "" || googleapi.Objection("example.com", text("*.example.com", "v")) != "" {
		t.Error("the objection to a wildcard is about NS records alone")
	}
}

// Nothing is asked by making a host and by asking for its limits.
func TestNothingIsAskedAtFirst(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, googlesim.Token)
	h.Limits()
	h.Name()
	h.Unlisted()
	if len(w.Called()) != 0 {
		t.Errorf("calls: %q", w.Called())
	}
	find(t, h, "a.example.com")
	find(t, h, "b.example.com")
	if got := w.Called(); len(got) != 1 || !strings.HasPrefix(got[0], http.MethodGet) {
		t.Errorf("calls: %q, want one list", got)
	}
}
