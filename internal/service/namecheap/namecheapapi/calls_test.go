package namecheapapi_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

func publication(name string) dns.Publication {
	return dns.Publication{Owner: name, Wanted: []dns.Wanted{{Key: "a", Record: txt(name+".example.com", name)}}}
}

// Four writes for those who queue take one reading each: that after a write shows the next one the
// zone as it is.
func TestReadingsOfQueuedWriters(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www)
	h := w.host()
	editor := dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
	zone, err := h.FindZone(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	var working sync.WaitGroup
	publish := func(name string) {
		working.Go(func() {
			if _, err := editor.Publish(t.Context(), zone, publication(name)); err != nil {
				t.Error(err)
			}
		})
	}
	// Each comes while the zone is written for the one before it.
	writes := 0
	w.mu.Lock()
	w.before = func(command string) {
		if command != "setHosts" {
			return
		}
		if writes++; writes < 4 {
			publish(fmt.Sprintf("r%d", writes))
			time.Sleep(100 * time.Millisecond) // until it waits
		}
	}
	w.mu.Unlock()
	publish("r0")
	working.Wait()
	if reads, writes := w.called("getHosts"), w.called("setHosts"); reads > 6 || writes != 4 {
		t.Errorf("%d readings and %d writes, want at most 6 and 4", reads, writes)
	}
	if _, hosts := w.zone(); len(hosts) != 5 {
		t.Errorf("the zone is %+v", hosts)
	}
}

// Whoever comes after a write may know of an edit that nobody has read: the zone is read once more,
// and the edit stays.
func TestReadingsOfLateWriters(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www)
	h := w.host()
	editor := dns.NewEditor(h, dns.EditorOptions{Pause: func(context.Context, time.Duration) {}})
	zone, err := h.FindZone(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	for n := range 4 {
		w.add(namecheapsim.Host{Name: fmt.Sprintf("theirs%d", n), Type: "TXT", Address: "x", MXPref: 10, TTL: 1799})
		if _, err := editor.Publish(t.Context(), zone, publication(fmt.Sprintf("r%d", n))); err != nil {
			t.Fatal(err)
		}
	}
	if reads, writes := w.called("getHosts"), w.called("setHosts"); reads > 10 || writes != 4 {
		t.Errorf("%d readings and %d writes, want at most 10 and 4", reads, writes)
	}
	_, hosts := w.zone()
	for n := range 4 {
		if !slices.ContainsFunc(hosts, func(h namecheapsim.Host) bool { return h.Name == fmt.Sprintf("theirs%d", n) }) {
			t.Errorf("record %d of somebody else is gone: %+v", n, hosts)
		}
	}
}

// A snapshot that is current and fresh is not read again before the write; one that has become old
// while the host waited for its turn is.
func TestStaleSnapshotIsReadAgain(t *testing.T) {
	for _, age := range []time.Duration{0, 2 * time.Second} {
		w := newWorld(t)
		w.set("NONE", www)
		h := w.host()
		base := read(t, h)
		w.called("getHosts")
		base.Began = base.Began.Add(-age)
		changes := create(txt("example.com", "ours"))
		changes.Current = true
		if err := h.Apply(t.Context(), base, changes); err != nil {
			t.Fatal(err)
		}
		want := 1
		if age > 0 {
			want = 2
		}
		if n := w.called("getHosts"); n != want {
			t.Errorf("a snapshot %s old: %d readings, want %d", age, n, want)
		}
	}
}

// A fresh snapshot is no reason to repeat a write blindly after one call too many.
func TestFreshSnapshotAfterARefusal(t *testing.T) {
	w := newWorld(t)
	w.set("NONE", www)
	h := w.host()
	base := read(t, h)
	w.called("getHosts")
	w.under(fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 405, Count: 1}}})
	changes := create(txt("example.com", "ours"))
	changes.Current = true
	if err := h.Apply(t.Context(), base, changes); err != nil {
		t.Fatal(err)
	}
	if reads, writes := w.called("getHosts"), w.called("setHosts"); reads != 2 || writes != 2 {
		t.Errorf("%d readings and %d writes, want 2 and 2", reads, writes)
	}
}
