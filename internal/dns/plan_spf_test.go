package dns_test

import (
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// merged is what publishing an SPF record into a zone leaves to be remembered.
func merged(t *testing.T, existing, ours string) []dns.Published {
	t.Helper()
	s := snapshot(t)
	if existing != "" {
		s = snapshot(t, `@ TXT "`+existing+`"`)
	}
	planned := dns.Plan(s, dns.Limits{}, dns.Publication{Wanted: wanted(t, `@ TXT "`+ours+`"`)}, nil)
	if err := planned.Err(); err != nil {
		t.Fatal(err)
	}
	return planned.Published
}

func TestPlanSPF(t *testing.T) {
	ours := wanted(t, `@ 1 TXT "v=spf1 include:spf.example.net ~all"`)
	parts := limits
	parts.Atomic = false
	interrupted := [][]string{{"warning a", "Interrupted SPF change completed"}}
	runPlans(t, []planTest{
		{
			name: "a new record", zone: []string{"@ TXT verification"}, p: dns.Publication{Wanted: wanted(t, `@ 1 TXT "v=spf1 include:spf.example.net"`)},
			changes: []string{`+ @ 300 TXT "v=spf1 include:spf.example.net ~all"`},
		},
		{
			name: "somebody's record", zone: []string{`@ TXT "V=spf1  MX include:spf.example.org  -all"`}, p: dns.Publication{Wanted: ours},
			changes: []string{`~ @ 300 TXT "V=spf1  MX include:spf.example.org  -all" => @ 300 TXT "V=spf1  MX include:spf.example.org  include:spf.example.net -all"`},
		},
		{
			name: "all of it is there", zone: []string{`@ TXT "v=spf1 include:spf.example.net mx -all"`}, p: dns.Publication{Wanted: ours},
		},
		{
			name: "two keys at one name", zone: []string{`@ TXT "v=spf1 mx -all"`}, p: dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 a:a.example.net ~all"`, `@ TXT "v=spf1 a:b.example.net ~all"`)},
			changes: []string{`~ @ 300 TXT "v=spf1 mx -all" => @ 300 TXT "v=spf1 mx a:a.example.net a:b.example.net -all"`},
		},
		{
			name: "two keys that contradict each other", p: dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 a ~all"`, `@ TXT "v=spf1 -a ~all"`)},
			problems: [][]string{{"error a", "contradicts"}},
		},
		{
			name: "one of two keys goes", zone: []string{`@ TXT "v=spf1 mx a:a.example.net a:b.example.net -all"`},
			p: dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 a:a.example.net ~all"`), Previous: func() []dns.Published {
				s := snapshot(t, `@ TXT "v=spf1 mx -all"`)
				return dns.Plan(s, dns.Limits{}, dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 a:a.example.net ~all"`, `@ TXT "v=spf1 a:b.example.net ~all"`)}, nil).Published
			}()},
			changes: []string{`~ @ 300 TXT "v=spf1 mx a:a.example.net a:b.example.net -all" => @ 300 TXT "v=spf1 mx a:a.example.net -all"`},
		},
		{
			name: "another mechanism", zone: []string{`@ TXT "v=spf1 mx a:old.example.net -all"`},
			p:       dns.Publication{Previous: merged(t, "v=spf1 mx -all", "v=spf1 a:old.example.net ~all"), Wanted: ours},
			changes: []string{`~ @ 300 TXT "v=spf1 mx a:old.example.net -all" => @ 300 TXT "v=spf1 mx include:spf.example.net -all"`},
		},
		{
			name: "another qualifier", zone: []string{`@ TXT "v=spf1 mx ?include:spf.example.net -all"`},
			p:       dns.Publication{Previous: merged(t, "v=spf1 mx -all", "v=spf1 ?include:spf.example.net ~all"), Wanted: ours},
			changes: []string{`~ @ 300 TXT "v=spf1 mx ?include:spf.example.net -all" => @ 300 TXT "v=spf1 mx include:spf.example.net -all"`},
		},
		{
			name: "another all for a record of ours", zone: []string{`@ TXT "v=spf1 a ~all"`},
			p:       dns.Publication{Previous: merged(t, "", "v=spf1 a ~all"), Wanted: wanted(t, `@ 1 TXT "v=spf1 a -all"`)},
			changes: []string{`~ @ 300 TXT "v=spf1 a ~all" => @ 300 TXT "v=spf1 a -all"`},
		},
		{
			name: "another all does not concern somebody's record", zone: []string{`@ TXT "v=spf1 mx a -all"`},
			p:        dns.Publication{Previous: merged(t, "v=spf1 mx -all", "v=spf1 a ~all"), Wanted: wanted(t, `@ 1 TXT "v=spf1 a ?all"`)},
			problems: [][]string{{"warning a", "does not end in ?all", "also says mx"}},
		},
		{
			name: "taken out by hand: merged again", zone: []string{`@ TXT "v=spf1 mx -all"`},
			p:       dns.Publication{Previous: merged(t, "v=spf1 mx -all", "v=spf1 include:spf.example.net ~all"), Wanted: ours},
			changes: []string{`~ @ 300 TXT "v=spf1 mx -all" => @ 300 TXT "v=spf1 mx include:spf.example.net -all"`},
		},
		{
			name: "a stranger's new mechanism plans nothing", zone: []string{`@ TXT "v=spf1 ip4:192.0.2.1 include:spf.example.net ~all"`},
			p: dns.Publication{Previous: merged(t, "", "v=spf1 include:spf.example.net ~all"), Wanted: ours},
		},
		{
			name: "it moves to another name", zone: []string{`@ TXT "v=spf1 mx include:spf.example.net -all"`},
			p:       dns.Publication{Previous: merged(t, "v=spf1 mx -all", "v=spf1 include:spf.example.net ~all"), Wanted: wanted(t, `em 1 TXT "v=spf1 include:spf.example.net ~all"`)},
			changes: []string{`~ @ 300 TXT "v=spf1 mx include:spf.example.net -all" => @ 300 TXT "v=spf1 mx -all"`, `+ em 300 TXT "v=spf1 include:spf.example.net ~all"`},
		},
		{
			name: "the same mechanism with another qualifier", zone: []string{`@ TXT "v=spf1 -include:spf.example.net ~all"`}, p: dns.Publication{Wanted: ours, Overwrite: true},
			problems: [][]string{{"error a", `"-include:spf.example.net" at byte 7`, "example.com"}},
		},
		{
			name: "a record that does not parse", zone: []string{`@ TXT "v=spf1 includes:x.example.org ~all"`}, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"error a", `"includes:x.example.org" at byte 7`}},
		},
		{
			name: "two records", zone: []string{`@ TXT "v=spf1 mx -all"`, `@ TXT "v=spf1 a ~all"`}, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"error a", "2 SPF records", `v=spf1 mx -all`, `v=spf1 a ~all`}},
		},
		{
			name: "a merge of which only the second half is missing", zone: []string{`@ TXT "v=spf1 mx -all"`, `@ TXT "v=spf1 mx include:spf.example.net -all"`}, p: dns.Publication{Wanted: ours},
			limits: parts, changes: []string{`- @ 300 TXT "v=spf1 mx -all"`}, problems: interrupted,
		},
		{
			name: "the same, of a change", zone: []string{`@ TXT "v=spf1 mx include:spf.example.net -all"`, `@ TXT "v=spf1 mx a:old.example.net -all"`},
			p:      dns.Publication{Previous: merged(t, "v=spf1 mx -all", "v=spf1 a:old.example.net ~all"), Wanted: ours},
			limits: parts, changes: []string{`- @ 300 TXT "v=spf1 mx a:old.example.net -all"`}, problems: interrupted,
		},
		{
			name: "two records at a host that leaves nothing half-done", zone: []string{`@ TXT "v=spf1 mx -all"`, `@ TXT "v=spf1 mx include:spf.example.net -all"`}, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"error a", "2 SPF records"}},
		},
		{
			name: "somebody added a second one to ours", zone: []string{`@ TXT "v=spf1 a ~all"`, `@ TXT "v=spf1 include:spf.example.net ~all"`},
			p:        dns.Publication{Previous: merged(t, "", "v=spf1 include:spf.example.net ~all"), Wanted: ours},
			problems: [][]string{{"warning a", "2 SPF records", `v=spf1 a ~all`}},
		},
		{
			name: "ptr, +all and a long record are questionable", p: dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 ptr +all"`)},
			changes:  []string{`+ @ 300 TXT "v=spf1 ptr +all"`},
			problems: [][]string{{"warning a", "ptr"}, {"warning a", "+all"}},
		},
		{
			name: "what was questionable before is not said", zone: []string{`@ TXT "v=spf1 ptr -all"`}, p: dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 a -all"`)},
			changes: []string{`~ @ 300 TXT "v=spf1 ptr -all" => @ 300 TXT "v=spf1 ptr a -all"`},
		},
	})
}

