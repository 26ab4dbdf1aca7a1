package dns_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestTwoMergeIntoOneSPFRecord(t *testing.T) {
	for _, existing := range []string{`@ TXT "v=spf1 mx -all"`, "@ TXT x"} {
		h := host(t, limits, existing)
		results, errs := h.together(t,
			dns.Publication{Owner: "one", Wanted: wanted(t, `@ 1 TXT "v=spf1 a:a.example.net ~all"`)},
			dns.Publication{Owner: "two", Wanted: wanted(t, `@ 1 TXT "v=spf1 a:b.example.net ~all"`)})
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		if h.Applied() != 1 {
			t.Errorf("%d writes, want 1", h.Applied())
		}
		text := results[0].Published[0].Record.Value
		if !strings.Contains(text, "a:a.example.net") || !strings.Contains(text, "a:b.example.net") || results[1].Published[0].Record.Value != text {
			t.Errorf("%q and %q", text, results[1].Published[0].Record.Value)
		}
		for i, owner := range []string{"one", "two"} {
			if told := results[i].Merged; len(told) != 1 || told[0].Key != "a" || told[0].Name != "example.com" || told[0].Text != text {
				t.Errorf("%s is told of %+v", owner, told)
			}
			if _, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: owner, Previous: results[i].Published}); err != nil {
				t.Error(err)
			}
		}
		if got := records(t, existing)[0]; !slices.ContainsFunc(h.Records(zone.Apex), func(r dns.Record) bool { return r.Value == got.Value }) || len(h.Records(zone.Apex)) != 1 {
			t.Errorf("left is %v, want %s", h.Records(zone.Apex), existing)
		}
	}
}

// An SPF record that one owner began and another one leaves last goes with that one, in
// whichever process, if the second knew of the first when it joined the record. Otherwise
// it is somebody else's.
func TestLastOfAnSPFRecord(t *testing.T) {
	for name, test := range map[string]struct {
		apart    bool // another process publishes the second owner
		fresh    bool // another process withdraws the second owner
		left     []string
		warnings int
	}{
		"one process":               {},
		"withdrawn in another":      {fresh: true},
		"published in another":      {apart: true, fresh: true, left: []string{`@ 300 TXT "v=spf1 ~all"`}, warnings: 1},
		"published in another only": {apart: true},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits)
			first, err := h.publish(t, "one", `@ TXT "v=spf1 a:a.example.net ~all"`)
			if err != nil {
				t.Fatal(err)
			}
			editor := h.editor
			if test.apart {
				h.editor = dns.NewEditor(h.Memory, dns.EditorOptions{})
			}
			second, err := h.publish(t, "two", `@ TXT "v=spf1 a:b.example.net ~all"`)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Previous: first.Published}); err != nil {
				t.Fatal(err)
			}
			h.check(t, `@ 300 TXT "v=spf1 a:b.example.net ~all"`)
			if test.fresh {
				editor = dns.NewEditor(h.Memory, dns.EditorOptions{})
			}
			result, err := editor.Publish(t.Context(), zone, dns.Publication{Owner: "two", Previous: second.Published})
			if err != nil || len(result.Warnings) != test.warnings {
				t.Errorf("%+v, %v", result, err)
			}
			h.check(t, test.left...)
		})
	}
}

// What a write does to the records of others is told, and told once, in however many
// attempts it is done.
func TestChangesOfSeveralAttemptsAreTold(t *testing.T) {
	for name, fault := range map[string]func(apply func() error) error{
		"none":             func(apply func() error) error { return apply() },
		"it arrived":       func(apply func() error) error { return errors.Join(apply(), errUnsure) },
		"it was lost":      func(func() error) error { return errUnsure },
		"it had no effect": func(func() error) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits, `@ TXT "v=spf1 mx -all"`, `_dmarc TXT "v=DMARC1; p=reject"`)
			h.failing(fault)
			result, err := h.editor.Publish(t.Context(), zone, dns.Publication{Owner: "one", Overwrite: true,
				Wanted: wanted(t, `@ TXT "v=spf1 a ~all"`, `_dmarc TXT "v=DMARC1; p=none"`)})
			if err != nil {
				t.Fatal(err)
			}
			checkProblems(t, result.Warnings, []string{"warning b", "DNS record of others replaced", "p=reject"})
			if want := []dns.MergedSPF{{Key: "a", Name: "example.com", Before: "v=spf1 mx -all", Text: "v=spf1 mx a -all"}}; !slices.Equal(result.Merged, want) {
				t.Errorf("merged is %+v, want %+v", result.Merged, want)
			}
		})
	}
}
