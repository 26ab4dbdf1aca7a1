package dns_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// A record that one owner gives up and another one wants, both in one write, is the other
// one's from then on, and goes with it. Neither order of the two makes it somebody else's.
func TestARecordMovesWithinOneWrite(t *testing.T) {
	for range 20 { // the order of the two is not decided here
		// As at a host that keeps no comments.
		h := host(t, limits, "x TXT moves", "y TXT stays", `@ TXT "v=spf1 ip4:192.0.2.1 ~all"`)
		had := wanted(t, "x TXT moves", "y TXT stays", `@ TXT "v=spf1 ip4:192.0.2.1 ~all"`)
		first, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Wanted: had, Adopt: true})
		if err != nil {
			t.Fatal(err)
		}
		h.editor = dns.NewEditor(h, dns.EditorOptions{})
		one := dns.Publication{Owner: "one", Previous: first.Published, Wanted: wanted(t, "y TXT stays")}
		two := dns.Publication{Owner: "two", Wanted: wanted(t, "x TXT moves", `@ TXT "v=spf1 ip4:192.0.2.1 ~all"`)}
		h.editor.Wants(zone, one)
		h.editor.Wants(zone, two)
		results, errs := h.together(t, one, two)
		if errs[0] != nil || errs[1] != nil {
			t.Fatal(errs)
		}
		if results[1].Published[0].Preexisting {
			t.Error("what this provider has published counts as somebody else's")
		}
		if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "two", Previous: results[1].Published}); err != nil {
			t.Fatal(err)
		}
		h.check(t, `y 300 TXT "stays"`)
	}
}

// What an owner has published does not make way before it is known whether it is given up:
// the owner's plan may be on its way.
func TestAnOwnerWhosePlanComesLater(t *testing.T) {
	for name, c := range map[string]struct{ has, wants string }{
		"MX":   {"@ MX 10 mx.b.example.", "@ MX 10 mx.a.example."},
		"text": {`_dmarc TXT "v=DMARC1; p=none"`, `_dmarc TXT "v=DMARC1; p=reject"`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := host(t, limits)
				shared := c.wants
				if name == "text" {
					shared = "www A 192.0.2.1"
				}
				first, err := h.publish(t, "one", c.has, shared)
				if err != nil {
					t.Fatal(err)
				}
				h.editor = dns.NewEditor(h, dns.EditorOptions{})
				h.editor.Has(zone, "one", first.Published)
				go func() {
					time.Sleep(50 * time.Millisecond)
					h.editor.Wants(zone, dns.Publication{Owner: "one", Previous: first.Published, Wanted: wanted(t, c.has, shared)})
				}()
				planned, err := h.editor.Plan(t.Context(), zone, dns.Publication{Wanted: wanted(t, c.wants), Overwrite: true, ReplaceMX: true})
				if err != nil {
					t.Fatal(err)
				}
				if len(planned.Displaced) > 0 || !slices.ContainsFunc(planned.Problems, func(p dns.Problem) bool {
					return p.Severity == dns.Error && strings.Contains(p.Summary, "Two resources want different records")
				}) {
					t.Errorf("it displaces %v, and says %+v", planned.Displaced, planned.Problems)
				}
				time.Sleep(time.Second)
			})
		})
	}
}

// What is in the zone already stays somebody else's, however many owners want it: neither
// the first nor the last of them takes it away.
func TestSeveralOwnersFindARecord(t *testing.T) {
	for name, together := range map[string]bool{"in one write": true, "one after another": false} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits, "x TXT theirs")
			one := dns.Publication{Owner: "one", Wanted: wanted(t, "x TXT theirs")}
			two := dns.Publication{Owner: "two", Wanted: wanted(t, "x TXT theirs", "x 60 TXT ours")}
			h.editor.Wants(zone, one)
			h.editor.Wants(zone, two)
			results, errs := make([]dns.Result, 2), make([]error, 2)
			if together {
				results, errs = h.together(t, one, two)
			} else {
				results[0], errs[0] = h.editor.Publish(t.Context(), zone, one)
				results[1], errs[1] = h.editor.Publish(t.Context(), zone, two)
			}
			if errs[0] != nil || errs[1] != nil {
				t.Fatal(errs)
			}
			h.check(t, `x 300 TXT "theirs"`, `x 300 TXT "ours"`)
			for i, owner := range []string{"one", "two"} {
				if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: owner, Previous: results[i].Published}); err != nil {
					t.Fatal(err)
				}
			}
			h.check(t, `x 300 TXT "theirs"`)
		})
	}
}

