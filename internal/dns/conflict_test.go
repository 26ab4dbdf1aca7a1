package dns_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestPlanOutsideTheZone(t *testing.T) {
	short := dns.Limits{MinTTL: 60, MaxTTL: 86400, DefaultTTL: 300, Types: []string{"A", "TXT"}, TXT: 20, Records: 2}
	runPlans(t, []planTest{
		{
			name: "another domain", p: dns.Publication{Wanted: wanted(t, "www.example.org. A 192.0.2.1", "www.badexample.com. A 192.0.2.1")},
			problems: [][]string{{"error a", "www.example.org A 192.0.2.1", "not in the zone example.com"}, {"error b", "www.badexample.com"}},
		},
		{
			name: "a type that the host has not", limits: short, p: dns.Publication{Wanted: wanted(t, "www AAAA 2001:db8::1")},
			problems: [][]string{{"error a", "Unsupported DNS record type", "www.example.com AAAA 2001:db8::1", "A, TXT"}},
		},
		{
			name: "a long text", limits: short, p: dns.Publication{Wanted: wanted(t, "x TXT "+strings.Repeat("x", 21))},
			problems: [][]string{{"error a", "21 bytes", "at most 20", "x.example.com"}},
		},
		{
			name: "a full zone", limits: short, zone: []string{"one A 192.0.2.1", "two A 192.0.2.1"}, p: dns.Publication{Wanted: wanted(t, "x TXT x")},
			problems: [][]string{{"error", "3 records", "at most 2"}},
		},
		{
			name: "a full zone has room for what takes another's place", limits: short, zone: []string{"one A 192.0.2.1", "two A 192.0.2.1"},
			p:       dns.Publication{Previous: published(t, "one A 192.0.2.1"), Wanted: wanted(t, "x TXT x")},
			changes: []string{"- one 300 A 192.0.2.1", `+ x 300 TXT "x"`},
		},
	})
	s := snapshot(t)
	s.Zone.ReadOnly = "it is a secondary of another server"
	checkProblems(t, dns.Plan(s, limits, dns.Publication{Wanted: wanted(t, "x TXT x")}, nil).Problems,
		[]string{"error", "example.com: it is a secondary of another server."})
}

