package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestWithdraw(t *testing.T) {
	runPlans(t, []planTest{
		{
			name: "what was published goes", zone: []string{"www A 192.0.2.1", "www A 192.0.2.2", `_dmarc TXT "v=DMARC1; p=none"`},
			p:       dns.Publication{Previous: published(t, "www A 192.0.2.1", `_dmarc TXT "v=DMARC1; p=none"`)},
			changes: []string{"- www 300 A 192.0.2.1", `- _dmarc 300 TXT "v=DMARC1; p=none"`},
		},
		{name: "gone already", zone: []string{"www A 192.0.2.2"}, p: dns.Publication{Previous: published(t, "www A 192.0.2.1")}},
		{
			name: "with another TTL it is the same record", zone: []string{"www 900 A 192.0.2.1"}, p: dns.Publication{Previous: published(t, "www A 192.0.2.1")},
			changes: []string{"- www 900 A 192.0.2.1"},
		},
		{
			name: "a policy changed by hand stays", zone: []string{`_dmarc TXT "v=DMARC1; p=reject"`}, p: dns.Publication{Previous: published(t, `_dmarc TXT "v=DMARC1; p=none"`)},
			problems: [][]string{{"warning a", "left in place", "p=none", "p=reject"}},
		},
		{
			name: "an alias changed by hand stays", zone: []string{`www CNAME b.example.net.`}, p: dns.Publication{Previous: published(t, `www CNAME a.example.net.`)},
			problems: [][]string{{"warning a", "CNAME b.example.net"}},
		},
		{
			name: "a preference changed by hand stays", zone: []string{`@ MX 20 mx.example.net.`}, p: dns.Publication{Previous: published(t, `@ MX 10 mx.example.net.`)},
			problems: [][]string{{"warning a", "MX 20 mx.example.net"}},
		},
		{
			name: "an MX of the same host with another preference", zone: []string{`@ MX 10 mx.example.net.`, `@ MX 20 mx.example.net.`},
			p:       dns.Publication{Previous: published(t, `@ MX 20 mx.example.net.`)},
			changes: []string{"- @ 300 MX 20 mx.example.net"},
		},
		{
			name: "what a refresh found in its place stays too", zone: []string{`www CNAME b.example.net.`},
			p:        dns.Publication{Previous: observed(snapshot(t, `www CNAME b.example.net.`), published(t, `www CNAME a.example.net.`))},
			problems: [][]string{{"warning a", "CNAME b.example.net"}},
		},
		{
			name: "what another resource publishes too stays", zone: []string{"www A 192.0.2.1"}, p: dns.Publication{Previous: published(t, "www A 192.0.2.1")},
			others: others(t, "www A 192.0.2.1"),
		},
	})
}

// observed is what to remember after a look at the zone.
func observed(s *dns.Snapshot, previous []dns.Published) []dns.Published {
	var remembered []dns.Published
	for _, o := range dns.Observe(s, previous) {
		remembered = append(remembered, o.Published)
	}
	return remembered
}

func TestWithdrawByID(t *testing.T) {
	s := snapshot(t, "x TXT same", "x TXT same", "x TXT other")
	for i := range s.Records {
		s.Records[i].ID = string(rune('1' + i))
	}
	previous := published(t, "x TXT same")
	previous[0].Record.ID = "2"
	planned := dns.Plan(s, limits, dns.Publication{Previous: previous}, nil)
	if len(planned.Changes.Delete) != 1 || planned.Changes.Delete[0].ID != "2" {
		t.Errorf("of two twins the wrong one goes: %+v", planned.Changes)
	}
	previous[0].Record.ID, previous[0].Record.Value = "3", "before"
	planned = dns.Plan(s, limits, dns.Publication{Previous: previous}, nil)
	checkProblems(t, planned.Problems, []string{"warning a", `"before"`, `"other"`})
	if !planned.Changes.Empty() {
		t.Errorf("a record that was changed by hand goes: %+v", planned.Changes)
	}
}

