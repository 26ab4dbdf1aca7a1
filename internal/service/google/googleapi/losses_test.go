package googleapi_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

// editor is an editor that does not wait between its attempts.
func editor(h dns.Host) *dns.Editor {
	return dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
}

// set is a record set of a test.
func set(name, recordType string, ttl uint32, data ...string) googlesim.RecordSet {
	return googlesim.RecordSet{Name: name, Type: recordType, TTL: ttl, Rrdatas: data}
}

// A value that joins a set leaves the others as they are: their text, their order, and the set's TTL.
// So it is when it leaves the set. Other tools have written such a set with their own value alone, or
// with their own TTL.
func TestOthersValuesOfASetStay(t *testing.T) {
	for what, tc := range map[string]struct {
		set    googlesim.RecordSet
		joins  dns.Record
		wanted []string
	}{
		"a text beside SPF": {
			set("example.com.", "TXT", 3600, `"v=spf1 include:_spf.example.net ~all"`, `"site-verification=1"`), text("example.com", "token"),
			[]string{`"v=spf1 include:_spf.example.net ~all"`, `"site-verification=1"`, `"token"`},
		},
		"a second challenge": {
			set("_acme-challenge.example.com.", "TXT", 120, `"one"`), text("_acme-challenge.example.com", "two"), []string{`"one"`, `"two"`},
		},
		"a third mail host": {
			set("example.com.", "MX", 600, "20 B.example.net.", "10 a.example.net."), dns.Record{Name: "example.com", Type: "MX", Value: "c.example.net", Priority: 30, TTL: 60},
			[]string{"20 B.example.net.", "10 a.example.net.", "30 c.example.net."},
		},
		"strings as others have split them": {
			set("k._domainkey.example.com.", "TXT", 5, `"v=DKIM1; " "p=AAAA"`, `"semi\;colon \"quoted\" \195\188"`), text("k._domainkey.example.com", "x"),
			[]string{`"v=DKIM1; " "p=AAAA"`, `"semi\;colon \"quoted\" \195\188"`, `"x"`},
		},
		"a TTL of 0": {set("zero.example.com.", "TXT", 0, `"a"`), text("zero.example.com", "b"), []string{`"a"`, `"b"`}},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, "example.com")
			w.put(t, "example.com", tc.set)
			before := w.lines(t, "example.com")
			h := w.host(t, googlesim.Token)
			zone := find(t, h, "example.com")
			if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{tc.joins}}); err != nil {
				t.Fatal(err)
			}
			got := w.stored(t, "example.com", tc.set.Name, tc.set.Type)
			if !slices.Equal(got.Rrdatas, tc.wanted) || got.TTL != tc.set.TTL {
				t.Errorf("the set is %q with a TTL of %d, want %q with %d", got.Rrdatas, got.TTL, tc.wanted, tc.set.TTL)
			}
			after := read(t, h, zone)
			if err := h.Apply(t.Context(), after, dns.ChangeSet{Delete: []dns.Record{one(t, after, tc.joins)}}); err != nil {
				t.Fatal(err)
			}
			if got := w.lines(t, "example.com"); !slices.Equal(got, before) {
				t.Errorf("the zone is %q, and was %q", got, before)
			}
		})
	}
}

// What the service or others keep with a set, and what a later version of the API adds, stays when its
// values change.
func TestUnknownPropertiesStay(t *testing.T) {
	w := newWorld(t, "example.com")
	theirs := set("example.com.", "TXT", 300, `"theirs"`)
	theirs.More = map[string]jsonText{"ownerTag": jsonText(`{"team":"web","n":12345678901234567890}`)}
	w.put(t, "example.com", theirs)
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "example.com")
	if err := h.Apply(t.Context(), read(t, h, zone), dns.ChangeSet{Create: []dns.Record{text("example.com", "ours")}}); err != nil {
		t.Fatal(err)
	}
	got := w.stored(t, "example.com", "example.com.", "TXT")
	if len(got.Rrdatas) != 2 || string(got.More["ownerTag"]) != `{"team":"web","n":12345678901234567890}` {
		t.Errorf("the set is %q with %s", got.Rrdatas, got.More)
	}
}

