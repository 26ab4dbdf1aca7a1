package dns_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// spf is a line with an SPF record at the apex.
func spf(terms string) string { return fmt.Sprintf(`@ TXT "v=spf1 %s"`, terms) }

// ownersOfSPF makes owners of mechanisms in an SPF record, at a host that is not atomic, and
// returns what each of them has published.
func ownersOfSPF(t *testing.T, foreign string, terms ...string) map[string][]dns.Published {
	t.Helper()
	stepwise := limits
	stepwise.Atomic = false
	var lines []string
	if foreign != "" {
		lines = []string{spf(foreign)}
	}
	h := host(t, stepwise, lines...)
	had := map[string][]dns.Published{}
	for _, term := range terms {
		result, err := h.publish(t, term, spf(term+" ~all"))
		if err != nil {
			t.Fatal(err)
		}
		had[term] = result.Published
	}
	return had
}

// One write adds what an owner wants and takes away what others give up. It was cut off
// after the new record was created and before the old one was deleted. The next apply
// finishes it, whichever of the owners comes first, and nothing of the others goes.
func TestAnInterruptedExchangeOfMechanismsIsCompleted(t *testing.T) {
	const one, two, three = "ip4:192.0.2.1", "ip4:192.0.2.2", "ip4:192.0.2.3"
	want := func(term string) []dns.Wanted { return wanted(t, spf(term+" ~all")) }
	for name, c := range map[string]struct {
		foreign string // what others have in the record
		had     []string
		left    []string          // the records that the interrupted change has left
		publish map[string]string // what each owner wants from now on
		want    string
	}{
		"one comes and one goes": {"mx -all", []string{one}, []string{"mx " + one + " -all", "mx " + two + " -all"}, map[string]string{one: "", two: two}, "mx " + two + " -all"},
		"one comes, one goes and one stays": {
			"mx -all", []string{one, three}, []string{"mx " + one + " " + three + " -all", "mx " + three + " " + two + " -all"},
			map[string]string{one: "", two: two, three: three}, "mx " + three + " " + two + " -all",
		},
		"one changes": {"mx -all", []string{one}, []string{"mx " + one + " -all", "mx " + two + " -all"}, map[string]string{one: two}, "mx " + two + " -all"},
		"all go, and one of them is needed again": {
			"mx -all", []string{one, two}, []string{"mx " + one + " " + two + " -all", "mx -all"}, map[string]string{one: "", two: two}, "mx " + two + " -all",
		},
		"the record is the owners' own": {"", []string{one, three}, []string{one + " " + three + " ~all", three + " " + two + " ~all"}, map[string]string{one: "", two: two, three: three}, three + " " + two + " ~all"},
		"finishing it was cut off as well": {
			"mx -all", []string{one, three}, []string{"mx " + one + " " + three + " -all", "mx " + one + " -all", "mx " + three + " " + two + " -all"},
			map[string]string{one: "", two: two, three: three}, "mx " + three + " " + two + " -all",
		},
	} {
		t.Run(name, func(t *testing.T) {
			had := ownersOfSPF(t, c.foreign, c.had...)
			stepwise := limits
			stepwise.Atomic = false
			var lines []string
			for _, text := range c.left {
				lines = append(lines, spf(text))
			}
			for range 2 * len(c.publish) { // the order is not decided here
				h := host(t, stepwise, lines...)
				var all []dns.Publication
				for owner, term := range c.publish {
					p := dns.Publication{Owner: owner, Previous: had[owner]}
					if term != "" {
						p.Wanted = want(term)
					}
					h.editor.Wants(zone, p)
					all = append(all, p)
				}
				var results []dns.Result
				for _, p := range all {
					result, err := h.editor.Publish(t.Context(), zone, p)
					if err != nil {
						t.Fatal(err)
					}
					results = append(results, result)
				}
				h.check(t, spfLine(c.want))
				for i, p := range all {
					if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: p.Owner, Previous: results[i].Published}); err != nil {
						t.Fatal(err)
					}
				}
				if c.foreign == "" {
					h.check(t)
				} else {
					h.check(t, spfLine(c.foreign))
				}
			}
		})
	}
}

func spfLine(terms string) string { return fmt.Sprintf(`@ 300 TXT "v=spf1 %s"`, terms) }

