package dns_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Two owners publish one record and want different TTLs. The one that is there stays, also
// where a run of one of them has not known of the other: no run takes back what another one
// has written. A warning names both.
func TestTwoOwnersWantDifferentTTLs(t *testing.T) {
	one := dns.Publication{Owner: "one", Wanted: wanted(t, "x 600 TXT shared")}
	two := dns.Publication{Owner: "two", Wanted: wanted(t, "x 900 TXT shared")}
	h := host(t, limits)
	publish := func(p *dns.Publication) dns.Result {
		result, err := h.editor.Publish(t.Context(), zone, *p)
		if err != nil {
			t.Fatal(err)
		}
		p.Previous = result.Published
		return result
	}
	publish(&one)
	h.editor.Wants(zone, one)
	result := publish(&two)
	h.check(t, `x 600 TXT "shared"`)
	checkProblems(t, result.Warnings, []string{"warning a", "id one", "600 seconds", "id two", "900"})

	settled := func(ttl string) {
		t.Helper()
		h.check(t, "x "+ttl+` TXT "shared"`)
		for range 2 { // a new process for each run, in either order
			h.editor = dns.NewEditor(h, dns.EditorOptions{})
			s, err := h.editor.Snapshot(t.Context(), zone, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range []dns.Publication{one, two} {
				h.editor.Has(zone, p.Owner, p.Previous)
			}
			for _, p := range []dns.Publication{one, two} {
				if o := h.editor.Observe(s, p.Owner, p.Previous)[0]; o.Presence != dns.Present {
					t.Errorf("the record of %s is %s", p.Owner, o.Presence)
				}
			}
			one, two = two, one
		}
	}
	settled("600")
	h.editor = dns.NewEditor(h, dns.EditorOptions{}) // which knows of one owner only
	publish(&two)
	settled("900")
	h.editor = dns.NewEditor(h, dns.EditorOptions{})
	publish(&one)
	settled("600")

	// Who gives up its own TTL leaves the record to the other one's.
	one.Wanted = wanted(t, "x 1 TXT shared")
	h.editor.Wants(zone, two)
	publish(&one)
	settled("900")

	// The same where the other one is not known: the TTL is not what this one had wanted.
	h.editor = dns.NewEditor(h, dns.EditorOptions{})
	one.Wanted = wanted(t, "x 600 TXT shared")
	h.editor.Wants(zone, two)
	publish(&one)
	h.check(t, `x 900 TXT "shared"`)
	h.editor = dns.NewEditor(h, dns.EditorOptions{})
	one.Wanted = wanted(t, "x 1 TXT shared")
	publish(&one)
	settled("900")

	// Nobody has the TTL that somebody has changed by hand.
	two.Wanted = wanted(t, "x 1200 TXT shared")
	h.editor.Wants(zone, one)
	publish(&two)
	settled("1200")
}

// The same in one write: the first of the two decides, and the others of the set go with it.
func TestTwoOwnersCreateASetWithDifferentTTLs(t *testing.T) {
	for name, lines := range map[string][2]string{
		"one record":  {"x 600 TXT shared", "x 900 TXT shared"},
		"two records": {"x 600 TXT one", "x 900 TXT two"},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits)
			one := dns.Publication{Owner: "one", Wanted: wanted(t, lines[0])}
			two := dns.Publication{Owner: "two", Wanted: wanted(t, lines[1])}
			h.editor.Wants(zone, one)
			h.editor.Wants(zone, two)
			results, errs := h.together(t, one, two)
			if errs[0] != nil || errs[1] != nil {
				t.Fatal(errs)
			}
			all := h.Records(zone.Apex)
			for _, r := range all {
				if r.TTL != all[0].TTL {
					t.Errorf("the set has the TTLs %d and %d", all[0].TTL, r.TTL)
				}
			}
			told := 0
			for i := range results {
				if got := results[i].Published[0].Record.TTL; got != all[0].TTL {
					t.Errorf("%d seconds is remembered, and the set has %d", got, all[0].TTL)
				}
				for _, p := range results[i].Warnings {
					if strings.Contains(p.Summary, "TTL") {
						told++
					}
				}
			}
			if told == 0 {
				t.Error("nothing is said")
			}
		})
	}
}

