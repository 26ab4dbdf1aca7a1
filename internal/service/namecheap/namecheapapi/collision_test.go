package namecheapapi_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// Whatever changed since the snapshot, nothing is written over it.
func TestZoneChangedBefore(t *testing.T) {
	other := www
	other.TTL = 301
	preferred := mail
	preferred.MXPref = 5
	for what, set := range map[string]func(w *world){
		"a record more": func(w *world) { w.add(spf) },
		"a twin more":   func(w *world) { w.add(www) },
		"a record less": func(w *world) { w.set("MX", www) },
		"another TTL":   func(w *world) { w.set("MX", other, mail) },
		"a preference":  func(w *world) { w.set("MX", www, preferred) },
		"the mail":      func(w *world) { w.set("FWD", www, mail) },
		"another value": func(w *world) { w.set("MX", www, backup) },
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			w.set("MX", www, mail)
			h := w.host()
			base := read(t, h)
			set(w)
			err := h.Apply(t.Context(), base, create(txt("example.com", "ours")))
			if !errors.Is(err, dns.ErrZoneChanged) || errors.Is(err, api.ErrOutcomeUnknown) || w.called("setHosts") != 0 {
				t.Error(err)
			}
		})
	}
}

// New ids and another order are no change.
func TestZoneWrittenAgainBefore(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www, spf)
	h := w.host()
	base := read(t, h)
	w.set("NONE", spf, www)
	if err := h.Apply(t.Context(), base, create(txt("example.com", "ours"))); err != nil {
		t.Error(err)
	}
}

// A write that falls between another one's reading and writing is lost, and neither of them can
// tell at once. Who reads once more, after the other one must be through, sees what of the own
// change is gone.
func TestOverlap(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www)
	ours, theirs := w.host(), w.host()
	base := read(t, ours)
	w.onWrite(func() {
		if err := theirs.Apply(t.Context(), read(t, theirs), create(txt("example.com", "theirs"))); err != nil {
			t.Errorf("the earlier write: %v", err)
		}
		w.wantZone("NONE", www, txtHost("theirs"))
	})
	if err := ours.Apply(t.Context(), base, create(txt("example.com", "ours"))); err != nil {
		t.Errorf("the later write: %v", err)
	}
	got, err := theirs.Read(t.Context(), base.Zone)
	if err != nil || len(got.Records) != 2 || got.Records[1].Value != "ours" {
		t.Errorf("seen later: %+v, %v", got.Records, err)
	}
}

func txtHost(text string) namecheapsim.Host {
	return namecheapsim.Host{Name: "@", Type: "TXT", Address: text, MXPref: 10, TTL: 1799}
}

// The editor tells what others lost although all that was wanted is there.
func TestInterferenceReachesTheUser(t *testing.T) {
	w := newWorld(t)
	w.set("MX", www, mail)
	longer := www
	longer.TTL = 301
	w.afterWrite(func() { w.set("MX", longer, mail, txtHost("ours")) })
	h := w.host()
	zone, err := h.FindZone(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	editor := dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
	result, err := editor.Publish(t.Context(), zone, dns.Publication{Wanted: []dns.Wanted{{Key: "a", Record: txt("example.com", "ours")}}})
	if err != nil || len(result.Published) != 1 {
		t.Fatalf("%+v, %v", result, err)
	}
	if !slices.ContainsFunc(result.Warnings, func(p dns.Problem) bool {
		return strings.Contains(p.Detail, "missing www.example.com A 192.0.2.1 (TTL 300)")
	}) {
		t.Errorf("the warnings are %+v", result.Warnings)
	}
}

// interfered expects an InterferenceError.
func interfered(t *testing.T, err error) *namecheapapi.InterferenceError {
	t.Helper()
	var interference *namecheapapi.InterferenceError
	if !errors.As(err, &interference) || !errors.Is(err, api.ErrOutcomeUnknown) || !errors.Is(err, dns.ErrInterference) {
		t.Fatalf("error %v, want an interference", err)
	}
	return interference
}

// What somebody else does between the write and the reading back is told when it undid something,
// and with the records concerned.
func TestInterferenceAfterTheWrite(t *testing.T) {
	ours := txtHost("ours")
	longer := www
	longer.TTL = 301
	tests := []struct {
		what                string
		emailType           string
		then                []namecheapsim.Host
		missing, unexpected int
		says                string
	}{
		{"our record is gone", "MX", []namecheapsim.Host{www, mail}, 1, 0, `missing example.com TXT "ours" (TTL 1799)`},
		{"theirs instead of ours", "MX", []namecheapsim.Host{www, mail, txtHost("theirs")}, 1, 1, `there instead, or besides, example.com TXT "theirs"`},
		{"another one's record is gone", "MX", []namecheapsim.Host{mail, ours}, 1, 0, "missing www.example.com A 192.0.2.1 (TTL 300)"},
		{"another one's TTL", "MX", []namecheapsim.Host{longer, mail, ours}, 1, 1, "www.example.com A 192.0.2.1 (TTL 301)"},
		{"what was deleted is back", "MX", []namecheapsim.Host{www, mail, spf, ours}, 0, 1, `"v=spf1 -all"`},
		{"the mail setting", "FWD", []namecheapsim.Host{www, mail, ours}, 0, 0, `is "FWD" and not "MX"`},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			w := newWorld(t)
			w.set("MX", www, mail, spf)
			h := w.host()
			base := read(t, h)
			w.afterWrite(func() { w.set(test.emailType, test.then...) })
			err := h.Apply(t.Context(), base, dns.ChangeSet{Delete: base.Records[2:], Create: []dns.Record{txt("example.com", "ours")}})
			got := interfered(t, err)
			if len(got.Missing) != test.missing || len(got.Unexpected) != test.unexpected || !strings.Contains(err.Error(), test.says) {
				t.Errorf("got %+v: %v", got, err)
			}
		})
	}
}

