package mailrecord

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// fakeDNS holds record sets by "NAME TYPE". It counts how often each is asked for; a value
// "SERVFAIL" is an error.
type fakeDNS struct {
	sets  map[string][]string
	asked map[string]int
}

func newFakeDNS(sets map[string][]string) *fakeDNS {
	return &fakeDNS{sets: sets, asked: map[string]int{}}
}

func (d *fakeDNS) lookup(_ context.Context, name, recordType string) ([]string, error) {
	question := name + " " + recordType
	d.asked[question]++
	values := d.sets[question]
	if len(values) == 1 && values[0] == "SERVFAIL" {
		return nil, errors.New("SERVFAIL")
	}
	return values, nil
}

func TestCountSPFLookups(t *testing.T) {
	eleven := make([]string, 11)
	for i := range eleven {
		eleven[i] = fmt.Sprintf("mx%d.example.com", i)
	}
	sets := map[string][]string{
		"example.com A":              {"192.0.2.1"},
		"example.com MX":             {"mail.example.com"},
		"mail.example.com A":         {"192.0.2.2"},
		"many.example.com MX":        eleven,
		"leaf.example.com TXT":       {"hello", "v=spf1 ip4:192.0.2.3 -all"},
		"tree.example.com TXT":       {"v=spf1 include:leaf.example.com a:mail.example.com -all include:leaf.example.com"},
		"own.example.com TXT":        {"v=spf1 a ~all"},
		"own.example.com A":          {"192.0.2.4"},
		"to-leaf.example.com TXT":    {"v=spf1 redirect=leaf.example.com"},
		"loop.example.com TXT":       {"v=spf1 include:Loop.example.com. -all"},
		"wide.example.com TXT":       {"v=spf1" + strings.Repeat(" include:leaf.example.com", 9) + " -all"},
		"no-spf.example.com TXT":     {"hello"},
		"two.example.com TXT":        {"v=spf1 a", "v=spf1 mx"},
		"broken.example.com TXT":     {"v=spf1 nonsense"},
		"servfail.example.com TXT":   {"SERVFAIL"},
		"servfail.example.com A":     {"SERVFAIL"},
		"exists.example.com A":       {"127.0.0.2"},
		"in-macro.example.com TXT":   {"v=spf1 include:%{d}.example.com -all"},
		"redirected.example.com TXT": {"v=spf1 redirect=%{o}.example.com"},
	}
	tests := []struct {
		name     string
		text     string
		count    int
		void     int
		atLeast  bool
		warnings []string
	}{
		{"nothing to look up", "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 exp=x.example.com -all", 0, 0, false, nil},
		{"its own hosts", "v=spf1 a mx ptr ~all", 3, 0, false, nil},
		{"other hosts", "v=spf1 a:Mail.example.com. exists:exists.example.com -all", 2, 0, false, nil},
		{"nested; behind all nothing counts", "v=spf1 include:tree.example.com -all a mx", 3, 0, false, nil},
		{"nested: a without a name is the included domain's", "v=spf1 include:own.example.com", 2, 0, false, nil},
		{"redirect", "v=spf1 redirect=to-leaf.example.com", 2, 0, false, nil},
		{"redirect beside all is ignored", "v=spf1 redirect=tree.example.com -all", 0, 0, false, nil},
		{"macros in exists and a are one lookup each", "v=spf1 exists:%{i}.example.com a:%{d} -all", 2, 0, false, nil},
		{"a macro in include", "v=spf1 include:in-macro.example.com -all", 2, 0, true, nil},
		{"a macro in redirect", "v=spf1 redirect=redirected.example.com", 2, 0, true, nil},
		{"exactly ten", "v=spf1 include:wide.example.com -all", 10, 0, false, nil},
		{"eleven", "v=spf1 a include:wide.example.com -all", 11, 0, false, []string{"11 DNS lookups"}},
		{"void", "v=spf1 a:void.example.com mx:void.example.com -all", 2, 2, false, []string{`"a:void.example.com" of example.com finds nothing`, `"mx:void.example.com"`}},
		{"three void", "v=spf1 a:void.example.com exists:void.example.com include:void.example.com", 3, 3, false,
			[]string{`"a:void`, `"exists:void`, "no SPF record at void.example.com", "3 lookups find nothing"}},
		{"too many mail hosts", "v=spf1 mx:many.example.com", 1, 0, false, []string{"finds 11 hosts"}},
		{"includes itself", "v=spf1 include:loop.example.com", 64, 0, true, []string{"at least 64 DNS lookups"}},
		{"no SPF record there", "v=spf1 include:no-spf.example.com", 1, 0, false, []string{"no SPF record at no-spf.example.com"}},
		{"two SPF records there", "v=spf1 include:two.example.com", 1, 0, false, []string{`"include:two.example.com" of example.com: there are 2 SPF records`}},
		{"a broken record there", "v=spf1 include:broken.example.com", 1, 0, false, []string{`"nonsense" at byte 7`}},
		{"lookups fail", "v=spf1 include:servfail.example.com a:servfail.example.com", 2, 0, true,
			[]string{`"include:servfail.example.com" of example.com: the lookup failed: servfail.example.com TXT: SERVFAIL`, `"a:servfail.example.com"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dns := newFakeDNS(sets)
			got, err := CountSPFLookups(t.Context(), "example.com", test.text, dns.lookup)
			if err != nil {
				t.Fatal(err)
			}
			if got.Count != test.count || got.Void != test.void || got.AtLeast != test.atLeast {
				t.Errorf("count %d, void %d, at least %v; want %d, %d, %v", got.Count, got.Void, got.AtLeast, test.count, test.void, test.atLeast)
			}
			checkWarnings(t, got.Warnings, test.warnings)
			for question, times := range dns.asked {
				if times > 1 {
					t.Errorf("%s was asked %d times", question, times)
				}
			}
		})
	}
}

func TestCountSPFLookupsFails(t *testing.T) {
	dns := newFakeDNS(nil)
	_, err := CountSPFLookups(t.Context(), "example.com", "v=spf1 nonsense", dns.lookup)
	checkError(t, err, []string{`"nonsense"`})

	for _, term := range []string{"a", "include:x.example.com"} {
		ctx, cancel := context.WithCancel(t.Context())
		_, err = CountSPFLookups(ctx, "example.com", "v=spf1 "+term, func(ctx context.Context, _, _ string) ([]string, error) {
			cancel()
			return nil, ctx.Err()
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s, context cancelled: got %v", term, err)
		}
	}
}

func TestCheckSPFLookups(t *testing.T) {
	tests := []struct {
		name          string
		before, after SPFLookups
		want          []string
	}{
		{"within the limit", SPFLookups{Count: 9}, SPFLookups{Count: 10}, nil},
		{"over it by our doing", SPFLookups{Count: 10}, SPFLookups{Count: 11, AtLeast: true}, []string{"at least 11", "instead of 10"}},
		{"over it before", SPFLookups{Count: 11}, SPFLookups{Count: 12}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := CheckSPFLookups(test.before, test.after)
			if test.want == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			checkError(t, err, test.want)
		})
	}
}