// The owner of an SPF record has changed its ending, and that was cut off between its halves.
func TestAnInterruptedChangeOfTheEndingIsCompleted(t *testing.T) {
	had := ownersOfSPF(t, "", "mx")
	stepwise := limits
	stepwise.Atomic = false
	h := host(t, stepwise, spf("mx ~all"), spf("mx -all"))
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "mx", Previous: had["mx"], Wanted: wanted(t, spf("mx -all"))}); err != nil {
		t.Fatal(err)
	}
	h.check(t, spfLine("mx -all"))

	// Whoever has not begun the record has not changed its ending.
	h = host(t, stepwise, spf("mx ~all"), spf("mx -all"))
	if _, err := h.publish(t, "another", spf("mx -all")); err == nil {
		t.Error("one of two records of others is removed")
	}
}

// A mechanism that an interrupted change had added to a record that allowed nobody to send
// is taken away in the end: the record may say again what it said.
func TestAnInterruptedMergeIntoABareRecord(t *testing.T) {
	stepwise := limits
	stepwise.Atomic = false
	h := host(t, stepwise, spf("-all"), spf("mx -all"))
	result, err := h.publish(t, "one", spf("mx ~all"))
	if err != nil {
		t.Fatal(err)
	}
	h.check(t, spfLine("mx -all"))
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: result.Published}); err != nil {
		t.Fatal(err)
	}
	h.check(t, spfLine("-all"))
}

// What is not known to be a resource's, or what one of them wants, is not taken away to
// finish a change: a person decides.
func TestWhatIsNoHalfOfAnSPFChangeStays(t *testing.T) {
	const one, two = "ip4:192.0.2.1", "ip4:192.0.2.2"
	had := ownersOfSPF(t, "mx -all", one)
	stepwise := limits
	stepwise.Atomic = false
	for name, left := range map[string][]string{
		"another term":           {"mx " + one + " -all", "mx ip4:198.51.100.1 " + two + " -all"},
		"another ending":         {"mx " + one + " -all", "mx " + two + " ~all"},
		"another order":          {"mx a " + one + " -all", "a mx " + two + " -all"},
		"one that does not read": {"mx " + one + " -all", "mx " + two + " ip4:x -all"},
		"the same twice":         {"mx " + one + " -all", "mx " + one + " -all"},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, stepwise, spf(left[0]), spf(left[1]))
			_, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: one, Previous: had[one], Wanted: wanted(t, spf(two+" ~all"))})
			if err == nil || !strings.Contains(err.Error(), "Several SPF records") {
				t.Errorf("it says %v", err)
			}
			h.check(t, spfLine(left[0]), spfLine(left[1]))
		})
	}

	// An atomic host leaves no halves.
	h := host(t, limits, spf("mx "+one+" -all"), spf("mx "+two+" -all"))
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: one, Previous: had[one], Wanted: wanted(t, spf(two+" ~all"))}); err == nil {
		t.Error("one of two records is removed")
	}
}

// A resource whose mechanism is in one of the halves of an interrupted change only finds that
// it is missing: its plan finishes the change. Before, it was present, and the name kept two
// SPF records, of which receivers accept none.
func TestAHalfIsSeenAtRefresh(t *testing.T) {
	const one, two = "ip4:192.0.2.1", "ip4:192.0.2.2"
	had := ownersOfSPF(t, "mx -all", one)
	stepwise := limits
	stepwise.Atomic = false
	for name, c := range map[string]struct {
		left    [2]string
		limits  dns.Limits
		missing []string
	}{
		"in one half":          {[2]string{"mx -all", "mx " + one + " -all"}, stepwise, []string{one}},
		"in both halves":       {[2]string{"mx " + one + " -all", "mx " + one + " " + two + " -all"}, stepwise, nil},
		"beside another one":   {[2]string{"a -all", "mx " + one + " -all"}, stepwise, nil},
		"at an atomic host":    {[2]string{"mx -all", "mx " + one + " -all"}, limits, nil},
		"of one that is wrong": {[2]string{"mx ip4:x -all", "mx " + one + " -all"}, stepwise, nil},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, c.limits, spf(c.left[0]), spf(c.left[1]))
			s, err := h.editor.Snapshot(t.Context(), zone, nil)
			if err != nil {
				t.Fatal(err)
			}
			h.editor.Has(zone, one, had[one])
			o := h.editor.Observe(s, one, had[one])[0]
			if !slices.Equal(o.MissingSPF, c.missing) || (o.Presence == dns.Changed) != (c.missing != nil) || (len(o.Halves) == 2) != (c.missing != nil) {
				t.Errorf("it is %s and lacks %q", o.Presence, o.MissingSPF)
			}
		})
	}
}