func TestObserve(t *testing.T) {
	tests := []struct {
		name      string
		zone      []string
		published []dns.Published
		presence  dns.Presence
		record    string
		found     bool
	}{
		{"as it was left", []string{"www A 192.0.2.1"}, published(t, "www A 192.0.2.1"), dns.Present, "www 300 A 192.0.2.1", false},
		{"gone", []string{"web A 192.0.2.1"}, published(t, "www A 192.0.2.1"), dns.Missing, "", false},
		{"another one in its record set is somebody else's", []string{"www A 192.0.2.9"}, published(t, "www A 192.0.2.1"), dns.Missing, "", false},
		{"another target", []string{"www CNAME b.example.net."}, published(t, "www CNAME a.example.net."), dns.Changed, "www 300 CNAME b.example.net", true},
		{"another type", []string{"www A 192.0.2.1"}, published(t, "www CNAME a.example.net."), dns.Missing, "", false},
		{"another policy", []string{`_dmarc TXT "v=DMARC1; p=reject"`}, published(t, `_dmarc TXT "v=DMARC1; p=none"`), dns.Changed, `_dmarc 300 TXT "v=DMARC1; p=reject"`, true},
		{"the same policy in other words", []string{`_dmarc TXT "v=DMARC1;p=none"`}, published(t, `_dmarc TXT "v=DMARC1; p=none"`), dns.Present, `_dmarc 300 TXT "v=DMARC1;p=none"`, false},
		{"another preference", []string{"@ MX 20 mx.example.net."}, published(t, "@ MX 10 mx.example.net."), dns.Changed, "@ 300 MX 20 mx.example.net", true},
		{"another MX", []string{"@ MX 10 mx.example.org."}, published(t, "@ MX 10 mx.example.net."), dns.Missing, "", false},
		{"another TTL", []string{"www 900 A 192.0.2.1"}, published(t, "www 600 A 192.0.2.1"), dns.Changed, "www 900 A 192.0.2.1", false},
		{"another TTL where none was wanted", []string{"www 900 A 192.0.2.1"}, published(t, "www 1 A 192.0.2.1"), dns.Present, "www 900 A 192.0.2.1", false},
		{"another TTL in a record set of others", []string{"www 900 A 192.0.2.1", "www 900 A 192.0.2.2"}, published(t, "www 600 A 192.0.2.1"), dns.Present, "www 900 A 192.0.2.1", false},
		{"a stranger's mechanism", []string{`@ TXT "v=spf1 mx a -all"`}, published(t, `@ TXT "v=spf1 a ~all"`), dns.Present, `@ 300 TXT "v=spf1 mx a -all"`, false},
		{"no SPF record", []string{`@ TXT x`}, published(t, `@ TXT "v=spf1 a ~all"`), dns.Missing, "", false},
		{"a mechanism is missing", []string{`@ TXT "v=spf1 mx -all"`}, published(t, `@ TXT "v=spf1 a mx ~all"`), dns.Changed, `@ 300 TXT "v=spf1 mx -all"`, false},
		{"a second SPF record", []string{`@ TXT "v=spf1 mx -all"`, `@ TXT "v=spf1 a -all"`}, published(t, `@ TXT "v=spf1 a ~all"`), dns.Present, `@ 300 TXT "v=spf1 a -all"`, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := dns.Observe(snapshot(t, test.zone...), test.published)[0]
			if got.Presence != test.presence || got.Presence != dns.Missing && line(got.Record) != test.record || got.Published.Found != nil != test.found {
				t.Errorf("%s, %s, found %v; want %s, %s, %t", got.Presence, line(got.Record), got.Published.Found, test.presence, test.record, test.found)
			}
		})
	}
	missing := dns.Observe(snapshot(t, `@ TXT "v=spf1 mx -all"`), published(t, `@ TXT "v=spf1 a mx ip4:192.0.2.1 ~all"`))[0].MissingSPF
	if len(missing) != 2 || missing[0] != "a" || missing[1] != "ip4:192.0.2.1" {
		t.Errorf("missing are %q", missing)
	}
}

// What a refresh found in the place of a record may be replaced: the plan shows it.
// What has come there since may not.
func TestPlanMendsDriftAsItWasSeen(t *testing.T) {
	previous := observed(snapshot(t, "www CNAME b.example.net."), published(t, "www CNAME a.example.net."))
	runPlans(t, []planTest{
		{
			name: "as it was seen", zone: []string{"www CNAME b.example.net."}, p: dns.Publication{Previous: previous, Wanted: wanted(t, "www CNAME a.example.net.")},
			changes: []string{"~ www 300 CNAME b.example.net => www 300 CNAME a.example.net"},
		},
		{
			name: "changed again since", zone: []string{"www CNAME c.example.net."}, p: dns.Publication{Previous: previous, Wanted: wanted(t, "www CNAME a.example.net.")},
			problems: [][]string{{"error a", "CNAME c.example.net"}},
		},
		{
			name: "mended by somebody", zone: []string{"www CNAME a.example.net."}, p: dns.Publication{Previous: previous, Wanted: wanted(t, "www CNAME a.example.net.")},
		},
		{
			name: "no longer wanted, and changed by hand", zone: []string{"www CNAME b.example.net."}, p: dns.Publication{Previous: previous, Wanted: wanted(t, "web CNAME a.example.net.")},
			changes:  []string{"+ web 300 CNAME a.example.net"},
			problems: [][]string{{"warning a", "left in place", "CNAME b.example.net"}},
		},
		{
			name: "another TTL is mended", zone: []string{"www 900 A 192.0.2.1"}, p: dns.Publication{Previous: published(t, "www 600 A 192.0.2.1"), Wanted: wanted(t, "www 600 A 192.0.2.1")},
			changes: []string{"~ www 900 A 192.0.2.1 => www 600 A 192.0.2.1"},
		},
	})
}

// A CNAME behind the host's proxy is answered with addresses: nobody finds it.
func TestProxiedAlias(t *testing.T) {
	s := snapshot(t, "s1._domainkey CNAME s1.example.net.", "www CNAME web.example.net.")
	s.Records[0].Proxied, s.Records[1].Proxied = true, true
	previous := published(t, "s1._domainkey CNAME s1.example.net.")
	if o := dns.Observe(s, previous)[0]; o.Presence != dns.Changed {
		t.Errorf("it is %s", o.Presence)
	}
	planned := dns.Plan(s, limits, dns.Publication{Previous: previous, Wanted: wanted(t, "s1._domainkey CNAME s1.example.net.")}, nil)
	checkProblems(t, planned.Problems, []string{"warning a", "Proxied CNAME", "s1._domainkey.example.com"})
	if changes := planned.Changes; len(changes.Replace) != 1 || changes.Replace[0].New.Proxied || !changes.Replace[0].Old.Proxied {
		t.Errorf("%+v", changes)
	}
}
