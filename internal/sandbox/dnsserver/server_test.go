package dnsserver

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// fixed is a source whose zones tests replace.
type fixed struct {
	mu    sync.Mutex
	zones []Zone
	err   error
}

func (f *fixed) Zones() ([]Zone, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.zones, f.err
}

func (f *fixed) set(zones []Zone, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.zones, f.err = zones, err
}

func serve(t *testing.T, source Source) *Server {
	t.Helper()
	server, err := Serve("127.0.0.1:0", source)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return server
}

func records(t *testing.T, lines ...string) []dns.RR {
	t.Helper()
	rrs := make([]dns.RR, len(lines))
	for i, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatalf("record %q: %v", line, err)
		}
		rrs[i] = rr
	}
	return rrs
}

func question(name string, qtype uint16) *dns.Msg {
	query := new(dns.Msg).SetQuestion(name, qtype)
	query.RecursionDesired = false
	return query
}

func ask(t *testing.T, server *Server, network string, query *dns.Msg) *dns.Msg {
	t.Helper()
	client := dns.Client{Net: network, Timeout: 5 * time.Second}
	reply, _, err := client.Exchange(query, server.Addr())
	if err != nil {
		t.Fatalf("%s %v: %v", network, query.Question, err)
	}
	return reply
}

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
		{what: "name server in no zone", name: "NS2.host.example.", qtype: dns.TypeA, answer: "NS2.host.example. A 127.0.0.1"},
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

func TestTruncation(t *testing.T) {
	zone := Zone{Apex: "example.com"}
	for i := range 30 {
		zone.Records = append(zone.Records, records(t, fmt.Sprintf(`big.example.com. 300 IN TXT "%02d%s"`, i, strings.Repeat("x", 98)))...)
	}
	server := serve(t, &fixed{zones: []Zone{zone}})
	for _, size := range []uint16{0, 800, 4096} {
		query := question("big.example.com.", dns.TypeTXT)
		limit := dns.MinMsgSize
		if size > 0 {
			query.SetEdns0(size, true)
			limit = min(int(size), maxUDPSize)
		}
		reply := ask(t, server, "udp", query)
		reply.Compress = true // as it was on the wire, for Len
		if !reply.Truncated || reply.Len() > limit || len(reply.Answer) == 0 {
			t.Errorf("EDNS size %d: truncated=%t, %d bytes, %d records", size, reply.Truncated, reply.Len(), len(reply.Answer))
		}
		if opt := reply.IsEdns0(); (opt != nil) != (size > 0) || opt != nil && (!opt.Do() || opt.UDPSize() != maxUDPSize) {
			t.Errorf("EDNS size %d: answered with %v", size, opt)
		}
		if reply := ask(t, server, "tcp", query); reply.Truncated || len(reply.Answer) != 30 {
			t.Errorf("EDNS size %d: TCP gave %d records, truncated=%t", size, len(reply.Answer), reply.Truncated)
		}
	}
}

func TestQueriesNotServed(t *testing.T) {
	server := serve(t, &fixed{zones: testZones(t)})
	chaos := question("version.bind.", dns.TypeTXT)
	chaos.Question[0].Qclass = dns.ClassCHAOS
	update := new(dns.Msg).SetUpdate("example.com.")
	notify := new(dns.Msg).SetNotify("example.com.")
	badVersion := question("example.com.", dns.TypeA)
	badVersion.SetEdns0(1232, false)
	badVersion.IsEdns0().SetVersion(1)
	tests := []struct {
		what  string
		query *dns.Msg
		rcode int
	}{
		{"class CHAOS", chaos, dns.RcodeRefused},
		{"zone transfer", question("example.com.", dns.TypeAXFR), dns.RcodeRefused},
		{"update", update, dns.RcodeNotImplemented},
		{"notify", notify, dns.RcodeNotImplemented},
		{"unknown EDNS version", badVersion, dns.RcodeBadVers},
	}
	for _, test := range tests {
		reply := ask(t, server, "tcp", test.query)
		if reply.Rcode != test.rcode || len(reply.Answer) != 0 {
			t.Errorf("%s: %s with %d records, want %s", test.what, dns.RcodeToString[reply.Rcode], len(reply.Answer), dns.RcodeToString[test.rcode])
		}
	}
}

