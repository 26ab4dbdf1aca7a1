package dnsserver

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// lines shows records one a line, without their TTL and class.
func lines(rrs []dns.RR) string {
	var shown []string
	for _, rr := range rrs {
		h := rr.Header()
		if h.Rrtype == dns.TypeOPT {
			continue
		}
		data := strings.TrimPrefix(rr.String(), h.String())
		if h.Rrtype == dns.TypeSOA {
			data = "…"
		}
		shown = append(shown, fmt.Sprintf("%s %s %s", h.Name, dns.Type(h.Rrtype), data))
	}
	return strings.Join(shown, "\n")
}

func testZones(t *testing.T) []Zone {
	return []Zone{
		{
			Apex:        "example.com",
			NameServers: []string{"ns1.host.example", "ns2.host.example"},
			Records: records(t,
				`example.com. 300 IN MX 10 mail.example.com.`,
				`example.com. 300 IN TXT "v=spf1 mx -all"`,
				`example.com. 300 IN TXT "other=1"`,
				`mail.example.com. 300 IN A 192.0.2.1`,
				`www.example.com. 300 IN CNAME alias.example.com.`,
				`alias.example.com. 300 IN CNAME mail.example.com.`,
				`away.example.com. 300 IN CNAME host.example.org.`,
				`lost.example.com. 300 IN CNAME nowhere.example.net.`,
				`dead.example.com. 300 IN CNAME gone.example.com.`,
				`loop1.example.com. 300 IN CNAME loop2.example.com.`,
				`loop2.example.com. 300 IN CNAME loop1.example.com.`,
				`s1._domainkey.example.com. 300 IN TXT "p="`,
				`*.wild.example.com. 300 IN TXT "wild"`,
				`here.wild.example.com. 300 IN A 192.0.2.2`,
				`deep.below.wild.example.com. 300 IN A 192.0.2.3`,
				`*.alias.wild.example.com. 300 IN CNAME mail.example.com.`,
				`cut.example.com. 300 IN NS ns.cut.example.com.`,
				`cut.example.com. 300 IN NS ns.other.example.`,
				`ns.cut.example.com. 300 IN A 192.0.2.53`,
				`child.example.com. 300 IN NS ns1.host.example.`,
				`child.example.com. 300 IN DS 1 13 2 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff`,
				`stray.example.net. 300 IN A 192.0.2.9`,
			),
		},
		{Apex: "Child.Example.COM.", NameServers: []string{"ns1.host.example"},
			Records: records(t, `x.child.example.com. 300 IN TXT "child"`)},
		{Apex: "example.org", Records: records(t,
			`example.org. 900 IN SOA ns1.example.org. admin.example.org. 7 1 2 3 60`,
			`example.org. 900 IN NS ns1.example.org.`,
			`host.example.org. 300 IN A 192.0.2.4`,
		)},
	}
}

