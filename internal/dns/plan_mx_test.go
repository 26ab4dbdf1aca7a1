package dns_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

func TestPlanMX(t *testing.T) {
	google := []string{"@ MX 1 aspmx.l.google.example.", "@ MX 5 alt1.aspmx.l.google.example."}
	ours := wanted(t, "@ MX 10 mx.example.net.")
	runPlans(t, []planTest{
		{
			name: "somebody's MX", zone: google, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"error a", "MX 1 aspmx.l.google.example", "MX 5 alt1.aspmx.l.google.example", "mail for example.com shall go to mx.example.net", "replace_mx = true"}},
		},
		{
			name: "overwrite does not cover it", zone: google, p: dns.Publication{Wanted: ours, Overwrite: true},
			problems: [][]string{{"error a", "replace_mx = true"}},
		},
		{
			name: "replaced", zone: google, p: dns.Publication{Wanted: ours, ReplaceMX: true},
			changes:  []string{"- @ 300 MX 1 aspmx.l.google.example", "- @ 300 MX 5 alt1.aspmx.l.google.example", "+ @ 300 MX 10 mx.example.net"},
			problems: [][]string{{"warning a", "Mail for example.com goes to mx.example.net instead of aspmx.l.google.example and alt1.aspmx.l.google.example"}},
		},
		{
			name: "the same host with another preference is another MX", zone: []string{"@ MX 20 mx.example.net."}, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"error a", "MX 20 mx.example.net"}},
		},
		{
			name: "a null MX", zone: []string{"@ MX 0 ."}, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"error a", "instead of nobody (null MX)"}},
		},
		{
			name: "a null MX of ours", zone: []string{"@ MX 10 mx.example.net."}, p: dns.Publication{Wanted: wanted(t, "@ MX 0 ."), ReplaceMX: true},
			changes:  []string{"- @ 300 MX 10 mx.example.net", "+ @ 300 MX 0 ."},
			problems: [][]string{{"warning a", "goes to nobody (null MX) instead of mx.example.net"}},
		},
		{
			name: "a null MX beside others", p: dns.Publication{Wanted: wanted(t, "@ MX 0 .", "@ MX 10 mx.example.net.")},
			problems: [][]string{{"error a", "Null MX beside others", "stands beside others"}},
		},
		{
			name: "several together", p: dns.Publication{Wanted: wanted(t, "@ MX 10 mx1.example.net.", "@ MX 20 mx2.example.net.")},
			changes: []string{"+ @ 300 MX 10 mx1.example.net", "+ @ 300 MX 20 mx2.example.net"},
		},
		{
			name: "one more of ours", zone: []string{"@ MX 10 mx1.example.net."},
			p:       dns.Publication{Previous: published(t, "@ MX 10 mx1.example.net."), Wanted: wanted(t, "@ MX 10 mx1.example.net.", "@ MX 20 mx2.example.net.")},
			changes: []string{"+ @ 300 MX 20 mx2.example.net"},
		},
		{
			name: "another preference for ours", zone: []string{"@ MX 10 mx.example.net."},
			p:       dns.Publication{Previous: published(t, "@ MX 10 mx.example.net."), Wanted: wanted(t, "@ MX 5 mx.example.net.")},
			changes: []string{"~ @ 300 MX 10 mx.example.net => @ 300 MX 5 mx.example.net"},
		},
		{
			name: "somebody adds one to ours: nothing is planned", zone: []string{"@ MX 10 mx.example.net.", "@ MX 5 mx.example.org."},
			p: dns.Publication{Previous: published(t, "@ MX 10 mx.example.net."), Wanted: ours, ReplaceMX: true},
		},
		{
			name: "all of ours are there, beside others", zone: []string{"@ MX 10 mx.example.net.", "@ MX 5 mx.example.org."}, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"warning a", "Mail is divided", "MX 5 mx.example.org"}, {"warning a", "is there already"}},
		},
		{
			name: "a null MX of others beside ours", zone: []string{"@ MX 10 mx.example.net.", "@ MX 0 ."}, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"warning a", "Null MX beside others", "cannot stand beside other MX records (RFC 7505 section 3)"}, {"warning a", "is there already"}},
		},
		{
			name: "a null MX of others in the way", zone: []string{"@ MX 0 ."}, p: dns.Publication{Wanted: ours},
			problems: [][]string{{"error a", "cannot stand beside other MX records (RFC 7505 section 3). If mail for example.com shall go to mx.example.net instead of nobody (null MX)"}},
		},
		{
			name: "others at another name", zone: []string{"shop MX 5 mx.example.org."}, p: dns.Publication{Wanted: ours},
			changes: []string{"+ @ 300 MX 10 mx.example.net"},
		},
	})
}

