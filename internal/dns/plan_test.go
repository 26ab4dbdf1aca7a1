package dns_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

var zone = dns.HostedZone{Apex: "example.com", ID: "z1"}

// limits are used by most tests.
var limits = dns.Limits{MinTTL: 60, MaxTTL: 86400, DefaultTTL: 300, Atomic: true}

// records reads lines of a zone file for example.com. The default TTL is 300.
func records(t testing.TB, lines ...string) []dns.Record {
	t.Helper()
	parser := miekg.NewZoneParser(strings.NewReader(strings.Join(lines, "\n")+"\n"), "example.com.", "")
	parser.SetDefaultTTL(300)
	var records []dns.Record
	for rr, more := parser.Next(); more; rr, more = parser.Next() {
		r, err := dns.RecordFromRR(rr)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	if err := parser.Err(); err != nil {
		t.Fatal(err)
	}
	return records
}

// wanted makes wanted records of zone-file lines, keyed "a", "b" and so on. A TTL of 1 stands for
// none.
func wanted(t testing.TB, lines ...string) []dns.Wanted {
	t.Helper()
	var wanted []dns.Wanted
	for i, line := range lines {
		r := records(t, line)[0]
		if r.TTL == 1 {
			r.TTL = 0
		}
		wanted = append(wanted, dns.Wanted{Key: string(rune('a' + i)), Record: r})
	}
	return wanted
}

// others are records that another owner publishes and whose plan is not known.
func others(t testing.TB, lines ...string) []dns.Other {
	t.Helper()
	var others []dns.Other
	for _, w := range wanted(t, lines...) {
		others = append(others, dns.Other{Owner: "other", Wanted: w})
	}
	return others
}

// published is the result of publishing the lines into an empty zone.
func published(t testing.TB, lines ...string) []dns.Published {
	t.Helper()
	planned := dns.Plan(&dns.Snapshot{Zone: zone}, dns.Limits{}, dns.Publication{Wanted: wanted(t, lines...)}, nil)
	if err := planned.Err(); err != nil {
		t.Fatal(err)
	}
	return planned.Published
}

func snapshot(t testing.TB, lines ...string) *dns.Snapshot {
	return &dns.Snapshot{Zone: zone, Records: records(t, lines...)}
}

// line shows a record as tests write it.
func line(r dns.Record) string {
	name := strings.TrimSuffix(strings.TrimSuffix(r.Name, zone.Apex), ".")
	if name == "" {
		name = "@"
	}
	return fmt.Sprintf("%s %d %s", name, r.TTL, strings.TrimPrefix(r.String(), r.Name+" "))
}

// shown lists changes: "-" for a deleted record, "~" for a replaced one, "+" for a new one.
func shown(c dns.ChangeSet) []string {
	var lines []string
	for _, r := range c.Delete {
		lines = append(lines, "- "+line(r))
	}
	for _, r := range c.Replace {
		lines = append(lines, "~ "+line(r.Old)+" => "+line(r.New))
	}
	for _, r := range c.Create {
		lines = append(lines, "+ "+line(r))
	}
	return lines
}

// checkProblems compares problems with the expected ones: the severity and key of each, and words
// that its text must have.
func checkProblems(t *testing.T, got []dns.Problem, want ...[]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("problems %+v, want %q", got, want)
		return
	}
	for i, p := range got {
		text := strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", p.Severity, p.Key, p.Summary, p.Detail))
		for _, words := range want[i] {
			if !strings.Contains(text, words) {
				t.Errorf("problem %q lacks %q", text, words)
			}
		}
		if p.Summary == "" || strings.Contains(text, "\n") || !strings.HasSuffix(p.Detail, ".") || strings.HasSuffix(p.Detail, "..") {
			t.Errorf("problem %q is not a summary and sentences", text)
		}
	}
}

type planTest struct {
	name     string
	zone     []string
	limits   dns.Limits // zero: the usual ones
	p        dns.Publication
	others   []dns.Other
	changes  []string
	problems [][]string
}

func runPlans(t *testing.T, tests []planTest) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := limits
			if test.limits.MaxTTL != 0 {
				l = test.limits
			}
			s := snapshot(t, test.zone...)
			before := slices.Clone(s.Records)
			planned := dns.Plan(s, l, test.p, test.others)
			if got := shown(planned.Changes); !slices.Equal(got, test.changes) {
				t.Errorf("changes\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(test.changes, "\n\t"))
			}
			checkProblems(t, planned.Problems, test.problems...)
			if !slices.Equal(s.Records, before) {
				t.Error("the snapshot was changed")
			}
			if planned.Err() == nil {
				checkStable(t, s, l, test.p, test.others, planned)
			}
		})
	}
}

// checkStable applies a plan, and then plans again with what the first plan leaves to be
// remembered: now there is nothing to do. After a withdrawal, the records are gone.
func checkStable(t *testing.T, s *dns.Snapshot, l dns.Limits, p dns.Publication, others []dns.Other, planned dns.PlannedChange) {
	t.Helper()
	after := &dns.Snapshot{Zone: s.Zone, Records: applied(s.Records, planned.Changes)}
	text, err := json.Marshal(planned.Published)
	if err != nil {
		t.Fatal(err)
	}
	p.Previous = nil
	if err := json.Unmarshal(text, &p.Previous); err != nil {
		t.Fatal(err)
	}
	again := dns.Plan(after, l, p, others)
	if !again.Changes.Empty() || again.Err() != nil {
		t.Errorf("planned again it changes %q, %v", shown(again.Changes), again.Err())
	}
	for _, o := range dns.Observe(after, p.Previous) {
		if o.Presence != dns.Present {
			t.Errorf("%s is %s after it was published: %s", o.Published.Key, o.Presence, o.Record)
		}
	}
}