func TestAuthoritativeAnswers(t *testing.T) {
	server := serve(t, &fixed{zones: testZones(t)})
	const (
		soa      = "example.com. SOA …"
		noSuch   = dns.RcodeNameError
		ok       = dns.RcodeSuccess
		mailA    = "mail.example.com. A 192.0.2.1"
		referral = "cut.example.com. NS ns.cut.example.com.\ncut.example.com. NS ns.other.example."
	)
	tests := []struct {
		what                     string
		name                     string
		qtype                    uint16
		rcode                    int
		answer, authority, extra string
		referral                 bool
	}{
		{what: "a record set", name: "example.com.", qtype: dns.TypeTXT, answer: "example.com. TXT \"v=spf1 mx -all\"\nexample.com. TXT \"other=1\""},
		{what: "apex SOA", name: "example.com.", qtype: dns.TypeSOA, answer: soa},
		{what: "apex NS", name: "example.com.", qtype: dns.TypeNS, answer: "example.com. NS ns1.host.example.\nexample.com. NS ns2.host.example."},
		{what: "spelling is kept", name: "eXample.coM.", qtype: dns.TypeMX, answer: "eXample.coM. MX 10 mail.example.com."},
		{what: "other type", name: "mail.example.com.", qtype: dns.TypeAAAA, authority: soa},
		{what: "no such name", name: "none.example.com.", qtype: dns.TypeA, rcode: noSuch, authority: soa},
		{what: "empty non-terminal", name: "_domainkey.example.com.", qtype: dns.TypeTXT, authority: soa},
		{what: "alias chain", name: "www.example.com.", qtype: dns.TypeA, answer: "www.example.com. CNAME alias.example.com.\nalias.example.com. CNAME mail.example.com.\n" + mailA},
		{what: "the alias itself", name: "www.example.com.", qtype: dns.TypeCNAME, answer: "www.example.com. CNAME alias.example.com."},
		{what: "alias into another zone of the server", name: "away.example.com.", qtype: dns.TypeA, answer: "away.example.com. CNAME host.example.org.\nhost.example.org. A 192.0.2.4"},
		{what: "alias to nowhere we serve", name: "lost.example.com.", qtype: dns.TypeA, answer: "lost.example.com. CNAME nowhere.example.net."},
		{what: "alias to a missing name", name: "dead.example.com.", qtype: dns.TypeA, rcode: noSuch, answer: "dead.example.com. CNAME gone.example.com.", authority: soa},
		{what: "wildcard", name: "any.wild.example.com.", qtype: dns.TypeTXT, answer: "any.wild.example.com. TXT \"wild\""},
		{what: "wildcard, several labels", name: "a.b.wild.example.com.", qtype: dns.TypeTXT, answer: "a.b.wild.example.com. TXT \"wild\""},
		{what: "wildcard, other type", name: "any.wild.example.com.", qtype: dns.TypeA, authority: soa},
		{what: "wildcard hidden by a name", name: "here.wild.example.com.", qtype: dns.TypeTXT, authority: soa},
		{what: "wildcard hidden by an empty non-terminal", name: "below.wild.example.com.", qtype: dns.TypeTXT, authority: soa},
		{what: "wildcard hidden below that", name: "x.below.wild.example.com.", qtype: dns.TypeTXT, rcode: noSuch, authority: soa},
		{what: "wildcard asked for", name: "*.wild.example.com.", qtype: dns.TypeTXT, answer: "*.wild.example.com. TXT \"wild\""},
		{what: "wildcard alias", name: "q.alias.wild.example.com.", qtype: dns.TypeA, answer: "q.alias.wild.example.com. CNAME mail.example.com.\n" + mailA},
		{what: "referral", name: "a.cut.example.com.", qtype: dns.TypeTXT, authority: referral, extra: "ns.cut.example.com. A 192.0.2.53", referral: true},
		{what: "referral at the cut", name: "cut.example.com.", qtype: dns.TypeNS, authority: referral, extra: "ns.cut.example.com. A 192.0.2.53", referral: true},
		{what: "child zone on this server", name: "x.child.example.com.", qtype: dns.TypeTXT, answer: "x.child.example.com. TXT \"child\""},
		{what: "child's negative answer", name: "y.child.example.com.", qtype: dns.TypeTXT, rcode: noSuch, authority: "child.example.com. SOA …"},
		{what: "DS is the parent's", name: "child.example.com.", qtype: dns.TypeDS, answer: "child.example.com. DS 1 13 2 00112233445566778899AABBCCDDEEFF00112233445566778899AABBCCDDEEFF"},
		{what: "not our zone", name: "stray.example.net.", qtype: dns.TypeA, rcode: dns.RcodeRefused, referral: true},
		{what: "zone's own SOA", name: "example.org.", qtype: dns.TypeSOA, answer: "example.org. SOA …"},
		{what: "name server within the zone", name: "ns1.example.org.", qtype: dns.TypeA, answer: "ns1.example.org. A 127.0.0.1"},
		{what: "it has no IPv6 address", name: "ns1.example.org.", qtype: dns.TypeAAAA, authority: "example.org. SOA …"},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			for _, network := range []string{"udp", "tcp"} {
				reply := ask(t, server, network, question(test.name, test.qtype))
				if reply.Rcode != test.rcode || reply.Authoritative == test.referral || reply.RecursionAvailable {
					t.Errorf("%s: %s aa=%t ra=%t", network, dns.RcodeToString[reply.Rcode], reply.Authoritative, reply.RecursionAvailable)
				}
				if got := lines(reply.Answer); got != test.answer {
					t.Errorf("%s: answer\n%s\nwant\n%s", network, got, test.answer)
				}
				if got := lines(reply.Ns); got != test.authority {
					t.Errorf("%s: authority\n%s\nwant\n%s", network, got, test.authority)
				}
				if got := lines(reply.Extra); got != test.extra {
					t.Errorf("%s: additional\n%s\nwant\n%s", network, got, test.extra)
				}
				if reply.Question[0].Name != test.name {
					t.Errorf("%s: question %q came back as %q", network, test.name, reply.Question[0].Name)
				}
			}
		})
	}
}

