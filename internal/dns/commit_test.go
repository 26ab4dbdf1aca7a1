package dns_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// failing makes the first writes of a host end as the functions say; later ones succeed.
func (h *hosted) failing(faults ...func(apply func() error) error) {
	n := 0
	h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
		n++
		if n <= len(faults) {
			return faults[n-1](apply)
		}
		return apply()
	}
}

func TestUnknownOutcome(t *testing.T) {
	arrives := func(apply func() error) error { return errors.Join(apply(), errUnsure) }
	isLost := func(func() error) error { return errUnsure }
	for name, test := range map[string]struct {
		fault  func(apply func() error) error
		writes int
	}{"it arrived": {arrives, 1}, "it was lost": {isLost, 1}} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits, `@ TXT "v=spf1 mx -all"`, "x TXT same")
			previous, err := h.publish(t, "one", "x TXT gone", "y TXT gone")
			if err != nil {
				t.Fatal(err)
			}
			h.Add(zone.Apex, records(t, "y TXT gone")...) // somebody's twin
			h.failing(test.fault)
			result, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: previous.Published,
				Wanted: wanted(t, `@ 1 TXT "v=spf1 include:spf.example.net ~all"`, "www A 192.0.2.1")})
			if err != nil {
				t.Fatal(err)
			}
			var left []string
			for _, r := range h.Records(zone.Apex) {
				left = append(left, line(r))
			}
			slices.Sort(left)
			want := []string{`@ 300 TXT "v=spf1 mx include:spf.example.net -all"`, "www 300 A 192.0.2.1", `x 300 TXT "same"`, `y 300 TXT "gone"`}
			if !slices.Equal(left, want) {
				t.Errorf("the zone is %q", left)
			}
			// What was added by the write of unknown outcome is remembered as ours.
			if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: result.Published}); err != nil {
				t.Fatal(err)
			}
			h.check(t, `@ 300 TXT "v=spf1 mx -all"`, `x 300 TXT "same"`, `y 300 TXT "gone"`)
		})
	}
}

func TestUnknownOutcomeIsNotRepeatedWhenItArrived(t *testing.T) {
	h := host(t, limits)
	h.failing(func(apply func() error) error { return errors.Join(apply(), errUnsure) })
	if _, err := h.publish(t, "one", "www A 192.0.2.1"); err != nil || h.Applied() != 1 {
		t.Errorf("%v, %d writes", err, h.Applied())
	}
	h.check(t, "www 300 A 192.0.2.1")
}

func TestOutcomeStaysUnknown(t *testing.T) {
	h := host(t, limits)
	unavailable := &api.Error{Service: "host", Op: "read zone", Object: "example.com", Status: 502, Kind: api.ErrUnavailable}
	h.failing(func(apply func() error) error {
		h.OnRead = func() error { return unavailable }
		return errUnsure
	})
	_, err := h.publish(t, "one", "www A 192.0.2.1")
	if !errors.Is(err, api.ErrUnavailable) || !errors.Is(err, api.ErrOutcomeUnknown) || !strings.Contains(err.Error(), "could not be read back") {
		t.Errorf("%v", err)
	}
}

func TestZoneThatChangesMeanwhile(t *testing.T) {
	swaps := limits
	swaps.CompareAndSwap = true
	h := host(t, swaps, `@ TXT "v=spf1 mx -all"`)
	foreign := 0
	h.OnApply = func(_ dns.ChangeSet, apply func() error) error {
		if foreign++; foreign <= 2 {
			h.Remove(zone.Apex, h.Records(zone.Apex)[0])
			h.Add(zone.Apex, records(t, fmt.Sprintf(`@ TXT "v=spf1 mx ip4:192.0.2.%d -all"`, foreign))...)
		}
		return apply()
	}
	if _, err := h.publish(t, "one", `@ 1 TXT "v=spf1 a ~all"`); err != nil {
		t.Fatal(err)
	}
	h.check(t, `@ 300 TXT "v=spf1 mx ip4:192.0.2.2 a -all"`)
}

func TestZoneThatNeverHoldsStill(t *testing.T) {
	h := host(t, limits)
	h.OnApply = func(dns.ChangeSet, func() error) error { return dns.ErrZoneChanged }
	if _, err := h.publish(t, "one", "www A 192.0.2.1"); !errors.Is(err, dns.ErrZoneChanged) || !strings.Contains(err.Error(), "5 attempts") {
		t.Errorf("%v", err)
	}
	if _, err := h.editor.Snapshot(t.Context(), zone, nil); err != nil {
		t.Error(err)
	}
}