// Told is only of a text that is written and that nobody has asked for.
func TestPlanTellsOfMergedSPF(t *testing.T) {
	merge := func(before, text string) []dns.MergedSPF {
		return []dns.MergedSPF{{Key: "a", Name: "example.com", Before: before, Text: text}}
	}
	one := []string{`@ TXT "v=spf1 a:a.example.net ~all"`}
	for name, test := range map[string]struct {
		zone, wanted []string
		previous     []dns.Published
		want         []dns.MergedSPF
	}{
		"a record of ours":         {wanted: one},
		"somebody's record":        {zone: []string{`@ TXT "v=spf1 mx -all"`}, wanted: one, want: merge("v=spf1 mx -all", "v=spf1 mx a:a.example.net -all")},
		"all of it is there":       {zone: []string{`@ TXT "v=spf1 mx a:a.example.net -all"`}, wanted: one},
		"several records":          {zone: []string{`@ TXT "v=spf1 mx -all"`, `@ TXT "v=spf1 a -all"`}, wanted: one},
		"without an all":           {wanted: []string{`@ TXT "v=spf1 a:a.example.net"`}, want: merge("", "v=spf1 a:a.example.net ~all")},
		"two keys at one name":     {wanted: append(one, `@ TXT "v=spf1 a:b.example.net ~all"`), want: merge("", "v=spf1 a:a.example.net a:b.example.net ~all")},
		"another text of our own":  {zone: []string{`@ TXT "v=spf1 mx ~all"`}, previous: merged(t, "", "v=spf1 mx ~all"), wanted: one},
		"what is taken away again": {zone: []string{`@ TXT "v=spf1 mx a -all"`}, previous: merged(t, "v=spf1 mx -all", "v=spf1 a ~all")},
	} {
		t.Run(name, func(t *testing.T) {
			planned := dns.Plan(snapshot(t, test.zone...), limits, dns.Publication{Wanted: wanted(t, test.wanted...), Previous: test.previous}, nil)
			if !slices.Equal(planned.Merged, test.want) {
				t.Errorf("merged is %+v, want %+v", planned.Merged, test.want)
			}
		})
	}
}