// Somebody else writes between the reading and the change. Nothing of theirs is lost, and nothing of
// the change is applied, whatever they have done and whatever the change does.
func TestSecondWriter(t *testing.T) {
	ours := set("set.example.com.", "TXT", 300, `"one"`, `"two"`)
	for what, foreign := range map[string]func(z *googlesim.Zone){
		"adds a value":     func(z *googlesim.Zone) { put(z, set("set.example.com.", "TXT", 300, `"one"`, `"two"`, `"three"`)) },
		"removes a value":  func(z *googlesim.Zone) { put(z, set("set.example.com.", "TXT", 300, `"one"`)) },
		"changes the TTL":  func(z *googlesim.Zone) { put(z, set("set.example.com.", "TXT", 60, `"one"`, `"two"`)) },
		"removes the set":  func(z *googlesim.Zone) { put(z, set("set.example.com.", "TXT", 300)) },
		"creates the set":  func(z *googlesim.Zone) { put(z, set("new.example.com.", "TXT", 300, `"theirs"`)) },
		"creates an alias": func(z *googlesim.Zone) { put(z, set("new.example.com.", "CNAME", 300, "x.example.net.")) },
		"routes the set":   func(z *googlesim.Zone) { put(z, routed("set.example.com.", "TXT", wrrPolicy)) },
		"replaces by alias": func(z *googlesim.Zone) {
			put(z, set("set.example.com.", "TXT", 300))
			put(z, set("set.example.com.", "CNAME", 300, "x.example.net."))
		},
	} {
		for how, change := range map[string]func(s *dns.Snapshot) dns.ChangeSet{
			"create": func(*dns.Snapshot) dns.ChangeSet {
				return dns.ChangeSet{Create: []dns.Record{text("set.example.com", "new"), text("new.example.com", "new")}}
			},
			"replace": func(s *dns.Snapshot) dns.ChangeSet {
				return dns.ChangeSet{
					Replace: []dns.Replacement{{Old: one(t, s, text("set.example.com", "one")), New: text("set.example.com", "1")}},
					Create:  []dns.Record{text("new.example.com", "new")},
				}
			},
			"delete": func(s *dns.Snapshot) dns.ChangeSet {
				return dns.ChangeSet{
					Delete: []dns.Record{one(t, s, text("set.example.com", "one")), one(t, s, text("set.example.com", "two"))},
					Create: []dns.Record{text("new.example.com", "new")},
				}
			},
		} {
			t.Run(what+", "+how, func(t *testing.T) {
				w := newWorld(t, "example.com")
				w.put(t, "example.com", ours)
				h := w.host(t, googlesim.Token)
				snapshot := read(t, h, find(t, h, "example.com"))
				changes := change(snapshot)
				w.edit(t, "example.com", foreign)
				before := w.lines(t, "example.com")
				if err := h.Apply(t.Context(), snapshot, changes); !errors.Is(err, dns.ErrZoneChanged) || errors.Is(err, api.ErrOutcomeUnknown) {
					t.Errorf("got %v", err)
				}
				if got := w.lines(t, "example.com"); !slices.Equal(got, before) {
					t.Errorf("the zone is %q, want %q", got, before)
				}
			})
		}
	}
}

// put replaces a set of a zone, or removes it if it has no data.
func put(z *googlesim.Zone, s googlesim.RecordSet) {
	z.Sets = slices.DeleteFunc(z.Sets, func(r *googlesim.RecordSet) bool { return r.Name == s.Name && r.Type == s.Type })
	if len(s.Rrdatas) > 0 || s.RoutingPolicy != nil {
		z.Sets = append(z.Sets, &s)
	}
}

// A publication meets a second writer at every change: it reads again, and both are there in the end.
// A set that somebody else has just created is joined and not replaced.
func TestPublishBesideASecondWriter(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "example.com")
	writes := 0
	w.Before(func(r *http.Request) {
		if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/changes") {
			return
		}
		if writes++; writes <= 3 {
			w.edit(t, "example.com", func(z *googlesim.Zone) {
				i := slices.IndexFunc(z.Sets, func(r *googlesim.RecordSet) bool { return r.Name == "example.com." && r.Type == "TXT" })
				var data []string
				if i >= 0 {
					data = z.Sets[i].Rrdatas
				}
				put(z, set("example.com.", "TXT", 300, append(slices.Clone(data), `"theirs `+strings.Repeat("x", writes)+`"`)...))
			})
		}
	})
	wanted := []dns.Wanted{{Key: "token", Record: text("example.com", "ours")}, {Key: "spf", Record: text("example.com", "v=spf1 include:ours.example -all")}}
	if _, err := editor(h).Publish(t.Context(), zone, dns.Publication{Wanted: wanted}); err != nil {
		t.Fatal(err)
	}
	got := w.stored(t, "example.com", "example.com.", "TXT").Rrdatas
	slices.Sort(got)
	if want := []string{`"ours"`, `"theirs x"`, `"theirs xx"`, `"theirs xxx"`}; !slices.Equal(got[:4], want) || len(got) != 5 || !strings.Contains(got[4], "include:ours.example") {
		t.Errorf("the set is %q after %d changes", got, writes)
	}
}

