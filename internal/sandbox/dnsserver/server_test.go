package dnsserver

import (
	"errors"
	"fmt"
	"net"
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
	server, err := Serve("127.0.0.1:0", source, nil)
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
	server, err := Serve("127.0.0.1:0", &fixed{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	addr := server.Addr()
	if _, err := Serve(addr, &fixed{}, nil); err == nil || !strings.Contains(err.Error(), addr) {
		t.Errorf("a second server on %s: %v, want an error that names the address", addr, err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Serve(addr, &fixed{}, nil)
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
		if server, err := Serve(addr, &fixed{}, nil); err == nil {
			_ = server.Close()
			t.Errorf("Serve(%q) works", addr)
		}
	}
}