func TestWithdrawSPF(t *testing.T) {
	const theirs, ours = "v=spf1 mx -all", "v=spf1 include:spf.example.net ~all"
	inTheirs := merged(t, theirs, ours)
	created := merged(t, "", ours)
	runPlans(t, []planTest{
		{
			name: "only ours goes", zone: []string{`@ TXT "v=spf1 mx include:spf.example.net ip4:192.0.2.1 -all"`}, p: dns.Publication{Previous: inTheirs},
			changes: []string{`~ @ 300 TXT "v=spf1 mx include:spf.example.net ip4:192.0.2.1 -all" => @ 300 TXT "v=spf1 mx ip4:192.0.2.1 -all"`},
		},
		{
			name: "what was there before stays", zone: []string{`@ TXT "v=spf1 include:spf.example.net -all"`},
			p: dns.Publication{Previous: merged(t, "v=spf1 include:spf.example.net -all", ours)},
		},
		{
			name: "a record of ours is deleted", zone: []string{`@ TXT "` + ours + `"`}, p: dns.Publication{Previous: created},
			changes: []string{`- @ 300 TXT "` + ours + `"`},
		},
		{
			name: "but not what others added to it", zone: []string{`@ TXT "v=spf1 include:spf.example.net mx ~all"`}, p: dns.Publication{Previous: created},
			changes: []string{`~ @ 300 TXT "v=spf1 include:spf.example.net mx ~all" => @ 300 TXT "v=spf1 mx ~all"`},
		},
		{
			name: "another resource wants it", zone: []string{`@ TXT "v=spf1 mx include:spf.example.net -all"`}, p: dns.Publication{Previous: inTheirs},
			others: others(t, `@ TXT "`+ours+`"`),
		},
		{
			name: "somebody's record does not become a bare -all", zone: []string{`@ TXT "v=spf1 include:spf.example.net -all"`}, p: dns.Publication{Previous: inTheirs},
			problems: [][]string{{"warning a", "would forbid all mail", "include:spf.example.net"}},
		},
		{
			name: "somebody's record that has no other senders any more stays", zone: []string{`@ TXT "v=spf1 include:spf.example.net ~all"`},
			p:        dns.Publication{Previous: merged(t, "v=spf1 mx ~all", ours)},
			changes:  []string{`~ @ 300 TXT "v=spf1 include:spf.example.net ~all" => @ 300 TXT "v=spf1 ~all"`},
			problems: [][]string{{"warning a", "names no sender", `"v=spf1 ~all"`}},
		},
		{name: "gone already", zone: []string{`@ TXT x`}, p: dns.Publication{Previous: created}},
		{
			name: "two records do not block it", zone: []string{`@ TXT "v=spf1 a ~all"`, `@ TXT "v=spf1 mx include:spf.example.net -all"`}, p: dns.Publication{Previous: inTheirs},
			changes: []string{`~ @ 300 TXT "v=spf1 mx include:spf.example.net -all" => @ 300 TXT "v=spf1 mx -all"`},
		},
		{
			name: "two records, neither ours", zone: []string{`@ TXT "v=spf1 a ~all"`, `@ TXT "v=spf1 mx -all"`}, p: dns.Publication{Previous: created},
			problems: [][]string{{"warning a", "2 SPF records", "include:spf.example.net", "v=spf1 mx -all"}},
		},
		{
			name: "a withdrawal of which only the second half is missing", zone: []string{`@ TXT "v=spf1 mx include:spf.example.net -all"`, `@ TXT "v=spf1 mx -all"`}, p: dns.Publication{Previous: inTheirs},
			changes: []string{`- @ 300 TXT "v=spf1 mx include:spf.example.net -all"`},
		},
		{
			name: "a record that does not parse", zone: []string{`@ TXT "v=spf1 include:spf.example.net oops"`}, p: dns.Publication{Previous: inTheirs},
			problems: [][]string{{"warning a", `"oops"`, "include:spf.example.net"}},
		},
	})
}

