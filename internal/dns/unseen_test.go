package dns_test

import (
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// hidden makes a snapshot of lines in which the name servers do not answer with some records.
func hidden(t *testing.T, change func(r *dns.Record), lines ...string) *dns.Snapshot {
	s := snapshot(t, lines...)
	for i := range s.Records {
		change(&s.Records[i])
	}
	return s
}

func proxiedAt(names ...string) func(*dns.Record) {
	return func(r *dns.Record) {
		r.Proxied = slices.Contains(names, r.Name) && (r.Type == "A" || r.Type == "AAAA" || r.Type == "CNAME")
	}
}

func TestPlanSaysWhatIsNotSeen(t *testing.T) {
	flattening := limits
	flattening.ApexCNAME = true
	const summary = "Record is not seen in the DNS"
	for name, test := range map[string]struct {
		zone     *dns.Snapshot
		wanted   []string
		changes  []string
		problems [][]string
	}{
		"a proxied address that is there": {
			zone: hidden(t, proxiedAt("www.example.com"), "www A 192.0.2.1"), wanted: []string{"www A 192.0.2.1"},
			problems: [][]string{{"warning a", "is there already"}, {"warning a", summary, "www.example.com A 192.0.2.1", "behind the proxy", "switch off the proxy"}},
		},
		"a new address beside a proxied one": {
			zone: hidden(t, proxiedAt("www.example.com"), "www A 192.0.2.1"), wanted: []string{"www AAAA 2001:db8::1"},
			changes:  []string{"+ www 300 AAAA 2001:db8::1"},
			problems: [][]string{{"warning a", summary, "www.example.com AAAA 2001:db8::1", "behind the proxy"}},
		},
		"a text beside a proxied address": {
			zone: hidden(t, proxiedAt("www.example.com"), "www A 192.0.2.1"), wanted: []string{"www TXT x"},
			changes: []string{`+ www 300 TXT "x"`},
		},
		"an MX to a proxied host": {
			zone: hidden(t, proxiedAt("mail.example.com"), "mail A 192.0.2.1"), wanted: []string{"@ MX 10 mail"},
			changes:  []string{"+ @ 300 MX 10 mail.example.com"},
			problems: [][]string{{"warning a", summary, "example.com MX 10 mail.example.com", "mail.example.com is behind the proxy", "Mail arrives all the same"}},
		},
		"an MX to a host beside": {
			zone: hidden(t, proxiedAt("www.example.com"), "www A 192.0.2.1", "mail A 192.0.2.1"), wanted: []string{"@ MX 10 mail"},
			changes: []string{"+ @ 300 MX 10 mail.example.com"},
		},
		"an SPF mechanism of a proxied host": {
			zone: hidden(t, proxiedAt("example.com", "mail.example.com"), "@ A 192.0.2.1", "mail A 192.0.2.1"), wanted: []string{`@ TXT "v=spf1 a:Mail.example.com a mx -all"`},
			changes: []string{`+ @ 300 TXT "v=spf1 a:Mail.example.com a mx -all"`},
			problems: [][]string{
				{"warning a", "SPF mechanism of a proxied host", "a:Mail.example.com means the addresses of mail.example.com"},
				{"warning a", "SPF mechanism of a proxied host", "a means the addresses of example.com"},
			},
		},
		"a flattened CNAME that is there": {
			zone:   hidden(t, func(r *dns.Record) { r.Flattened = true }, "em CNAME u1.example.net."),
			wanted: []string{"em CNAME u1.example.net."}, changes: []string{"~ em 300 CNAME u1.example.net => em 300 CNAME u1.example.net"},
			problems: [][]string{{"warning a", "Flattened CNAME", "em.example.com CNAME u1.example.net", "switched off"}, {"warning a", "is there already"}},
		},
		"a CNAME at the apex": {
			zone: snapshot(t), wanted: []string{"@ CNAME u1.example.net."}, changes: []string{"+ @ 300 CNAME u1.example.net"},
			problems: [][]string{{"warning a", summary, "apex", "the addresses of u1.example.net"}},
		},
		"a record that is switched off": {
			zone: hidden(t, func(r *dns.Record) { r.Off = true }, "www A 192.0.2.1"), wanted: []string{"www A 192.0.2.1"},
			problems: [][]string{{"warning a", "is there already"}, {"warning a", summary, "switched off", "Switch it on"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			planned := dns.Plan(test.zone, flattening, dns.Publication{Wanted: wanted(t, test.wanted...)}, nil)
			if got := shown(planned.Changes); !slices.Equal(got, test.changes) {
				t.Errorf("changes %q, want %q", got, test.changes)
			}
			checkProblems(t, planned.Problems, test.problems...)
			for _, replacement := range planned.Changes.Replace {
				if replacement.New.Flattened {
					t.Errorf("%s stays flattened", replacement.New)
				}
			}
		})
	}
	alias := []dns.Wanted{{Key: "a", Record: dns.Record{Name: "example.com", Type: "ALIAS", Value: "web.example.net"}}}
	checkProblems(t, dns.Plan(snapshot(t), limits, dns.Publication{Wanted: alias}, nil).Problems,
		[]string{"warning a", summary, "example.com ALIAS web.example.net", "no records of the type ALIAS"})
}

// A CNAME of ours that is flattened counts as changed; a record that is switched off does not.
func TestObserveHiddenAliases(t *testing.T) {
	before := published(t, "em CNAME u1.example.net.", "www A 192.0.2.1")
	s := hidden(t, func(r *dns.Record) { r.Flattened, r.Off = r.Type == "CNAME", r.Type == "A" }, "em CNAME u1.example.net.", "www A 192.0.2.1")
	observed := dns.Observe(s, before)
	if observed[0].Presence != dns.Changed || !observed[0].Record.Flattened || observed[1].Presence != dns.Present {
		t.Errorf("got %+v", observed)
	}
}