func TestPlanConflicts(t *testing.T) {
	alias := wanted(t, "s1._domainkey CNAME s1.example.net.")
	policy := wanted(t, `_dmarc TXT "v=DMARC1; p=none"`)
	runPlans(t, []planTest{
		{
			name: "a CNAME where another one is", zone: []string{"s1._domainkey CNAME other.example.org."}, p: dns.Publication{Wanted: alias},
			problems: [][]string{{"error a", "s1._domainkey.example.com CNAME other.example.org", "overwrite = true", "at most one CNAME"}},
		},
		{
			name: "a CNAME where another one is, of a sender that lets one choose", zone: []string{"s1._domainkey CNAME other.example.org."},
			p:        dns.Publication{Wanted: alias, SelectorHelp: "at Example Mail: selector"},
			problems: [][]string{{"error a", "publish this one at another selector (at Example Mail: selector), so that both are valid"}},
		},
		{
			name: "overwritten", zone: []string{"s1._domainkey CNAME other.example.org."}, p: dns.Publication{Wanted: alias, Overwrite: true},
			changes:  []string{"~ s1._domainkey 300 CNAME other.example.org => s1._domainkey 300 CNAME s1.example.net"},
			problems: [][]string{{"warning a", "CNAME other.example.org is removed"}},
		},
		{
			name: "a CNAME where other data is", zone: []string{"s1._domainkey TXT x", "s1._domainkey A 192.0.2.1"}, p: dns.Publication{Wanted: alias},
			problems: [][]string{{"error a", `TXT "x"`, "no other records"}, {"error a", "A 192.0.2.1"}},
		},
		{
			name: "overwritten, all of it", zone: []string{"s1._domainkey TXT x", "s1._domainkey A 192.0.2.1"}, p: dns.Publication{Wanted: alias, Overwrite: true},
			changes:  []string{`- s1._domainkey 300 TXT "x"`, "- s1._domainkey 300 A 192.0.2.1", "+ s1._domainkey 300 CNAME s1.example.net"},
			problems: [][]string{{"warning a", `TXT "x"`}, {"warning a", "A 192.0.2.1"}},
		},
		{
			name: "data where a CNAME is", zone: []string{"www CNAME other.example.org."}, p: dns.Publication{Wanted: wanted(t, "www A 192.0.2.1")},
			problems: [][]string{{"error a", "CNAME other.example.org", "overwrite = true"}},
		},
		{
			name: "an SPF record where a CNAME is", zone: []string{"em CNAME other.example.org."}, p: dns.Publication{Wanted: wanted(t, `em TXT "v=spf1 mx ~all"`)},
			problems: [][]string{{"error a", "CNAME other.example.org"}},
		},
		{
			name: "overwrite never covers MX and NS", zone: []string{"em MX 10 mx.example.org.", "em TXT x"},
			p:        dns.Publication{Wanted: wanted(t, "em CNAME x.example.net."), Overwrite: true},
			problems: [][]string{{"error a", "em.example.com MX 10 mx.example.org", "never overwritten"}, {"warning a", "TXT"}},
		},
		{
			name: "both are wanted", p: dns.Publication{Wanted: wanted(t, "em CNAME x.example.net.", "em TXT x"), Overwrite: true},
			problems: [][]string{{"error b", "published together with it"}},
		},
		{
			name: "a CNAME at the apex", p: dns.Publication{Wanted: wanted(t, "@ CNAME x.example.net."), Overwrite: true},
			problems: [][]string{{"error a", "apex"}},
		},
		{
			name: "a second DMARC policy", zone: []string{`_dmarc TXT "v=DMARC1; p=reject"`, "_dmarc TXT verification"}, p: dns.Publication{Wanted: policy},
			problems: [][]string{{"error a", `TXT "v=DMARC1; p=reject"`, "one DMARC policy"}},
		},
		{
			name: "overwritten, in its place", zone: []string{`_dmarc TXT "v=DMARC1; p=reject"`, "_dmarc TXT verification"}, p: dns.Publication{Wanted: policy, Overwrite: true},
			changes:  []string{`~ _dmarc 300 TXT "v=DMARC1; p=reject" => _dmarc 300 TXT "v=DMARC1; p=none"`},
			problems: [][]string{{"warning a", "p=reject"}},
		},
		{
			name: "two policies that were there, overwritten", zone: []string{`_dmarc TXT "v=DMARC1; p=reject"`, `_dmarc TXT "v=DMARC1"`}, p: dns.Publication{Wanted: policy, Overwrite: true},
			changes:  []string{`- _dmarc 300 TXT "v=DMARC1"`, `~ _dmarc 300 TXT "v=DMARC1; p=reject" => _dmarc 300 TXT "v=DMARC1; p=none"`},
			problems: [][]string{{"warning a", "p=reject"}, {"warning a", `"v=DMARC1"`}},
		},
		{
			name: "a second policy beside the wanted one that is in place", zone: []string{`_dmarc TXT "v=DMARC1; p=none"`, `_dmarc TXT "v=DMARC1; p=reject"`, "_dmarc TXT x"}, p: dns.Publication{Wanted: policy},
			problems: [][]string{{"warning a", `TXT "v=DMARC1; p=reject"`, "one DMARC policy"}, {"warning a", "is there already", "adopt_existing"}},
		},
		{
			name: "two different policies wanted", p: dns.Publication{Wanted: wanted(t, `_dmarc TXT "v=DMARC1; p=none"`, `_dmarc TXT "v=DMARC1; p=reject"`)},
			problems: [][]string{{"error b", "published together"}},
		},
		{
			name: "a second key at a selector", zone: []string{`s1._domainkey TXT "` + dkim1 + `"`}, p: dns.Publication{Wanted: wanted(t, `s1._domainkey TXT "`+dkim2+`"`)},
			problems: [][]string{{"error a", "11qYAYKxCrfVS", "one DKIM key"}},
		},
		{
			name: "another text at a selector", zone: []string{`s1._domainkey TXT "hello"`}, p: dns.Publication{Wanted: wanted(t, `s1._domainkey TXT "`+dkim2+`"`)},
			problems: [][]string{{"error a", `TXT "hello"`}},
		},
		{
			name: "the policy of ADSP is no key", zone: []string{`_adsp._domainkey TXT "dkim=unknown"`}, p: dns.Publication{Wanted: wanted(t, `_adsp._domainkey TXT "dkim=all"`)},
			changes: []string{`+ _adsp._domainkey 300 TXT "dkim=all"`},
		},
		{
			name: "nor is one of DomainKeys", p: dns.Publication{Wanted: wanted(t, `_policy._domainkey TXT "o=~"`, `_domainkey TXT "o=-"`)},
			changes: []string{`+ _policy._domainkey 300 TXT "o=~"`, `+ _domainkey 300 TXT "o=-"`},
		},
		{
			name: "texts elsewhere are nobody's conflict", zone: []string{`@ TXT one`, `@ TXT "v=DMARC1"`}, p: dns.Publication{Wanted: wanted(t, `@ TXT two`)},
			changes: []string{`+ @ 300 TXT "two"`},
		},
		{
			name: "a zone cut above the name", zone: []string{"_domainkey NS ns.example.net."}, p: dns.Publication{Wanted: alias, Overwrite: true},
			problems: [][]string{{"error a", "_domainkey.example.com NS ns.example.net", "s1._domainkey.example.com"}},
		},
		{
			name: "a zone cut at the name", zone: []string{"shop NS ns.example.net."}, p: dns.Publication{Wanted: wanted(t, `shop TXT "v=spf1 mx ~all"`, "shop MX 10 mx.example.net.")},
			problems: [][]string{{"error b", "hands over shop.example.com"}, {"error a", "hands over shop.example.com"}},
		},
		{
			name: "a DNAME above the name", zone: []string{"shop DNAME shop.example.org."}, p: dns.Publication{Wanted: wanted(t, "_dmarc.shop TXT x")},
			problems: [][]string{{"error a", "DNAME shop.example.org"}},
		},
		{
			name: "name servers of the zone itself are no cut", zone: []string{"@ NS ns.example.net."}, p: dns.Publication{Wanted: wanted(t, "@ TXT x", "www A 192.0.2.1")},
			changes: []string{`+ @ 300 TXT "x"`, "+ www 300 A 192.0.2.1"},
		},
	})
}