// applied returns records after the changes.
func applied(records []dns.Record, changes dns.ChangeSet) []dns.Record {
	records = slices.Clone(records)
	find := func(r dns.Record) int {
		return slices.IndexFunc(records, func(other dns.Record) bool { return other == r })
	}
	for _, r := range changes.Delete {
		i := find(r)
		records = slices.Delete(records, i, i+1)
	}
	for _, r := range changes.Replace {
		records[find(r.Old)] = r.New
	}
	return append(records, changes.Create...)
}

const (
	dkim1 = `v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=`
	dkim2 = `v=DKIM1; k=ed25519; p=PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=`
)

func TestPlan(t *testing.T) {
	runPlans(t, []planTest{
		{name: "nothing is wanted and nothing was", zone: []string{"www A 192.0.2.1"}},
		{
			name: "new records", zone: []string{"www A 192.0.2.1"},
			p:       dns.Publication{Wanted: wanted(t, `s1._domainkey 600 CNAME s1.example.net.`, `_dmarc 1 TXT "v=DMARC1; p=none"`)},
			changes: []string{`+ s1._domainkey 600 CNAME s1.example.net`, `+ _dmarc 300 TXT "v=DMARC1; p=none"`},
		},
		{
			name: "what is there is adopted", zone: []string{"s1._domainkey CNAME s1.example.net."},
			p:        dns.Publication{Wanted: wanted(t, `s1._domainkey 1 CNAME s1.example.net.`)},
			problems: [][]string{{"warning a", "s1._domainkey.example.com CNAME is there already: ", "stays when this resource is destroyed", "adopt_existing"}},
		},
		{
			name:     "the same DKIM key and policy in other words is adopted",
			zone:     []string{`s1._domainkey TXT "k=ed25519;p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="`, `_dmarc TXT "v=DMARC1;p=reject;"`},
			p:        dns.Publication{Wanted: wanted(t, `s1._domainkey 1 TXT "`+dkim1+`"`, `_dmarc 1 TXT "v=DMARC1; p=reject"`)},
			problems: [][]string{{"warning a", "TXT is there already (and 1 more)", `"v=DMARC1;p=reject;"`}},
		},
		{
			name: "two keys for one record", p: dns.Publication{Wanted: wanted(t, "www A 192.0.2.1", "www A 192.0.2.1")},
			changes: []string{"+ www 300 A 192.0.2.1"},
		},
		{
			name: "a changed value is replaced in place", zone: []string{"www A 192.0.2.1", "www A 192.0.2.9"},
			p:       dns.Publication{Previous: published(t, "www A 192.0.2.1"), Wanted: wanted(t, "www A 192.0.2.2")},
			changes: []string{"~ www 300 A 192.0.2.1 => www 300 A 192.0.2.2"},
		},
		{
			name: "a changed name is another record", zone: []string{"www A 192.0.2.1"},
			p:       dns.Publication{Previous: published(t, "www A 192.0.2.1"), Wanted: wanted(t, "web A 192.0.2.1")},
			changes: []string{"- www 300 A 192.0.2.1", "+ web 300 A 192.0.2.1"},
		},
		{
			name: "values change places", zone: []string{"one TXT x", "one TXT y"},
			p: dns.Publication{Previous: published(t, "one TXT x", "one TXT y"), Wanted: wanted(t, "one TXT y", "one TXT x")},
		},
		{
			name: "another key for the same record", zone: []string{"www A 192.0.2.1"},
			p: dns.Publication{Previous: []dns.Published{{Key: "old", Wanted: records(t, "www A 192.0.2.1")[0], Record: records(t, "www A 192.0.2.1")[0]}},
				Wanted: wanted(t, "www A 192.0.2.1")},
		},
		{
			name: "one of two twins", zone: []string{"x TXT same", "x TXT same"},
			p:       dns.Publication{Previous: published(t, "x TXT same")},
			changes: []string{"- x 300 TXT \"same\""},
		},
		{
			name: "a type in the place of another", zone: []string{"s1._domainkey CNAME old.example.net."},
			p:       dns.Publication{Previous: published(t, "s1._domainkey CNAME old.example.net."), Wanted: wanted(t, `s1._domainkey TXT "`+dkim1+`"`)},
			changes: []string{`- s1._domainkey 300 CNAME old.example.net`, `+ s1._domainkey 300 TXT "` + dkim1 + `"`},
		},
		{
			name: "deleted by hand: published again", zone: []string{"web A 192.0.2.1"},
			p:       dns.Publication{Previous: published(t, "www A 192.0.2.1"), Wanted: wanted(t, "www A 192.0.2.1")},
			changes: []string{"+ www 300 A 192.0.2.1"},
		},
		{
			name: "another one's twin of a record of ours stays", zone: []string{"x TXT same", "x TXT same"},
			p:       dns.Publication{Previous: published(t, "x TXT same"), Wanted: wanted(t, "x TXT different")},
			changes: []string{`~ x 300 TXT "same" => x 300 TXT "different"`},
		},
	})
}