// A change that was carried out although its answer was lost is not made again: the next look at the
// zone finds it there.
func TestChangeMeetsItsOwnFirst(t *testing.T) {
	for _, kind := range []fault.Kind{fault.CutAfter, fault.StatusAfter, fault.TruncatedBody} {
		w := newWorld(t, "example.com")
		w.put(t, "example.com", set("example.com.", "TXT", 300, `"theirs"`))
		h := w.host(t, googlesim.Token)
		zone := find(t, h, "example.com")
		w.under(t, fault.Conditions{Faults: []fault.Fault{{Kind: kind, Method: http.MethodPost, Count: 1}}})
		result, err := editor(h).Publish(t.Context(), zone, dns.Publication{Wanted: []dns.Wanted{{Key: "k", Record: text("example.com", "ours")}}})
		if err != nil || len(result.Published) != 1 || result.Published[0].Preexisting {
			t.Errorf("%s: %+v, %v", kind, result, err)
		}
		stored := w.zone(t, "example.com")
		if got := w.stored(t, "example.com", "example.com.", "TXT").Rrdatas; !slices.Equal(got, []string{`"theirs"`, `"ours"`}) || stored.Changed != 2 {
			t.Errorf("%s: the set is %q after %d changes", kind, got, stored.Changed-1)
		}
	}
}

// Fifty publications at the same time take one change.
func TestFiftyPublicationsAreOneChange(t *testing.T) {
	w := newWorld(t, "example.com")
	h := w.host(t, googlesim.Token)
	zone := find(t, h, "example.com")
	e := dns.NewEditor(h, dns.EditorOptions{Gather: true})
	w.Forget()
	errs := make(chan error)
	for i := range 50 {
		go func() {
			name := "n" + strings.Repeat("x", i) + ".example.com"
			_, err := e.Publish(t.Context(), zone, dns.Publication{Owner: name, Wanted: []dns.Wanted{{Key: "k", Record: text(name, "v")}}})
			errs <- err
		}()
	}
	for range 50 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if changes := w.zone(t, "example.com").Changed - 1; changes > 2 {
		t.Errorf("%d changes, want 1 (2 on a slow machine)", changes)
	}
	if calls := len(w.Called()); calls > 5 {
		t.Errorf("%d calls: %q", calls, w.Called())
	}
}

// A record that replaces all records of a set brings its own TTL. Beside records that stay, it takes
// that of the set.
func TestTTLOfAReplacedSet(t *testing.T) {
	for what, tc := range map[string]struct {
		others []string
		want   uint32
	}{
		"nothing stays": {[]string{"10 old.example.net."}, 3600},
		"one stays":     {[]string{"10 old.example.net.", "20 stays.example.net."}, 9},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, "example.com")
			w.put(t, "example.com", set("b.example.com.", "MX", 9, tc.others...))
			h := w.host(t, googlesim.Token)
			before := read(t, h, find(t, h, "example.com"))
			old := one(t, before, dns.Record{Name: "b.example.com", Type: "MX", Value: "old.example.net", Priority: 10})
			change := dns.ChangeSet{Delete: []dns.Record{old}, Create: []dns.Record{{Name: "b.example.com", Type: "MX", Value: "mx.example.net", Priority: 10, TTL: 3600}}}
			if err := h.Apply(t.Context(), before, change); err != nil {
				t.Fatal(err)
			}
			if got := w.stored(t, "example.com", "b.example.com.", "MX"); got.TTL != tc.want {
				t.Errorf("the set has a TTL of %d, want %d", got.TTL, tc.want)
			}
		})
	}
}
