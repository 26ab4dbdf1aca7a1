package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Two owners publish one record, and one of them wants another value from now on. The
// other one's record stays, also where both were the same record at the host.
func TestASharedRecordIsChangedByOneOwner(t *testing.T) {
	for name, c := range map[string]struct {
		both, later string
		want        []string
	}{
		"text":    {"x TXT shared", "x TXT later", []string{`x 300 TXT "shared"`, `x 300 TXT "later"`}},
		"address": {"www A 192.0.2.1", "www A 192.0.2.2", []string{"www 300 A 192.0.2.1", "www 300 A 192.0.2.2"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits)
			one, err := h.publish(t, "one", c.both)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.publish(t, "two", c.both); err != nil {
				t.Fatal(err)
			}
			if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: one.Published, Wanted: wanted(t, c.later)}); err != nil {
				t.Fatal(err)
			}
			h.check(t, c.want...)
		})
	}
}

// The same where the run that changes the record does not know of the other owner. That
// one finds its record missing then, and publishes it beside the changed one: what the
// first one has made of it is not taken away.
func TestASharedRecordIsChangedByAnOwnerWhoKnowsOfNoOther(t *testing.T) {
	shared := func(t *testing.T) (h *hosted, one, two []dns.Published) {
		h = host(t, limits)
		first, err := h.publish(t, "one", "x TXT shared")
		if err != nil {
			t.Fatal(err)
		}
		second, err := h.publish(t, "two", "x TXT shared")
		if err != nil {
			t.Fatal(err)
		}
		h.editor = dns.NewEditor(h, dns.EditorOptions{})
		changed, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published, Wanted: wanted(t, "x TXT later")})
		if err != nil {
			t.Fatal(err)
		}
		h.check(t, `x 300 TXT "later"`)
		return h, changed.Published, second.Published
	}
	look := func(t *testing.T, h *hosted, previous []dns.Published) dns.Observation {
		s, err := h.editor.Snapshot(t.Context(), zone, nil)
		if err != nil {
			t.Fatal(err)
		}
		return h.editor.Observe(s, "two", previous)[0]
	}
	mend := func(t *testing.T, h *hosted, previous dns.Published) {
		if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "two", Previous: []dns.Published{previous}, Wanted: wanted(t, "x TXT shared")}); err != nil {
			t.Fatal(err)
		}
		h.check(t, `x 300 TXT "later"`, `x 300 TXT "shared"`)
	}
	t.Run("seen at refresh", func(t *testing.T) {
		h, one, two := shared(t)
		h.editor = dns.NewEditor(h, dns.EditorOptions{})
		h.editor.Has(zone, "one", one)
		o := look(t, h, two)
		if o.Presence != dns.Missing || o.Published.Found != nil {
			t.Fatalf("what the other one has published is %s, found %v", o.Presence, o.Published.Found)
		}
		h.editor = dns.NewEditor(h, dns.EditorOptions{}) // the apply need not know of the other one
		mend(t, h, o.Published)
	})
	t.Run("seen at plan", func(t *testing.T) {
		h, one, two := shared(t)
		h.editor = dns.NewEditor(h, dns.EditorOptions{})
		o := look(t, h, two)
		if o.Presence != dns.Changed {
			t.Fatalf("what somebody has changed is %s", o.Presence)
		}
		h.editor.Wants(zone, dns.Publication{Owner: "one", Previous: one, Wanted: wanted(t, "x TXT later")})
		mend(t, h, o.Published)
	})
}

// One owner wants a part of the MX records that another one is known to want: they are no
// stranger's, and nothing is in its way, whichever of the two is planned and written first.
func TestAPartOfTheMXRecordsOfAnotherOwner(t *testing.T) {
	first, second := "@ MX 10 mx1.example.net.", "@ MX 20 mx2.example.net."
	for name, reversed := range map[string]bool{"all of them first": false, "the part first": true} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits)
			one, err := h.publish(t, "all", first)
			if err != nil {
				t.Fatal(err)
			}
			h.editor = dns.NewEditor(h, dns.EditorOptions{})
			all := dns.Publication{Owner: "all", Previous: one.Published, Wanted: wanted(t, first, second), Approved: []dns.Identity{}}
			part := dns.Publication{Owner: "part", Wanted: wanted(t, second), Approved: []dns.Identity{}}
			h.editor.Wants(zone, all)
			h.editor.Wants(zone, part)
			both := []dns.Publication{all, part}
			if reversed {
				both = []dns.Publication{part, all}
			}
			for _, p := range both {
				planned, err := h.editor.Plan(t.Context(), zone, p)
				if err != nil || planned.Err() != nil {
					t.Fatal(err, planned.Err())
				}
			}
			for _, p := range both {
				result, err := h.editor.Publish(t.Context(), zone, p)
				if err != nil {
					t.Fatal(err)
				}
				checkProblems(t, result.Warnings)
			}
			h.check(t, "@ 300 MX 10 mx1.example.net", "@ 300 MX 20 mx2.example.net")
		})
	}
}

// An owner has created an SPF record and has given up a part of it that another one wants. It
// leaves in a run that does not know of the other: that one's part stays.
func TestAnSPFRecordOfWhichAPartWasGivenUp(t *testing.T) {
	const mine, theirs = "ip4:192.0.2.1", "ip4:192.0.2.2"
	h := host(t, limits)
	one, err := h.publish(t, "one", spf(mine+" "+theirs+" ~all"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.publish(t, "two", spf(theirs+" ~all")); err != nil {
		t.Fatal(err)
	}
	if one, err = h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: one.Published, Wanted: wanted(t, spf(mine+" ~all"))}); err != nil {
		t.Fatal(err)
	}
	h.check(t, spfLine(mine+" "+theirs+" ~all"))
	h.editor = dns.NewEditor(h, dns.EditorOptions{})
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: one.Published}); err != nil {
		t.Fatal(err)
	}
	h.check(t, spfLine(theirs+" ~all"))
}