// A host that reports success without writing is found out.
func TestHostThatOnlySaysSo(t *testing.T) {
	h := host(t, limits, "www A 192.0.2.9")
	h.OnApply = func(dns.ChangeSet, func() error) error { return nil }
	_, err := h.publish(t, "one", "www A 192.0.2.1")
	for _, words := range []string{"example.com", "reported success", `"www.example.com A 192.0.2.1" is not there`, `the name has: "www.example.com A 192.0.2.9"`} {
		if err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v lacks %q", err, words)
		}
	}
	_, err = h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "two", Previous: published(t, "www A 192.0.2.9")})
	if err == nil || !strings.Contains(err.Error(), `"www.example.com A 192.0.2.9" is still there`) {
		t.Errorf("%v", err)
	}
}

func TestHostThatFails(t *testing.T) {
	for name, kind := range map[string]error{"credentials": api.ErrAuth, "too many calls": api.ErrRateLimited, "down": api.ErrUnavailable} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits)
			writes := 0
			h.OnApply = func(dns.ChangeSet, func() error) error {
				writes++
				return &api.Error{Service: "host", Op: "write zone", Status: 403, Kind: kind}
			}
			_, errs := h.together(t,
				dns.Publication{Owner: "one", Wanted: wanted(t, "www A 192.0.2.1")},
				dns.Publication{Owner: "two", Wanted: wanted(t, "web A 192.0.2.1")})
			if !errors.Is(errs[0], kind) || !errors.Is(errs[1], kind) || writes != 1 {
				t.Errorf("%v after %d writes", errs, writes)
			}
		})
	}
}

// If a batch is refused because of one record, only this record's request fails.
func TestRefusedBatch(t *testing.T) {
	bad := func(changes dns.ChangeSet) (dns.Record, bool) {
		for _, r := range changes.Create {
			if r.Value == "bad" {
				return r, true
			}
		}
		return dns.Record{}, false
	}
	for name, refusal := range map[string]func(r dns.Record) error{
		"with the record": func(r dns.Record) error {
			return &dns.RefusedError{Record: r, Reason: "the text is not allowed"}
		},
		"without it": func(dns.Record) error {
			return &api.Error{Service: "host", Op: "write zone", Status: http.StatusBadRequest, Answer: "invalid record"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits)
			h.OnApply = func(changes dns.ChangeSet, apply func() error) error {
				if r, found := bad(changes); found {
					return refusal(r)
				}
				return apply()
			}
			var publications []dns.Publication
			for i := range 8 {
				value := "good"
				if i == 5 {
					value = "bad"
				}
				publications = append(publications, dns.Publication{Owner: fmt.Sprint(i), Wanted: wanted(t, fmt.Sprintf("n%d TXT %s", i, value))})
			}
			results, errs := h.together(t, publications...)
			for i, err := range errs {
				if (err != nil) != (i == 5) || err == nil && len(results[i].Published) != 1 {
					t.Errorf("publication %d: %+v, %v", i, results[i], err)
				}
			}
			if n := len(h.Records(zone.Apex)); n != 7 {
				t.Errorf("%d records, want 7", n)
			}
		})
	}
}

// If a host may apply a part of a change, what has arrived counts.
func TestHalfOfABatchArrives(t *testing.T) {
	parts := limits
	parts.Atomic = false
	h := host(t, parts)
	h.OnApply = func(_ dns.ChangeSet, _ func() error) error {
		h.Add(zone.Apex, records(t, "www A 192.0.2.1")...)
		return &api.Error{Service: "host", Op: "write zone", Status: 503, Kind: api.ErrUnavailable}
	}
	results, errs := h.together(t,
		dns.Publication{Owner: "one", Wanted: wanted(t, "www A 192.0.2.1")},
		dns.Publication{Owner: "two", Wanted: wanted(t, "web A 192.0.2.1")})
	if errs[0] != nil || len(results[0].Published) != 1 || !errors.Is(errs[1], api.ErrUnavailable) {
		t.Errorf("%+v, %v", results, errs)
	}
}

