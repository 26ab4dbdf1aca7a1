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
			if _, err := h.editor.Withdraw(t.Context(), zone, owner, results[i].Published); err != nil {
				t.Error(err)
			}
		}
		if got := records(t, existing)[0]; !slices.ContainsFunc(h.Records(zone.Apex), func(r dns.Record) bool { return r.Value == got.Value }) || len(h.Records(zone.Apex)) != 1 {
			t.Errorf("left is %v, want %s", h.Records(zone.Apex), existing)
		}
	}
}

// An SPF record that one owner began and another one leaves last goes with that one,
// if the same process has seen the first one go; in another process it would be
// somebody else's.
func TestLastOfAnSPFRecord(t *testing.T) {
	for name, test := range map[string]struct {
		fresh    bool // another process withdraws the second owner
		left     []string
		warnings int
	}{
		"one process":   {},
		"two processes": {fresh: true, left: []string{`@ 300 TXT "v=spf1 ~all"`}, warnings: 1},
	} {
		t.Run(name, func(t *testing.T) {
			h := host(t, limits)
			first, err := h.publish(t, "one", `@ TXT "v=spf1 a:a.example.net ~all"`)
			if err != nil {
				t.Fatal(err)
			}
			second, err := h.publish(t, "two", `@ TXT "v=spf1 a:b.example.net ~all"`)
			if err != nil {
				t.Fatal(err)
			}
			editor := h.editor
			if _, err := editor.Withdraw(t.Context(), zone, "one", first.Published); err != nil {
				t.Fatal(err)
			}
			h.check(t, `@ 300 TXT "v=spf1 a:b.example.net ~all"`)
			if test.fresh {
				editor = dns.NewEditor(h.Memory, dns.EditorOptions{})
			}
			result, err := editor.Withdraw(t.Context(), zone, "two", second.Published)
			if err != nil || len(result.Warnings) != test.warnings {
				t.Errorf("%+v, %v", result, err)
			}
			h.check(t, test.left...)
		})
	}
}