// An owner leaves a place while another one plans to take it: the plan sees the zone as it
// is then.
func TestAPlaceIsLeftDuringThePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := host(t, limits, `_dmarc TXT "v=DMARC1; p=none"`)
		first, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none"`), Adopt: true})
		if err != nil {
			t.Fatal(err)
		}
		h.editor = dns.NewEditor(h, dns.EditorOptions{})
		gone := make(chan error, 1)
		go func() {
			time.Sleep(50 * time.Millisecond)
			_, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published})
			gone <- err
		}()
		planned, err := h.editor.Plan(t.Context(), zone, dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=reject"`)})
		if err != nil || planned.Err() != nil {
			t.Fatalf("%v, %v", err, planned.Err())
		}
		// The same as it plans before the other one has gone.
		if want := []dns.Identity{first.Published[0].Record.Identity()}; !slices.Equal(planned.Displaced, want) {
			t.Errorf("it displaces %v, want %v", planned.Displaced, want)
		}
		if err := <-gone; err != nil {
			t.Error(err)
		}
	})
}

// Taking over what was there before concerns what is wanted. A record that is given up, or
// changed, in the same step stays.
func TestTakingOverConcernsWhatIsWanted(t *testing.T) {
	h := host(t, limits, "x TXT theirs", "www A 192.0.2.1", "em CNAME a.example.net.")
	first, err := h.publish(t, "one", "x TXT theirs", "www A 192.0.2.1", "em CNAME a.example.net.")
	if err != nil {
		t.Fatal(err)
	}
	later := wanted(t, "x TXT theirs", "www A 192.0.2.2", "em CNAME a.example.net.")
	second, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published, Adopt: true, Wanted: later[1:]})
	if err != nil {
		t.Fatal(err)
	}
	h.check(t, `x 300 TXT "theirs"`, "www 300 A 192.0.2.1", "em 300 CNAME a.example.net", "www 300 A 192.0.2.2")
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: second.Published}); err != nil {
		t.Fatal(err)
	}
	h.check(t, `x 300 TXT "theirs"`, "www 300 A 192.0.2.1")
}

// An owner that wants a part of the MX records of another one, and has the others deleted, is
// refused, whichever of the two is planned first.
func TestOneOwnerTakesAPartOfTheMXRecordsOfAnother(t *testing.T) {
	both := dns.Publication{Owner: "both", Wanted: wanted(t, "@ MX 10 mx.a.example.", "@ MX 20 mx.a.example.")}
	part := dns.Publication{Owner: "part", Wanted: wanted(t, "@ MX 20 mx.a.example.")}
	for name, c := range map[string]struct {
		replaces, refused bool
	}{"it shares them": {false, false}, "it replaces the others": {true, true}} {
		part := part
		part.ReplaceMX = c.replaces
		for order, publications := range map[string][2]dns.Publication{"first": {part, both}, "second": {both, part}} {
			t.Run(name+", "+order, func(t *testing.T) {
				h := host(t, limits)
				if problems := h.editor.Wants(zone, publications[0]); problems != nil {
					t.Errorf("alone it is told %+v", problems)
				}
				problems := h.editor.Wants(zone, publications[1])
				if (len(problems) > 0) != c.refused {
					t.Errorf("it is told %+v", problems)
				}
				for _, p := range problems {
					if p.Severity != dns.Error || !strings.Contains(p.Detail, "id part") || !strings.Contains(p.Detail, "id both") {
						t.Errorf("it is told %+v", p)
					}
				}
			})
		}
	}
}