func TestPlanChecksMXTargets(t *testing.T) {
	flattens := limits
	flattens.ApexCNAME = true
	runPlans(t, []planTest{
		{
			name: "an address", p: dns.Publication{Wanted: []dns.Wanted{{Key: "a", Record: dns.Record{Name: "example.com", Type: "MX", Value: "192.0.2.1"}}}},
			problems: [][]string{{"error a", "the target is an address"}},
		},
		{
			name: "an underscore", p: dns.Publication{Wanted: wanted(t, "@ MX 10 mail_1.example.net.")},
			problems: [][]string{{"error a", "underscore"}},
		},
		{
			name: "in the zone, without an address", zone: []string{"mail TXT x"}, p: dns.Publication{Wanted: wanted(t, "@ MX 10 mail")},
			problems: [][]string{{"error a", "no A or AAAA record for mail.example.com"}},
		},
		{
			name: "in the zone, with an address", zone: []string{"mail AAAA 2001:db8::1"}, p: dns.Publication{Wanted: wanted(t, "@ MX 10 mail")},
			changes: []string{"+ @ 300 MX 10 mail.example.com"},
		},
		{
			name: "with an address that is published together", p: dns.Publication{Wanted: wanted(t, "@ MX 10 mail", "mail A 192.0.2.1")},
			changes: []string{"+ @ 300 MX 10 mail.example.com", "+ mail 300 A 192.0.2.1"},
		},
		{
			name: "with an address that is withdrawn", zone: []string{"mail A 192.0.2.1"},
			p:        dns.Publication{Previous: published(t, "mail A 192.0.2.1"), Wanted: wanted(t, "@ MX 10 mail")},
			problems: [][]string{{"error a", "no A or AAAA record"}},
		},
		{
			name: "with the address of a wildcard", zone: []string{"* A 192.0.2.1"}, p: dns.Publication{Wanted: wanted(t, "@ MX 10 mail")},
			changes: []string{"+ @ 300 MX 10 mail.example.com"},
		},
		{
			name: "a CNAME", zone: []string{"mail CNAME web.example.net."}, p: dns.Publication{Wanted: wanted(t, "@ MX 10 mail")},
			problems: [][]string{{"error a", "CNAME web.example.net", "RFC 2181"}},
		},
		{
			name: "a CNAME at the apex that the host flattens", limits: flattens, zone: []string{"@ CNAME web.example.net."}, p: dns.Publication{Wanted: wanted(t, "@ MX 10 @")},
			changes: []string{"+ @ 300 MX 10 example.com"},
		},
		{
			name: "behind a zone cut", zone: []string{"corp NS ns.example.net."}, p: dns.Publication{Wanted: wanted(t, "@ MX 10 mail.corp")},
			changes: []string{"+ @ 300 MX 10 mail.corp.example.com"},
		},
		{
			name: "what is there already is not judged", zone: []string{"@ MX 10 mail"}, p: dns.Publication{Wanted: wanted(t, "@ MX 10 mail"), Adopt: true},
		},
	})
}

func TestPlanWhereTheHostHandlesMail(t *testing.T) {
	s := snapshot(t)
	s.Mail, s.MailHosted = "FWD", "Namecheap forwards the mail of this domain, which MX records would end"
	p := dns.Publication{Wanted: wanted(t, "@ MX 10 mx.example.net.")}
	checkProblems(t, dns.Plan(s, limits, p, nil).Problems, []string{"error a", "example.com: Namecheap forwards", "replace_mx = true"})
	p.ReplaceMX = true
	planned := dns.Plan(s, limits, p, nil)
	if planned.Err() != nil || !planned.Changes.ReplaceMail {
		t.Errorf("%+v, %v", planned.Changes, planned.Err())
	}
	p.Wanted = wanted(t, "www A 192.0.2.1")
	if planned := dns.Plan(s, limits, p, nil); planned.Err() != nil || planned.Changes.ReplaceMail {
		t.Errorf("without an MX: %+v, %v", planned.Changes, planned.Err())
	}
}
