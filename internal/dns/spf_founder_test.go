package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// An owner joins an SPF record in a run that does not know who has begun it. It learns that at a
// refresh, so that it deletes the record in the end, although whoever began it has left before.
func TestTheLastOwnerOfAnSPFRecordDeletesIt(t *testing.T) {
	const first, second = "ip4:192.0.2.1", "ip4:192.0.2.2"
	for name, c := range map[string]struct {
		before []string // what others have in the record
		second string   // what the second owner wants
		left   []string // in the end
	}{
		"of the owners alone":           {nil, second, nil},
		"they want the same":            {nil, first, nil},
		"in somebody else's":            {[]string{spf("mx -all")}, second, []string{spfLine("mx -all")}},
		"in one that names no sender":   {[]string{spf("~all")}, second, []string{spfLine("~all")}},
		"the same in somebody else's":   {[]string{spf("mx -all")}, first, []string{spfLine("mx -all")}},
		"what somebody else had before": {[]string{spf(first + " -all")}, first, []string{spfLine(first + " -all")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := host(t, limits, c.before...)
			one, err := h.publish(t, "one", spf(first+" ~all"))
			if err != nil {
				t.Fatal(err)
			}
			h.editor = dns.NewEditor(h, dns.EditorOptions{})
			two, err := h.publish(t, "two", spf(c.second+" ~all"))
			if err != nil {
				t.Fatal(err)
			}
			h.editor = dns.NewEditor(h, dns.EditorOptions{})
			s, err := h.editor.Snapshot(t.Context(), zone, nil)
			if err != nil {
				t.Fatal(err)
			}
			h.editor.Has(zone, "two", two.Published)
			h.editor.Has(zone, "one", one.Published)
			o := h.editor.Observe(s, "two", two.Published)[0]
			if o.Presence != dns.Present {
				t.Fatalf("it is %s", o.Presence)
			}
			for _, p := range []dns.Publication{
				{Owner: "one", Previous: one.Published, Shared: wanted(t, spf(c.second+" ~all"))},
				{Owner: "two", Previous: []dns.Published{o.Published}},
			} {
				h.editor = dns.NewEditor(h, dns.EditorOptions{})
				if _, err := h.editor.Publish(t.Context(), zone, p); err != nil {
					t.Fatal(err)
				}
			}
			h.check(t, c.left...)
		})
	}
}

// An owner that has joined an SPF record does not change its ending in a run that does not know
// whether the one that has begun it wants the same.
func TestTheEndingOfAnSPFRecordThatAnotherOwnerHasBegun(t *testing.T) {
	const soft, hard = "mx ~all", "mx -all"
	for name, c := range map[string]struct {
		known bool   // whether the run knows of the other owner
		wants string // what that one wants
		want  string
		warns bool
	}{
		"not known":               {false, "", soft, true},
		"known to want another":   {true, soft, soft, true},
		"known to want the same":  {true, hard, hard, false},
		"known to want no longer": {true, "", hard, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := host(t, limits)
			one, err := h.publish(t, "one", spf(soft))
			if err != nil {
				t.Fatal(err)
			}
			two, err := h.publish(t, "two", spf(soft))
			if err != nil {
				t.Fatal(err)
			}
			if !two.Published[0].SPF.Joint {
				t.Fatalf("it remembers %+v", two.Published[0].SPF)
			}
			h.editor = dns.NewEditor(h, dns.EditorOptions{})
			if c.known {
				p := dns.Publication{Owner: "one", Previous: one.Published}
				if c.wants != "" {
					p.Wanted = wanted(t, spf(c.wants))
				}
				h.editor.Wants(zone, p)
			}
			result, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "two", Previous: two.Published, Wanted: wanted(t, spf(hard))})
			if err != nil {
				t.Fatal(err)
			}
			h.check(t, spfLine(c.want))
			if (len(result.Warnings) > 0) != c.warns {
				t.Errorf("it says %+v", result.Warnings)
			}
		})
	}
}
