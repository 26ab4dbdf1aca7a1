package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Two owners have begun an SPF record together. One of them finds its mechanism gone and
// publishes it again, in a run that does not know the other: what that one has in the
// record stays.
func TestAMechanismIsMendedBesideOthers(t *testing.T) {
	h := host(t, limits)
	results, errs := h.together(t,
		dns.Publication{Owner: "one", Wanted: wanted(t, `@ 1 TXT "v=spf1 ip4:192.0.2.1 ~all"`)},
		dns.Publication{Owner: "two", Wanted: wanted(t, `@ 1 TXT "v=spf1 ip4:192.0.2.2 ~all"`)})
	if errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	for i, owner := range []string{"one", "two"} {
		mine, theirs := []string{"ip4:192.0.2.1", "ip4:192.0.2.2"}[i], []string{"ip4:192.0.2.2", "ip4:192.0.2.1"}[i]
		for name, left := range map[string]string{"its own is gone": theirs, "both are there": mine + " " + theirs} {
			t.Run(owner+", "+name, func(t *testing.T) {
				h := host(t, limits, `@ TXT "v=spf1 `+left+` ~all"`)
				if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: owner, Previous: results[i].Published, Wanted: wanted(t, `@ 1 TXT "v=spf1 `+mine+` ~all"`)}); err != nil {
					t.Fatal(err)
				}
				want := left
				if name == "its own is gone" {
					want = theirs + " " + mine
				}
				h.check(t, `@ 300 TXT "v=spf1 `+want+` ~all"`)
			})
		}
	}
}

// A write that joins what two owners want was cut off between its halves. Either of them
// completes it, if it knows of the other, and takes away in the end what it added.
func TestAnInterruptedMergeOfTwoOwnersIsCompleted(t *testing.T) {
	one := dns.Publication{Owner: "one", Wanted: wanted(t, `@ 1 TXT "v=spf1 ip4:192.0.2.1 ~all"`)}
	two := dns.Publication{Owner: "two", Wanted: wanted(t, `@ 1 TXT "v=spf1 ip4:192.0.2.2 ~all"`)}
	stepwise := limits
	stepwise.Atomic = false
	h := host(t, stepwise, `@ TXT "v=spf1 mx -all"`, `@ TXT "v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.2 -all"`)
	h.editor.Wants(zone, one)
	h.editor.Wants(zone, two)
	results, errs := h.together(t, one, two)
	if errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	h.check(t, `@ 300 TXT "v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.2 -all"`)
	for i, owner := range []string{"one", "two"} {
		if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: owner, Previous: results[i].Published}); err != nil {
			t.Fatal(err)
		}
	}
	h.check(t, `@ 300 TXT "v=spf1 mx -all"`)

	// What nobody here wants is somebody's own second record.
	h = host(t, stepwise, `@ TXT "v=spf1 mx -all"`, `@ TXT "v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.3 -all"`)
	if _, err := h.editor.Publish(t.Context(), zone, one); err == nil {
		t.Error("one of two records of others is removed")
	}
}

// A write that takes out of an SPF record what an owner gives up was cut off between its
// halves. Another owner that keeps its part completes it.
func TestAnInterruptedRemovalIsCompleted(t *testing.T) {
	stepwise := limits
	stepwise.Atomic = false
	h := host(t, stepwise, `@ TXT "v=spf1 mx -all"`)
	leaves, err := h.publish(t, "one", `@ 1 TXT "v=spf1 ip4:192.0.2.1 ~all"`)
	if err != nil {
		t.Fatal(err)
	}
	stays, err := h.publish(t, "two", `@ 1 TXT "v=spf1 ip4:192.0.2.2 ~all"`)
	if err != nil {
		t.Fatal(err)
	}
	left := []string{`@ TXT "v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.2 -all"`, `@ TXT "v=spf1 mx ip4:192.0.2.2 -all"`}
	two := dns.Publication{Owner: "two", Previous: stays.Published, Wanted: wanted(t, `@ 1 TXT "v=spf1 ip4:192.0.2.2 ~all"`, "www A 192.0.2.1")}
	for name, gone := range map[string]bool{"the owner is known to leave": true, "nothing is known of it": false} {
		t.Run(name, func(t *testing.T) {
			h := host(t, stepwise, left...)
			if gone {
				h.editor.Wants(zone, dns.Publication{Owner: "one", Previous: leaves.Published})
			}
			_, err := h.editor.Publish(t.Context(), zone, two)
			if err != nil {
				t.Fatal(err)
			}
			if gone {
				h.check(t, `@ 300 TXT "v=spf1 mx ip4:192.0.2.2 -all"`, "www 300 A 192.0.2.1")
			} else {
				h.check(t, `@ 300 TXT "v=spf1 mx ip4:192.0.2.1 ip4:192.0.2.2 -all"`, `@ 300 TXT "v=spf1 mx ip4:192.0.2.2 -all"`, "www 300 A 192.0.2.1")
			}
		})
	}
}