func TestZonesMayChange(t *testing.T) {
	source := &fixed{}
	server := serve(t, source)
	txt := func() string { return lines(ask(t, server, "udp", question("example.com.", dns.TypeTXT)).Answer) }
	if got := txt(); got != "" {
		t.Errorf("without zones: %s", got)
	}
	for _, value := range []string{"one", "two"} {
		source.set([]Zone{{Apex: "example.com", Records: records(t, `example.com. 60 IN TXT "`+value+`"`)}}, nil)
		if got, want := txt(), `example.com. TXT "`+value+`"`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	source.set(nil, nil)
	if got := txt(); got != "" {
		t.Errorf("after the zone is gone: %s", got)
	}
}

func TestSourceFailure(t *testing.T) {
	server := serve(t, &fixed{err: errors.New("the file is damaged")})
	query := question("example.com.", dns.TypeA)
	if reply := ask(t, server, "udp", query); reply.Rcode != dns.RcodeServerFailure || reply.IsEdns0() != nil {
		t.Errorf("without EDNS: %v", reply)
	}
	query.SetEdns0(1232, false)
	reply := ask(t, server, "udp", query)
	if reply.Rcode != dns.RcodeServerFailure || len(reply.IsEdns0().Option) != 1 {
		t.Fatalf("with EDNS: %v", reply)
	}
	if ede := reply.IsEdns0().Option[0].(*dns.EDNS0_EDE); ede.ExtraText != "the file is damaged" {
		t.Errorf("reason given: %q", ede.ExtraText)
	}
}

func TestConcurrentQueriesAndChanges(t *testing.T) {
	source := &fixed{zones: testZones(t)}
	server := serve(t, source)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			client := dns.Client{Timeout: 5 * time.Second}
			for range 30 {
				reply, _, err := client.Exchange(question("www.example.com.", dns.TypeA), server.Addr())
				if err != nil || len(reply.Answer) != 3 {
					t.Errorf("%v %v", reply, err)
					return
				}
			}
		})
	}
	for range 30 {
		source.set(testZones(t), nil)
	}
	group.Wait()
}

func TestCloseFreesThePort(t *testing.T) {
	server, err := Serve("127.0.0.1:0", &fixed{})
	if err != nil {
		t.Fatal(err)
	}
	addr := server.Addr()
	if _, err := Serve(addr, &fixed{}); err == nil || !strings.Contains(err.Error(), addr) {
		t.Errorf("a second server on %s: %v, want an error that names the address", addr, err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Serve(addr, &fixed{})
	if err != nil {
		t.Fatalf("the port is still taken: %v", err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if conn, err := net.DialTimeout("tcp", addr, time.Second); err == nil {
		_ = conn.Close()
		t.Error("still listening after Close")
	}
}

func TestServeRefusesAnAddress(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "127.0.0.1:x", "192.0.2.1:0"} {
		if server, err := Serve(addr, &fixed{}); err == nil {
			_ = server.Close()
			t.Errorf("Serve(%q) works", addr)
		}
	}
}

func TestZoneWithoutNameServers(t *testing.T) {
	server := serve(t, &fixed{zones: []Zone{{Apex: "example.com"}}})
	reply := ask(t, server, "udp", question("example.com.", dns.TypeNS))
	if got := lines(reply.Answer); got != "example.com. NS "+fallbackNameServer {
		t.Errorf("got %s", got)
	}
	query := question(fallbackNameServer, dns.TypeA)
	query.RecursionDesired = true
	reply = ask(t, server, "udp", query)
	if !slices.ContainsFunc(reply.Answer, func(rr dns.RR) bool { return rr.(*dns.A).A.IsLoopback() }) {
		t.Errorf("its address: %v", reply.Answer)
	}
}