// Somebody who adds or changes something after the write takes nothing away.
func TestLaterChangesAreNoInterference(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www)
	h := w.host()
	base := read(t, h)
	w.afterWrite(func() { w.add(spf) })
	if err := h.Apply(t.Context(), base, create(txt("example.com", "ours"))); err != nil {
		t.Error(err)
	}
}

func TestIgnoredPreference(t *testing.T) {
	w := newWorld(t)
	w.set("MX", mail)
	w.under(fault.Conditions{Switches: map[string]bool{namecheapsim.SwitchMXPreferenceSticks: true}})
	h := w.host()
	base := read(t, h)
	changed := base.Records[0]
	changed.Priority = 30
	err := h.Apply(t.Context(), base, dns.ChangeSet{Replace: []dns.Replacement{{Old: base.Records[0], New: changed}}})
	interfered(t, err)
	if !strings.Contains(err.Error(), "ignore a changed preference") {
		t.Error(err)
	}
}

// A write that is refused for being one call too many is tried again later, but not without looking
// at the zone.
func TestRateLimitBetweenReadingAndWriting(t *testing.T) {
	limit := func(t *testing.T) (*world, *namecheapapi.Host, *dns.Snapshot) {
		w := newWorld(t)
		w.set("NONE", www)
		h := w.host()
		base := read(t, h)
		// One more reading, and then a minute of rest.
		w.under(fault.Conditions{Settings: map[string]string{namecheapsim.SettingCallsPerMinute: "2"}})
		_ = w.wait(t.Context(), time.Minute)
		read(t, w.host())
		return w, h, base
	}
	w, h, base := limit(t)
	w.called("getHosts")
	if err := h.Apply(t.Context(), base, create(txt("example.com", "ours"))); err != nil {
		t.Fatal(err)
	}
	w.wantZone("NONE", www, txtHost("ours"))
	if reads, writes := w.called("getHosts"), w.called("setHosts"); writes < 2 || reads < writes {
		t.Errorf("%d readings for %d writes", reads, writes)
	}

	w, h, base = limit(t)
	w.onWrite(func() { w.add(spf) })
	if err := h.Apply(t.Context(), base, create(txt("example.com", "ours"))); !errors.Is(err, dns.ErrZoneChanged) {
		t.Error(err)
	}
	w.wantZone("NONE", www, spf)

	w = newWorld(t)
	h = w.host()
	base = read(t, h)
	w.under(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 405, Skip: 1}}})
	if err := h.Apply(t.Context(), base, create(txt("example.com", "ours"))); !errors.Is(err, api.ErrRateLimited) || errors.Is(err, api.ErrOutcomeUnknown) {
		t.Error(err)
	}
}