// Hosts that answer a CNAME at the apex with addresses let other data stand beside
// it, but for addresses.
func TestPlanWithFlattenedApex(t *testing.T) {
	flattens := limits
	flattens.ApexCNAME = true
	runPlans(t, []planTest{
		{
			name: "a text beside it", limits: flattens, zone: []string{"@ CNAME web.example.net."}, p: dns.Publication{Wanted: wanted(t, `@ TXT "v=spf1 mx ~all"`)},
			changes: []string{`+ @ 300 TXT "v=spf1 mx ~all"`},
		},
		{
			name: "an address beside it", limits: flattens, zone: []string{"@ CNAME web.example.net."}, p: dns.Publication{Wanted: wanted(t, `@ A 192.0.2.1`)},
			problems: [][]string{{"error a", "CNAME web.example.net"}},
		},
		{
			name: "a new one", limits: flattens, zone: []string{"@ TXT x", "@ MX 10 mx.example.net."}, p: dns.Publication{Wanted: wanted(t, `@ CNAME web.example.net.`)},
			changes:  []string{`+ @ 300 CNAME web.example.net`},
			problems: [][]string{{"warning a", "Record is not seen in the DNS", "the addresses of web.example.net"}},
		},
		{
			name: "elsewhere it stands alone", limits: flattens, zone: []string{"www CNAME web.example.net."}, p: dns.Publication{Wanted: wanted(t, `www TXT x`)},
			problems: [][]string{{"error a", "CNAME web.example.net"}},
		},
	})
}

// What somebody agreed to lose is what they lose.
func TestPlanTouchesOnlyWhatWasApproved(t *testing.T) {
	p := dns.Publication{Wanted: wanted(t, "www CNAME web.example.net.", "@ MX 10 mx.example.net."), Overwrite: true, ReplaceMX: true}
	first := dns.Plan(snapshot(t, "www CNAME old.example.org.", "@ MX 10 old.example.org."), limits, p, nil)
	if len(first.Displaced) != 2 || first.Err() != nil {
		t.Fatalf("displaced %v, %v", first.Displaced, first.Err())
	}
	p.Approved = first.Displaced
	if planned := dns.Plan(snapshot(t, "www CNAME old.example.org.", "@ MX 10 old.example.org."), limits, p, nil); planned.Err() != nil {
		t.Error(planned.Err())
	}
	planned := dns.Plan(snapshot(t, "www CNAME new.example.org.", "@ MX 20 old.example.org."), limits, p, nil)
	checkProblems(t, planned.Problems,
		[]string{"error b", "changed since the plan", "MX 20 old.example.org", "plan again"},
		[]string{"error a", "changed since the plan", "CNAME new.example.org", "plan again"})
	p.Approved = []dns.Identity{}
	if planned := dns.Plan(snapshot(t, "www CNAME old.example.org."), limits, p, nil); planned.Err() == nil {
		t.Error("replaced a record although the plan showed none")
	}
}
