package dns

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

func TestApex(t *testing.T) {
	l := lookupAt(serveZones(t,
		dnsserver.Zone{Apex: "example.com", NameServers: []string{"NS2.host.example.", "ns1.host.example"}, Records: records(t,
			`www.example.com. 300 IN CNAME www.example.org.`,
			`alias.example.com. 300 IN CNAME example.org.`,
			`lost.example.com. 300 IN CNAME nowhere.example.net.`,
		)},
		dnsserver.Zone{Apex: "shop.example.com", NameServers: []string{"ns1.shop.example"}},
		dnsserver.Zone{Apex: "example.org"},
		dnsserver.Zone{Apex: "example.co.uk"},
		dnsserver.Zone{Apex: "xn--bcher-kva.example"},
		dnsserver.Zone{Apex: "intranet"},
		dnsserver.Zone{Apex: "somebody.github.io"},
	))
	tests := []struct{ what, name, apex string }{
		{"the apex", "example.com", "example.com"},
		{"a missing name", "s1._domainkey.example.com", "example.com"},
		{"a wildcard", "*.example.com", "example.com"},
		{"an alias", "www.example.com", "example.com"},
		{"an alias to another apex", "alias.example.com", "example.com"},
		{"an alias to nowhere", "lost.example.com", "example.com"},
		{"the deeper zone", "_dmarc.shop.example.com", "shop.example.com"},
		{"a suffix of two labels", "mail.example.co.uk", "example.co.uk"},
		{"Unicode", "mail.Bücher.example", "xn--bcher-kva.example"},
		{"a private top-level domain", "mail.intranet", "intranet"},
		{"a company's suffix", "x.somebody.github.io", "somebody.github.io"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			zone, err := l.Apex(t.Context(), test.name)
			if err != nil {
				t.Fatal(err)
			}
			if zone.Apex != test.apex || zone.BrokenDNSSEC {
				t.Errorf("got %+v, want apex %s", zone, test.apex)
			}
		})
	}
	zone, err := l.Apex(t.Context(), "example.com")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"ns1.host.example", "ns2.host.example"}; !slices.Equal(zone.NameServers, want) || zone.PrimaryNS != "ns2.host.example" {
		t.Errorf("got %+v, want name servers %q", zone, want)
	}
}

func TestApexOfNothing(t *testing.T) {
	l := lookupAt(serveZones(t))
	for _, name := range []string{"example.com", "a.b.example.co.uk", "nowhere.example", "com"} {
		_, err := l.Apex(t.Context(), name)
		var none *NoSuchZoneError
		if !errors.As(err, &none) || none.Name != name || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, want a NoSuchZoneError", name, err)
		}
	}
}

// The lookup asks no more than it has to: one question for each name below the suffix.
func TestApexOfNothingIsCheap(t *testing.T) {
	var asked atomic.Int32
	l := lookupAt(serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		asked.Add(1)
		return rcode(query, miekg.RcodeNameError)
	}))
	_, err := l.Apex(t.Context(), "mail.example.co.uk")
	var none *NoSuchZoneError
	if !errors.As(err, &none) {
		t.Fatal(err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("%d questions, want 2", n)
	}
}

func TestApexFailures(t *testing.T) {
	tests := []struct {
		what   string
		answer func(query *miekg.Msg) *miekg.Msg
		want   string
	}{
		{"the resolver fails", func(q *miekg.Msg) *miekg.Msg { return rcode(q, miekg.RcodeServerFailure) }, "SERVFAIL"},
		{"the resolver refuses", func(q *miekg.Msg) *miekg.Msg { return rcode(q, miekg.RcodeRefused) }, "REFUSED"},
		{"a name without a zone", func(q *miekg.Msg) *miekg.Msg { return rcode(q, miekg.RcodeSuccess) }, "mail.example.com exists"},
		{"no name servers", func(q *miekg.Msg) *miekg.Msg {
			if q.Question[0].Qtype == miekg.TypeSOA {
				return reply(t, q, q.Question[0].Name+" 300 IN SOA ns1.example.net. admin.example.net. 1 2 3 4 5")
			}
			return rcode(q, miekg.RcodeSuccess)
		}, "no NS records"},
		{"name servers fail", func(q *miekg.Msg) *miekg.Msg {
			if q.Question[0].Qtype == miekg.TypeSOA {
				return reply(t, q, q.Question[0].Name+" 300 IN SOA ns1.example.net. admin.example.net. 1 2 3 4 5")
			}
			return rcode(q, miekg.RcodeServerFailure)
		}, "name servers of mail.example.com"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			zone, err := lookupAt(serveFunc(t, test.answer)).Apex(t.Context(), "mail.example.com")
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%+v, %v, want an error that says %q", zone, err, test.want)
			}
			var none *NoSuchZoneError
			if errors.As(err, &none) {
				t.Errorf("taken for a zone that does not exist: %v", err)
			}
		})
	}
}

func TestApexWithBrokenDNSSEC(t *testing.T) {
	l := lookupAt(serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		switch {
		case !query.CheckingDisabled:
			return rcode(query, miekg.RcodeServerFailure)
		case query.Question[0].Qtype == miekg.TypeSOA:
			return reply(t, query, `example.com. 300 IN SOA ns1.example.net. admin.example.net. 1 2 3 4 5`)
		default:
			return reply(t, query, `example.com. 300 IN NS ns1.example.net.`)
		}
	}))
	zone, err := l.Apex(t.Context(), "example.com")
	if err != nil || !zone.BrokenDNSSEC || len(zone.NameServers) != 1 {
		t.Errorf("%+v, %v", zone, err)
	}
}
