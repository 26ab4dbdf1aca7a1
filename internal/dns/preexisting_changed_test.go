package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// A record was in the zone before it was wanted here, and somebody has changed it since. What is
// then written over it is ours: it goes when nobody wants it any more.
func TestAPreexistingRecordThatWasChangedAndOverwritten(t *testing.T) {
	const ours = `_dmarc 300 TXT "v=DMARC1; p=quarantine"`
	h := host(t, limits, ours)
	pub := dns.Publication{Owner: "b", Overwrite: true, Wanted: wanted(t, `_dmarc 1 TXT "v=DMARC1; p=quarantine"`)}
	found, err := h.editor.Publish(t.Context(), zone, pub)
	if err != nil || !found.Published[0].Preexisting {
		t.Fatalf("a record that is there counts as published: %+v, %v", found.Published, err)
	}

	changed := host(t, limits)
	theirs := records(t, `_dmarc 300 TXT "v=DMARC1; p=none"`)
	theirs[0].Comment = "by hand" // it stays where a record is changed in place
	changed.Add(zone.Apex, theirs...)
	pub.Previous = changed.observed(t, "b", found.Published)
	overwritten, err := changed.editor.Publish(t.Context(), zone, pub)
	if err != nil || overwritten.Published[0].Preexisting {
		t.Fatalf("what was written counts as preexisting: %+v, %v", overwritten.Published, err)
	}
	changed.check(t, ours)
	if _, err := changed.editor.Publish(t.Context(), zone, dns.Publication{Owner: "b", Previous: changed.observed(t, "b", overwritten.Published)}); err != nil {
		t.Fatal(err)
	}
	changed.check(t)

	// Where nobody has changed it, it stays.
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "b", Previous: h.observed(t, "b", found.Published)}); err != nil {
		t.Fatal(err)
	}
	h.check(t, ours)
}

// observed returns what a refresh makes of published records.
func (h *hosted) observed(t *testing.T, owner string, published []dns.Published) (now []dns.Published) {
	t.Helper()
	snapshot, err := h.editor.Snapshot(t.Context(), zone, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range h.editor.Observe(snapshot, owner, published) {
		now = append(now, o.Published)
	}
	return now
}