// A plan has displaced a record that its owner seemed to give up, because the owner's own plan
// came too late to be heard of. That plan finds that the record is to go, and is refused.
func TestARecordThatIsKeptIsDisplacedByAPlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := host(t, limits)
		first, err := h.publish(t, "one", "@ MX 10 mx.a.example.", "@ MX 20 mx.a.example.")
		if err != nil {
			t.Fatal(err)
		}
		h.editor = dns.NewEditor(h, dns.EditorOptions{})
		h.editor.Has(zone, "one", first.Published)
		two := dns.Publication{Wanted: wanted(t, "@ MX 10 mx.a.example.")}
		h.editor.Wants(zone, two)
		planned, err := h.editor.Plan(t.Context(), zone, two)
		if err != nil || planned.Err() != nil || len(planned.Displaced) != 1 {
			t.Fatalf("it displaces %v: %v, %v", planned.Displaced, err, planned.Err())
		}
		one := dns.Publication{Owner: "one", Previous: first.Published, Wanted: wanted(t, "@ MX 10 mx.a.example.", "@ MX 20 mx.a.example.")}
		problems := h.editor.Wants(zone, one)
		checkProblems(t, problems, []string{"error b", "displaces", "MX 20", "id one"})
		if planned, err := h.editor.Plan(t.Context(), zone, one); err != nil || planned.Err() == nil {
			t.Errorf("its plan is not refused: %v", err)
		}
		one.Wanted = one.Wanted[:1]
		if problems := h.editor.Wants(zone, one); problems != nil {
			t.Errorf("it gives the record up, and is told %+v", problems)
		}
	})
}

// While a record is being removed, the zone may be read without it and before the write is
// known to have ended. The plan of whoever takes its place is the same then as before.
func TestThePlanIsTheSameInTheMiddleOfAWrite(t *testing.T) {
	h := host(t, limits, "@ MX 10 mx.a.example.")
	first, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Wanted: wanted(t, "@ MX 10 mx.a.example."), Adopt: true})
	if err != nil {
		t.Fatal(err)
	}
	h.editor = dns.NewEditor(h, dns.EditorOptions{})
	one := dns.Publication{Owner: "one", Previous: first.Published}
	two := dns.Publication{Wanted: wanted(t, "@ MX 10 mx.b.example.")}
	h.editor.Wants(zone, one)
	h.editor.Wants(zone, two)
	plan := func() []dns.Identity {
		planned, err := h.editor.Plan(t.Context(), zone, two)
		if err != nil || planned.Err() != nil {
			t.Fatal(err, planned.Err())
		}
		return planned.Displaced
	}
	before := plan()
	var during []dns.Identity
	h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
		err := apply()
		h.editor.Outdate(zone) // as after a write that has ended
		during = plan()
		return err
	}
	if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published}); err != nil {
		t.Fatal(err)
	}
	if after := plan(); !slices.Equal(before, during) || !slices.Equal(before, after) || len(before) != 1 {
		t.Errorf("it displaces %v before the write, %v within it and %v after it", before, during, after)
	}
}

// A record that one owner has taken away, and another one wants, makes way for nothing: the
// plan of the other one is the same before and after.
func TestARecordThatIsTakenAwayIsWanted(t *testing.T) {
	for _, record := range []string{"em CNAME a.example.net.", `_dmarc TXT "v=DMARC1; p=none"`, "@ MX 10 mx.a.example."} {
		h := host(t, limits)
		first, err := h.publish(t, "one", record)
		if err != nil {
			t.Fatal(err)
		}
		h.editor = dns.NewEditor(h, dns.EditorOptions{})
		if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published}); err != nil {
			t.Fatal(err)
		}
		planned, err := h.editor.Plan(t.Context(), zone, dns.Publication{Owner: "two", Wanted: wanted(t, record), Overwrite: true, ReplaceMX: true})
		if err != nil || planned.Err() != nil || len(planned.Displaced) > 0 {
			t.Errorf("%s: it displaces %v: %v, %v", record, planned.Displaced, err, planned.Err())
		}
	}
}
