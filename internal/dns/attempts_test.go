package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// After a write, what was read of the zone before does not count any more, even if the zone could
// not be read back.
func TestAWriteOutdatesWhatWasRead(t *testing.T) {
	h := host(t, limits)
	if _, err := h.editor.Snapshot(t.Context(), zone, nil); err != nil {
		t.Fatal(err)
	}
	h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
		h.OnRead = func() error { return errUnsure }
		return apply()
	}
	if _, err := h.publish(t, "one", "www A 192.0.2.1"); err == nil {
		t.Fatal("what could not be read back is called published")
	}
	h.OnApply, h.OnRead = nil, nil
	now, err := h.editor.Snapshot(t.Context(), zone, nil)
	if err != nil {
		t.Fatal(err)
	}
	if there, _ := now.Says(records(t, "www A 192.0.2.1")[0]); !there {
		t.Errorf("the zone is still %v", now.Records)
	}
}

// If an owner takes over an SPF record in the same write in which the record's owner leaves it, the
// record counts as created by the new owner, who then decides about its TTL.
func TestAnSPFRecordIsTakenOverInOneWrite(t *testing.T) {
	h := host(t, limits)
	first, err := h.publish(t, "one", `@ 600 TXT "v=spf1 ip4:192.0.2.1 ~all"`)
	if err != nil {
		t.Fatal(err)
	}
	one := dns.Publication{Owner: "one", Previous: first.Published}
	two := dns.Publication{Owner: "two", Wanted: wanted(t, `@ 900 TXT "v=spf1 ip4:192.0.2.2 ~all"`)}
	h.editor.Wants(zone, one)
	h.editor.Wants(zone, two)
	results, errs := h.together(t, one, two)
	if errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	h.check(t, `@ 900 TXT "v=spf1 ip4:192.0.2.2 ~all"`)
	if spf := results[1].Published[0].SPF; spf.Created == "" || spf.Joint {
		t.Errorf("it remembers %+v", spf)
	}
}

// What an attempt has written before it failed belongs to the owner in the next attempt.
func TestAnAttemptIsRemembered(t *testing.T) {
	h := host(t, limits)
	h.failing(func(func() error) error {
		// Half of it was written, at a host that keeps no comments.
		h.Add(zone.Apex, records(t, "www A 192.0.2.1")...)
		return errUnsure
	})
	result, err := h.publish(t, "one", "www A 192.0.2.1", "web A 192.0.2.2")
	if err != nil {
		t.Fatal(err)
	}
	if result.Published[0].Preexisting || result.Published[1].Preexisting {
		t.Errorf("what it has published counts as somebody else's: %+v", result.Published)
	}
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: result.Published}); err != nil {
		t.Fatal(err)
	}
	h.check(t)
}

// A published record does not count as changed into another one that was published next to it.
func TestPublishedBesideIsNoChange(t *testing.T) {
	before := published(t, "@ MX 10 mx.example.net.", "@ MX 20 mx.example.net.")
	if observed := dns.Observe(snapshot(t, "@ MX 20 mx.example.net."), before); observed[0].Presence != dns.Missing || observed[1].Presence != dns.Present {
		t.Errorf("got %+v", observed)
	}
}