// A record that this publication creates is its own, also an SPF record that another owner
// had begun and that is gone: its TTL is what is wanted, within the limits of the host.
func TestTheTTLOfARecordThatIsCreatedAnew(t *testing.T) {
	h := host(t, limits)
	if _, err := h.publish(t, "one", `@ 600 TXT "v=spf1 ip4:192.0.2.1 ~all"`); err != nil {
		t.Fatal(err)
	}
	second, err := h.publish(t, "two", `@ 900 TXT "v=spf1 ip4:192.0.2.1 ~all"`)
	if err != nil {
		t.Fatal(err)
	}
	if !second.Published[0].SPF.Joint {
		t.Fatalf("it remembers %+v", second.Published[0].SPF)
	}
	h.check(t, `@ 600 TXT "v=spf1 ip4:192.0.2.1 ~all"`)
	for wish, want := range map[string]string{"900": "900", "30": "60", "1": "300"} { // 1 asks for none
		h := host(t, limits)
		if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "two", Previous: second.Published, Wanted: wanted(t, "@ "+wish+` TXT "v=spf1 ip4:192.0.2.1 ~all"`)}); err != nil {
			t.Fatal(err)
		}
		h.check(t, "@ "+want+` TXT "v=spf1 ip4:192.0.2.1 ~all"`)
	}
}

// An owner gives up a record that another one wants with another TTL. The record gets that TTL at
// once: the other one may not be written in this run.
func TestARecordThatIsLeftToAnotherTTL(t *testing.T) {
	for name, c := range map[string]struct {
		theirs []string // others of the set
		later  string   // what the other owner wants
		want   []string
	}{
		"another TTL":            {nil, "x 600 TXT shared", []string{`x 600 TXT "shared"`}},
		"no TTL":                 {nil, "x 1 TXT shared", []string{`x 900 TXT "shared"`}},
		"one outside the limits": {nil, "x 30 TXT shared", []string{`x 60 TXT "shared"`}},
		"in a set of others":     {[]string{"x 900 TXT theirs"}, "x 600 TXT shared", []string{`x 900 TXT "theirs"`, `x 900 TXT "shared"`}},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits, c.theirs...)
			one, err := h.publish(t, "one", "x 900 TXT shared")
			if err != nil {
				t.Fatal(err)
			}
			two, err := h.publish(t, "two", c.later)
			if err != nil {
				t.Fatal(err)
			}
			h.editor = dns.NewEditor(h, dns.EditorOptions{})
			if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: one.Published, Shared: wanted(t, c.later)}); err != nil {
				t.Fatal(err)
			}
			h.check(t, c.want...)
			h.editor = dns.NewEditor(h, dns.EditorOptions{})
			if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "two", Previous: two.Published}); err != nil {
				t.Fatal(err)
			}
			h.check(t, c.want[:len(c.want)-1]...)
		})
	}
}

// The same in a set of which another owner has found a record there: that is somebody else's, and
// keeps its TTL. One that another owner has published goes with the set.
func TestASetThatIsLeftToAnotherTTL(t *testing.T) {
	for name, c := range map[string]struct {
		there []string
		want  []string
	}{
		"beside a record that was found there":    {[]string{"x 900 TXT other"}, []string{`x 900 TXT "other"`, `x 900 TXT "shared"`}},
		"beside a record that was published here": {nil, []string{`x 600 TXT "other"`, `x 600 TXT "shared"`}},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits, c.there...)
			other, err := h.publish(t, "other", "x 900 TXT other")
			if err != nil {
				t.Fatal(err)
			}
			one, err := h.publish(t, "one", "x 900 TXT shared")
			if err != nil {
				t.Fatal(err)
			}
			h.editor = dns.NewEditor(h, dns.EditorOptions{})
			h.editor.Wants(zone, dns.Publication{Owner: "other", Previous: other.Published, Wanted: wanted(t, "x 600 TXT other")})
			if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: one.Published, Shared: wanted(t, "x 600 TXT shared")}); err != nil {
				t.Fatal(err)
			}
			h.check(t, c.want...)
		})
	}
}

// Two owners make one SPF record in one write. It gets the TTL of the one that begins it, as that
// one decides about it from then on.
func TestTheTTLOfAnSPFRecordOfTwoOwners(t *testing.T) {
	h := host(t, limits)
	results, errs := h.together(t,
		dns.Publication{Owner: "one", Wanted: wanted(t, `@ 600 TXT "v=spf1 ip4:192.0.2.1 ~all"`)},
		dns.Publication{Owner: "two", Wanted: wanted(t, `@ 900 TXT "v=spf1 ip4:192.0.2.2 ~all"`)})
	if errs[0] != nil || errs[1] != nil {
		t.Fatal(errs)
	}
	began := 0
	for _, result := range results {
		p := result.Published[0]
		if p.Record.TTL != h.Records(zone.Apex)[0].TTL {
			t.Errorf("%d seconds is remembered, and the record has %d", p.Record.TTL, h.Records(zone.Apex)[0].TTL)
		}
		if p.SPF.Created == "" || p.SPF.Joint {
			continue
		}
		began++
		if p.Record.TTL != p.Wanted.TTL {
			t.Errorf("whoever has begun the record wants %d seconds, and it has %d", p.Wanted.TTL, p.Record.TTL)
		}
	}
	if began != 1 {
		t.Errorf("%d owners have begun the record", began)
	}
}
