package cloudflareapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// at returns the only record of a type at a name.
func at(t *testing.T, s *dns.Snapshot, name, recordType string) dns.Record {
	t.Helper()
	i := slices.IndexFunc(s.Records, func(r dns.Record) bool { return r.Name == name && r.Type == recordType })
	if i < 0 {
		t.Fatalf("no %s %s in %v", name, recordType, s.Records)
	}
	return s.Records[i]
}

// What Cloudflare keeps beside a record's data stays when the data changes.
func TestReplaceKeepsWhatIsBeside(t *testing.T) {
	w := newWorld(t)
	if err := w.EditZone("example.com", func(z *cloudflaresim.Zone) { z.Plan = "pro" }); err != nil {
		t.Fatal(err)
	}
	noted := object{"type": "TXT", "name": "a", "content": `"old"`, "comment": "ask Ann first", "tags": []string{"team:mail"}, "settings": object{"odd": true}}
	w.add(t, "example.com", noted)
	noted["name"] = "b"
	w.add(t, "example.com", noted)
	h := w.host(t, cloudflaresim.Token)
	snapshot := read(t, h, find(t, h, "example.com"))
	a, b := at(t, snapshot, "a.example.com", "TXT"), at(t, snapshot, "b.example.com", "TXT")
	err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Replace: []dns.Replacement{
		{Old: a, New: text("a.example.com", "new")},
		{Old: b, New: dns.Record{Name: "b.example.com", Type: "CNAME", Value: "host.example.net"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a.example.com 300 TXT \"new\"", "b.example.com 1 CNAME host.example.net"}
	if got := w.lines(t, "example.com"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, r := range w.zone(t, "example.com").Records {
		if r.Comment != "ask Ann first" || !slices.Equal(r.Tags, []string{"team:mail"}) {
			t.Errorf("%s: comment %q, tags %q", r.Name, r.Comment, r.Tags)
		}
		if kept := r.ID == a.ID && r.Settings["odd"] == true; r.Type == "TXT" && !kept {
			t.Errorf("%s: id %s, settings %v", r.Name, r.ID, r.Settings)
		}
	}
}

// A CNAME behind the proxy is answered with addresses. Writing it takes it out.
func TestProxiedCNAME(t *testing.T) {
	w := newWorld(t, "example.com")
	w.add(t, "example.com", object{"type": "CNAME", "name": "em1", "content": "u1.example.net", "proxied": true})
	h := w.host(t, cloudflaresim.Token)
	snapshot := read(t, h, find(t, h, "example.com"))
	old := at(t, snapshot, "em1.example.com", "CNAME")
	err := h.Apply(t.Context(), snapshot, dns.ChangeSet{
		Replace: []dns.Replacement{{Old: old, New: dns.Record{Name: old.Name, Type: "CNAME", Value: old.Value, TTL: 600}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if r := w.zone(t, "example.com").Records[0]; r.Proxied || r.TTL != 600 || r.Content != "u1.example.net" {
		t.Errorf("got %+v", r)
	}
}

// A CNAME of ours that somebody puts behind the proxy is drift, and the next publication mends it;
// those of others stay where they are.
func TestProxyOfOurs(t *testing.T) {
	w := newWorld(t, "example.com")
	w.add(t, "example.com", object{"type": "CNAME", "name": "www", "content": "web.example.net", "proxied": true})
	h := w.host(t, cloudflaresim.Token)
	zone := find(t, h, "example.com")
	wanted := []dns.Wanted{{Key: "em1", Record: dns.Record{Name: "em1.example.com", Type: "CNAME", Value: "u1.example.net", TTL: 300}}}
	editor := dns.NewEditor(h, dns.EditorOptions{})
	published, err := editor.Publish(t.Context(), zone, dns.Publication{Wanted: wanted})
	if err != nil {
		t.Fatal(err)
	}
	if o := editor.Observe(read(t, h, zone), "", published.Published); o[0].Presence != dns.Present {
		t.Errorf("as it was written it is %s", o[0].Presence)
	}
	stored := w.zone(t, "example.com")
	for _, r := range stored.Records {
		if r.Name == "em1.example.com" {
			w.write(t, http.MethodPatch, "/zones/"+stored.ID+"/dns_records/"+r.ID, object{"proxied": true})
		}
	}
	observed := editor.Observe(read(t, h, zone), "", published.Published)
	if observed[0].Presence != dns.Changed || !observed[0].Record.Proxied {
		t.Errorf("behind the proxy it is %s, %+v", observed[0].Presence, observed[0].Record)
	}
	result, err := dns.NewEditor(h, dns.EditorOptions{}).Publish(t.Context(), zone,
		dns.Publication{Wanted: wanted, Previous: []dns.Published{observed[0].Published}})
	if err != nil || len(result.Warnings) != 1 || result.Warnings[0].Summary != "Proxied CNAME" {
		t.Errorf("%+v, %v", result, err)
	}
	for _, r := range w.zone(t, "example.com").Records {
		if foreign := r.Name == "www.example.com"; r.Proxied != foreign {
			t.Errorf("%s: proxied is %t", r.Name, r.Proxied)
		}
	}
}

// Proxied records of others are not taken out of the proxy when a new one joins them, or when their
// address changes.
func TestProxiedAddress(t *testing.T) {
	w := newWorld(t, "example.com")
	w.add(t, "example.com", object{"type": "A", "name": "www", "content": "192.0.2.1", "proxied": true})
	h := w.host(t, cloudflaresim.Token)
	snapshot := read(t, h, find(t, h, "example.com"))
	old := at(t, snapshot, "www.example.com", "A")
	changed := old
	changed.Value = "192.0.2.2"
	if err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Replace: []dns.Replacement{{Old: old, New: changed}}}); err != nil {
		t.Fatal(err)
	}
	if r := w.zone(t, "example.com").Records[0]; !r.Proxied || r.Content != "192.0.2.2" {
		t.Errorf("got %+v", r)
	}
}

// Texts that somebody wrote without quotes are what they say, not zone-file text.
func TestUnquotedText(t *testing.T) {
	w := newWorld(t, "example.com")
	for _, content := range []string{`v=spf1 -all`, `half "quoted" words`, `back\slash`} {
		w.add(t, "example.com", object{"type": "TXT", "name": "@", "content": content})
	}
	h := w.host(t, cloudflaresim.Token)
	var values []string
	for _, r := range read(t, h, find(t, h, "example.com")).Records {
		values = append(values, r.Value)
	}
	if want := []string{`v=spf1 -all`, `half "quoted" words`, `back\slash`}; !slices.Equal(values, want) {
		t.Errorf("got %q, want %q", values, want)
	}
}

func TestRefusedBeforeAnyCall(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, cloudflaresim.Token)
	zone := find(t, h, "example.com")
	for what, tc := range map[string]struct {
		changes dns.ChangeSet
		says    string
	}{
		"an odd type":        {dns.ChangeSet{Create: []dns.Record{{Name: "x.example.com", Type: "NAPTR", Value: "x"}}}, "cannot be written"},
		"a short TTL":        {dns.ChangeSet{Create: []dns.Record{{Name: "x.example.com", Type: "A", Value: "192.0.2.1", TTL: 59}}}, "60 to 86400 seconds"},
		"a long TTL":         {dns.ChangeSet{Create: []dns.Record{{Name: "x.example.com", Type: "A", Value: "192.0.2.1", TTL: 86401}}}, "60 to 86400 seconds"},
		"a long text":        {dns.ChangeSet{Create: []dns.Record{text("x.example.com", strings.Repeat("x", 3816))}}, "3816 bytes"},
		"broken data":        {dns.ChangeSet{Create: []dns.Record{{Name: "x.example.com", Type: "CAA", Value: "0 issue"}}}, "presentation format"},
		"an unread deletion": {dns.ChangeSet{Delete: []dns.Record{text("x.example.com", "x")}}, "was not read from Cloudflare"},
		"an unread change":   {dns.ChangeSet{Replace: []dns.Replacement{{Old: text("x.example.com", "x"), New: text("x.example.com", "y")}}}, "was not read from Cloudflare"},
	} {
		err := h.Apply(t.Context(), &dns.Snapshot{Zone: zone}, tc.changes)
		var refused *dns.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if n := w.Count("POST"); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

// What somebody else did since the reading is told apart from our own mistakes.
func TestZoneChangedMeanwhile(t *testing.T) {
	w := newWorld(t, "example.com")
	id := w.add(t, "example.com", object{"type": "TXT", "name": "ours", "content": `"ours"`})
	h := w.host(t, cloudflaresim.Token)
	zone := find(t, h, "example.com")
	snapshot := read(t, h, zone)
	ours := at(t, snapshot, "ours.example.com", "TXT")

	w.add(t, "example.com", object{"type": "TXT", "name": "new", "content": `"new"`})
	err := h.Apply(t.Context(), snapshot, dns.ChangeSet{Delete: []dns.Record{ours}, Create: []dns.Record{text("new.example.com", "new")}})
	if !errors.Is(err, dns.ErrZoneChanged) || !errors.Is(err, api.ErrConflict) {
		t.Errorf("somebody else made the record: %v", err)
	}
	w.write(t, http.MethodDelete, "/zones/"+zone.ID+"/dns_records/"+id, nil)
	for what, changes := range map[string]dns.ChangeSet{
		"to be deleted":  {Delete: []dns.Record{ours}},
		"to be replaced": {Replace: []dns.Replacement{{Old: ours, New: text("ours.example.com", "changed")}}},
	} {
		if err := h.Apply(t.Context(), snapshot, changes); !errors.Is(err, dns.ErrZoneChanged) {
			t.Errorf("the record %s is gone: %v", what, err)
		}
	}
	if got := w.lines(t, "example.com"); len(got) != 1 {
		t.Errorf("the zone is %q", got)
	}
}

// A change that is too large for one batch goes out in several. What belongs together by its name
// stays together.
func TestLargeChange(t *testing.T) {
	large := func(count int) dns.ChangeSet {
		var changes dns.ChangeSet
		for i := range count {
			changes.Create = append(changes.Create, text(fmt.Sprintf("n%d.example.com", i), "x"))
		}
		return changes
	}
	for _, tc := range []struct {
		plan         string
		count, calls int
	}{
		{"free", 200, 1}, {"free", 201, 2}, {"free", 450, 3}, {"pro", 450, 1},
	} {
		w := newWorld(t)
		if err := w.EditZone("example.com", func(z *cloudflaresim.Zone) { z.Plan = tc.plan }); err != nil {
			t.Fatal(err)
		}
		h := w.host(t, cloudflaresim.Token)
		if err := h.Apply(t.Context(), read(t, h, find(t, h, "example.com")), large(tc.count)); err != nil {
			t.Fatal(err)
		}
		if n := len(w.lines(t, "example.com")); n != tc.count || w.Count("POST") != tc.calls {
			t.Errorf("%d changes of a %s zone: %d records by %d calls, want %d calls", tc.count, tc.plan, n, w.Count("POST"), tc.calls)
		}
	}

	w := newWorld(t, "example.com")
	h := w.host(t, cloudflaresim.Token)
	snapshot := read(t, h, find(t, h, "example.com"))
	w.under(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Skip: 1, Kind: fault.Status, Status: 400}}})
	err := h.Apply(t.Context(), snapshot, large(450))
	if !errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "The first 200 changes, 1 of 3 calls, have been applied, and none after the failed one") {
		t.Errorf("got %v", err)
	}
	if n := len(w.lines(t, "example.com")); n != 200 || w.Count("POST") != 2 {
		t.Errorf("%d records by %d calls", n, w.Count("POST"))
	}
}

func TestLargeChangeKeepsNamesTogether(t *testing.T) {
	w := newWorld(t, "example.com")
	w.under(t, fault.Conditions{Settings: map[string]string{cloudflaresim.SettingBatch: "200"}})
	for i := range 120 {
		w.add(t, "example.com", object{"type": "CNAME", "name": fmt.Sprintf("n%d", i), "content": "old.example.net"})
	}
	h := w.host(t, cloudflaresim.Token)
	snapshot := read(t, h, find(t, h, "example.com"))
	changes := dns.ChangeSet{Delete: snapshot.Records}
	for i := range 120 {
		changes.Create = append(changes.Create, dns.Record{Name: fmt.Sprintf("n%d.example.com", i), Type: "A", Value: "192.0.2.1"})
	}
	for i := range 250 { // more at one name than a batch may hold
		changes.Create = append(changes.Create, text("many.example.com", fmt.Sprint(i)))
	}
	// When the second call fails, no name has lost its CNAME without having got its address: the
	// first one held both, or neither.
	w.under(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Skip: 1, Count: 1, Kind: fault.Status, Status: 400}}})
	if err := h.Apply(t.Context(), snapshot, changes); !errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	if got := w.lines(t, "example.com"); len(got) != 120 || !strings.Contains(got[0], " A ") {
		t.Errorf("%d records, first %s", len(got), got[0])
	}
}