func TestResolverAnswers(t *testing.T) {
	server := serve(t, &fixed{zones: testZones(t)})
	tests := []struct {
		what              string
		name              string
		qtype             uint16
		rcode             int
		answer, authority string
	}{
		{what: "a name of a zone", name: "mail.example.com.", qtype: dns.TypeA, answer: "mail.example.com. A 192.0.2.1"},
		{what: "the deepest zone", name: "x.child.example.com.", qtype: dns.TypeTXT, answer: "x.child.example.com. TXT \"child\""},
		{what: "in no zone", name: "unregistered.example.", qtype: dns.TypeSOA, rcode: dns.RcodeNameError, authority: ". SOA …"},
		{what: "alias to no zone", name: "lost.example.com.", qtype: dns.TypeA, rcode: dns.RcodeNameError, answer: "lost.example.com. CNAME nowhere.example.net.", authority: ". SOA …"},
		{what: "name server in no zone", name: "NS2.host.example.", qtype: dns.TypeA, answer: "NS2.host.example. A 127.0.1.1"},
		{what: "the first one is in another network", name: "ns1.host.example.", qtype: dns.TypeA, answer: "ns1.host.example. A 127.0.0.1"},
		{what: "its IPv6 address", name: "ns2.host.example.", qtype: dns.TypeAAAA, authority: ". SOA …"},
		{what: "delegated out of this world", name: "a.cut.example.com.", qtype: dns.TypeA, rcode: dns.RcodeServerFailure},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			query := question(test.name, test.qtype)
			query.RecursionDesired = true
			reply := ask(t, server, "udp", query)
			if reply.Rcode != test.rcode || !reply.RecursionAvailable {
				t.Errorf("%s ra=%t", dns.RcodeToString[reply.Rcode], reply.RecursionAvailable)
			}
			if got := lines(reply.Answer); got != test.answer {
				t.Errorf("answer\n%s\nwant\n%s", got, test.answer)
			}
			if got := lines(reply.Ns); got != test.authority {
				t.Errorf("authority\n%s\nwant\n%s", got, test.authority)
			}
		})
	}
}

func TestAliasLoopEnds(t *testing.T) {
	server := serve(t, &fixed{zones: testZones(t)})
	query := question("loop1.example.com.", dns.TypeA)
	if reply := ask(t, server, "tcp", query); reply.Rcode != dns.RcodeSuccess || len(reply.Answer) != maxChain {
		t.Errorf("as a name server: %s with %d records", dns.RcodeToString[reply.Rcode], len(reply.Answer))
	}
	query.RecursionDesired = true
	if reply := ask(t, server, "tcp", query); reply.Rcode != dns.RcodeServerFailure {
		t.Errorf("as a resolver: %s", dns.RcodeToString[reply.Rcode])
	}
}

func TestNegativeTTL(t *testing.T) {
	server := serve(t, &fixed{zones: testZones(t)})
	for name, want := range map[string]uint32{"none.example.com.": negativeTTL, "none.example.org.": 60} {
		reply := ask(t, server, "udp", question(name, dns.TypeA))
		if got := reply.Ns[0].Header().Ttl; got != want {
			t.Errorf("%s may be remembered as missing for %d s, want %d", name, got, want)
		}
	}
	reply := ask(t, server, "udp", question("example.org.", dns.TypeSOA))
	if got := reply.Answer[0].Header().Ttl; got != 900 {
		t.Errorf("the SOA itself has TTL %d, want its own 900", got)
	}
}

func TestAnyIsMinimal(t *testing.T) {
	server := serve(t, &fixed{zones: testZones(t)})
	reply := ask(t, server, "udp", question("example.com.", dns.TypeANY))
	types := map[uint16]bool{}
	for _, rr := range reply.Answer {
		types[rr.Header().Rrtype] = true
	}
	if len(types) != 1 {
		t.Errorf("%d record sets, want one:\n%s", len(types), lines(reply.Answer))
	}
	reply = ask(t, server, "udp", question("_domainkey.example.com.", dns.TypeANY))
	if len(reply.Answer) != 0 || len(reply.Ns) != 1 {
		t.Errorf("empty non-terminal: %v", reply)
	}
}

func TestZoneWithoutNameServers(t *testing.T) {
	server := serve(t, &fixed{zones: []Zone{{Apex: "example.com"}}})
	reply := ask(t, server, "udp", question("example.com.", dns.TypeNS))
	if got := lines(reply.Answer); got != "example.com. NS "+strings.Join(fallbackNameServers, "\nexample.com. NS ") {
		t.Errorf("got %s", got)
	}
	query := question(fallbackNameServers[0], dns.TypeA)
	query.RecursionDesired = true
	reply = ask(t, server, "udp", query)
	if !slices.ContainsFunc(reply.Answer, func(rr dns.RR) bool { return rr.(*dns.A).A.IsLoopback() }) {
		t.Errorf("its address: %v", reply.Answer)
	}
}