// What was really added is what is remembered.
func TestPublishedSPF(t *testing.T) {
	got := merged(t, "v=spf1 a -all", "v=spf1 a mx ~all")[0]
	if got.Record.Value != "v=spf1 a mx -all" || got.Wanted.Value != "v=spf1 a mx ~all" || len(got.SPF.Terms) != 1 || got.SPF.Terms[0] != "mx" {
		t.Errorf("%+v", got)
	}
	if none := merged(t, "v=spf1 a mx -all", "v=spf1 a mx ~all")[0].SPF; len(none.Terms) > 0 || none.Created != "" {
		t.Errorf("everything was there, and %+v is remembered", none)
	}
	created := merged(t, "", "v=spf1 a")[0].SPF
	if created.Created != "v=spf1 a ~all" {
		t.Errorf("%+v", created)
	}
}

// What an interrupted merge has added is remembered, since nobody else did.
func TestCompletedSPF(t *testing.T) {
	s := snapshot(t, `@ TXT "v=spf1 mx include:spf.example.net -all"`, `@ TXT "v=spf1 mx -all"`)
	planned := dns.Plan(s, dns.Limits{}, dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 include:spf.example.net ~all"`)}, nil)
	if got := planned.Published[0].SPF; len(got.Terms) != 1 || got.Terms[0] != "include:spf.example.net" || got.Created != "" {
		t.Errorf("%+v is remembered", got)
	}
}