// If a publication fails half-way, nothing that it added stays in an SPF record: the next one would
// take it for somebody else's. What the owner had there before stays.
func TestHalfOfAPublicationArrives(t *testing.T) {
	parts := limits
	parts.Atomic = false
	for name, test := range map[string]struct {
		undone bool
		left   string
		says   string
	}{
		"the rest is refused":   {undone: true, left: "v=spf1 mx a:old.example.net -all", says: "503"},
		"nothing goes any more": {left: "v=spf1 mx a:old.example.net a:new.example.net -all", says: "a:new.example.net at example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, parts, `@ TXT "v=spf1 mx -all"`)
			had, err := h.publish(t, "one", `@ 1 TXT "v=spf1 a:old.example.net ~all"`)
			if err != nil {
				t.Fatal(err)
			}
			writes := 0
			h.OnApply = func(changes dns.ChangeSet, apply func() error) error {
				unavailable := &api.Error{Service: "host", Op: "write zone", Status: 503, Kind: api.ErrUnavailable}
				if writes++; writes == 1 {
					h.Remove(zone.Apex, changes.Replace[0].Old)
					h.Add(zone.Apex, changes.Replace[0].New)
					return unavailable
				}
				if !test.undone {
					return unavailable
				}
				return apply()
			}
			_, err = h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: had.Published,
				Wanted: wanted(t, `@ 1 TXT "v=spf1 a:old.example.net a:new.example.net ~all"`, "www A 192.0.2.1")})
			if !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "a:old.example.net") {
				t.Errorf("%v", err)
			}
			h.check(t, `@ 300 TXT "`+test.left+`"`)
			if writes != 2 {
				t.Errorf("%d writes", writes)
			}
		})
	}
}

func TestSPFLookups(t *testing.T) {
	dnsRecords := map[string][]string{
		"TXT spf.example.net":     {"v=spf1 include:a.example.net include:b.example.net ~all"},
		"TXT a.example.net":       {"v=spf1 ip4:192.0.2.1 ~all"},
		"TXT b.example.net":       {"v=spf1 ip4:192.0.2.2 ~all"},
		"A mx.example.net":        {"192.0.2.1"},
		"A alias.example.net":     {"192.0.2.1"},
		"CNAME alias.example.net": {"mx.example.net"},
	}
	var asked []string
	h := host(t, limits, `@ TXT "v=spf1 a:one.example.com a:two.example.com mx ptr exists:x.example.net a:a1.example.net a:a2.example.net a:a3.example.net -all"`, "mail A 192.0.2.1")
	h.editor = dns.NewEditor(h, dns.EditorOptions{Lookup: func(_ context.Context, name, recordType string) ([]string, error) {
		asked = append(asked, recordType+" "+name)
		if name == "down.example.net" {
			return nil, errors.New("SERVFAIL")
		}
		return dnsRecords[recordType+" "+name], nil
	}})
	p := dns.Publication{Owner: "one", Wanted: wanted(t, `@ 1 TXT "v=spf1 include:spf.example.net ~all"`)}
	planned, err := h.editor.Plan(t.Context(), zone, p)
	if err != nil || !planned.Changes.Empty() {
		t.Errorf("%+v, %v", planned.Changes, err)
	}
	var conflict *dns.ConflictError
	if !errors.As(planned.Err(), &conflict) {
		t.Fatalf("11 lookups are allowed: %+v", planned.Problems)
	}
	checkProblems(t, conflict.Problems, []string{"error a", "11 DNS lookups instead of", "allow_excess_spf_lookups = true"})
	if _, err := h.editor.Publish(t.Context(), zone, p); !errors.As(err, &conflict) {
		t.Errorf("11 lookups are published: %v", err)
	}
	p.AllowSPFLookups = true
	result, err := h.editor.Publish(t.Context(), zone, p)
	if err != nil || !slices.ContainsFunc(result.Warnings, func(p dns.Problem) bool { return strings.Contains(p.Detail, "takes 11 DNS lookups") }) {
		t.Errorf("%+v, %v", result, err)
	}
	for _, question := range asked {
		if strings.HasSuffix(question, "example.com") {
			t.Errorf("the DNS was asked for %q, which the zone tells", question)
		}
	}
	slices.Sort(asked)
	if n := len(asked); n != len(slices.Compact(asked)) {
		t.Errorf("something was asked twice: %q", asked)
	}

	for target, words := range map[string]string{"mx.example.net.": "", "missing.example.net.": "no address", "alias.example.net.": "alias of mx.example.net", "down.example.net.": "SERVFAIL"} {
		planned, err := h.editor.Plan(t.Context(), zone, dns.Publication{Wanted: wanted(t, "@ MX 10 "+target)})
		switch {
		case err != nil || planned.Err() != nil:
			t.Errorf("%s: %v, %v", target, err, planned.Err())
		case words == "" && len(planned.Problems) > 0, words != "" && len(planned.Problems) == 0:
			t.Errorf("%s: %+v", target, planned.Problems)
		case words != "":
			checkProblems(t, planned.Problems, []string{"warning a", words})
		}
	}
}
