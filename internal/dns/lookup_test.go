package dns

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

// world is a fixed set of zones to look things up in.
type world []dnsserver.Zone

func (w world) Zones() ([]dnsserver.Zone, error) { return w, nil }

// records parses zone-file lines.
func records(t *testing.T, lines ...string) []miekg.RR {
	t.Helper()
	var rrs []miekg.RR
	for _, line := range lines {
		rr, err := miekg.NewRR(line)
		if err != nil {
			t.Fatalf("record %q: %v", line, err)
		}
		rrs = append(rrs, rr)
	}
	return rrs
}

// serveZones starts a DNS server with these zones.
func serveZones(t *testing.T, zones ...dnsserver.Zone) (addr string) {
	t.Helper()
	server, err := dnsserver.Serve("127.0.0.1:0", world(zones), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.Addr()
}

// serveFunc starts a DNS server, on UDP only, that answers as f does. If f returns nil, it does not
// answer.
func serveFunc(t *testing.T, f func(query *miekg.Msg) *miekg.Msg) (addr string) {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	server := &miekg.Server{
		PacketConn:        socket,
		NotifyStartedFunc: func() { close(started) },
		Handler: miekg.HandlerFunc(func(w miekg.ResponseWriter, query *miekg.Msg) {
			if reply := f(query); reply != nil {
				_ = w.WriteMsg(reply)
			}
		}),
	}
	var done sync.WaitGroup
	done.Go(func() {
		if err := server.ActivateAndServe(); err != nil {
			t.Error(err)
		}
	})
	<-started
	t.Cleanup(func() {
		_ = server.Shutdown()
		done.Wait()
	})
	return socket.LocalAddr().String()
}

// rcode is a reply with a response code and nothing else.
func rcode(query *miekg.Msg, code int) *miekg.Msg {
	return new(miekg.Msg).SetRcode(query, code)
}

// reply is a reply with one record.
func reply(t *testing.T, query *miekg.Msg, line string) *miekg.Msg {
	msg := rcode(query, miekg.RcodeSuccess)
	msg.Answer = records(t, line)
	return msg
}

// silentServer returns an open port that never answers.
func silentServer(t *testing.T) (addr string) {
	return serveFunc(t, func(*miekg.Msg) *miekg.Msg { return nil })
}

// closedPort returns an address on which nobody listens.
func closedPort(t *testing.T) (addr string) {
	t.Helper()
	socket, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = socket.Close() }()
	return socket.LocalAddr().String()
}

// lookupAt makes a Lookup that uses addr as the resolver and as all name servers.
func lookupAt(addr string) *Lookup {
	return NewLookup(LookupConfig{
		Resolvers:     []string{addr},
		AuthorityAddr: func(string) (string, bool) { return addr, true },
		Timeout:       2 * time.Second,
	})
}

func TestRecursive(t *testing.T) {
	l := lookupAt(serveZones(t,
		dnsserver.Zone{Apex: "example.com", Records: records(t,
			`example.com. 300 IN MX 10 mail.example.com.`,
			`spf.example.com. 300 IN CNAME next.example.com.`,
			`next.example.com. 300 IN CNAME _spf.example.org.`,
			`lost.example.com. 300 IN CNAME nowhere.example.net.`,
		)},
		dnsserver.Zone{Apex: "example.org", Records: records(t, `_spf.example.org. 300 IN TXT "v=spf1 -all"`)},
	))
	tests := []struct {
		what, name string
		qtype      uint16
		records    int
		aliases    []string
		nxdomain   bool
	}{
		{what: "a record", name: "Example.COM.", qtype: miekg.TypeMX, records: 1},
		{what: "through aliases", name: "spf.example.com", qtype: miekg.TypeTXT, records: 1, aliases: []string{"next.example.com", "_spf.example.org"}},
		{what: "the alias itself", name: "spf.example.com", qtype: miekg.TypeCNAME, records: 1},
		{what: "alias to nowhere", name: "lost.example.com", qtype: miekg.TypeA, aliases: []string{"nowhere.example.net"}, nxdomain: true},
		{what: "other type", name: "example.com", qtype: miekg.TypeA},
		{what: "no such name", name: "none.example.com", qtype: miekg.TypeA, nxdomain: true},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			answer, err := l.Recursive(t.Context(), test.name, test.qtype)
			if err != nil {
				t.Fatal(err)
			}
			if len(answer.Records) != test.records || !slices.Equal(answer.Aliases, test.aliases) ||
				answer.NXDomain != test.nxdomain || answer.BrokenDNSSEC {
				t.Errorf("got %+v", answer)
			}
		})
	}
	if _, err := l.Recursive(t.Context(), "not a name.example.com", miekg.TypeA); err == nil || !strings.Contains(err.Error(), "not a name") {
		t.Errorf("a malformed name: %v", err)
	}
}

func TestRecursiveRecognisesBrokenDNSSEC(t *testing.T) {
	addr := serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		if !query.CheckingDisabled {
			return rcode(query, miekg.RcodeServerFailure)
		}
		return reply(t, query, `example.com. 300 IN TXT "unsigned"`)
	})
	answer, err := lookupAt(addr).Recursive(t.Context(), "example.com", miekg.TypeTXT)
	if err != nil {
		t.Fatal(err)
	}
	if !answer.BrokenDNSSEC || len(answer.Records) != 1 {
		t.Errorf("got %+v", answer)
	}
}

func TestRecursiveReportsTheResolversReason(t *testing.T) {
	addr := serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		msg := rcode(query, miekg.RcodeServerFailure)
		msg.SetEdns0(1232, false)
		msg.IsEdns0().Option = append(msg.IsEdns0().Option, &miekg.EDNS0_EDE{
			InfoCode: miekg.ExtendedErrorCodeNetworkError, ExtraText: "192.0.2.53 is silent"})
		return msg
	})
	_, err := lookupAt(addr).Recursive(t.Context(), "example.com", miekg.TypeTXT)
	var failure *RcodeError
	if !errors.As(err, &failure) || failure.Rcode != miekg.RcodeServerFailure || failure.Resolver != addr {
		t.Fatalf("got %v", err)
	}
	for _, want := range []string{"SERVFAIL", "TXT example.com", "Network Error", "192.0.2.53 is silent"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not say %q", err, want)
		}
	}
}

func TestResolversStandInForEachOther(t *testing.T) {
	good := serveZones(t, dnsserver.Zone{Apex: "example.com", Records: records(t, `example.com. 300 IN TXT "x"`)})
	refusing := serveFunc(t, func(query *miekg.Msg) *miekg.Msg { return rcode(query, miekg.RcodeRefused) })
	for what, first := range map[string]string{"silent": silentServer(t), "closed": closedPort(t), "refusing": refusing} {
		t.Run(what, func(t *testing.T) {
			l := NewLookup(LookupConfig{Resolvers: []string{first, good}, Timeout: 100 * time.Millisecond})
			answer, err := l.Recursive(t.Context(), "example.com", miekg.TypeTXT)
			if err != nil || answer.Resolver != good || len(answer.Records) != 1 {
				t.Errorf("%+v, %v", answer, err)
			}
		})
	}
	l := NewLookup(LookupConfig{Resolvers: []string{closedPort(t)}})
	if _, err := l.Recursive(t.Context(), "example.com", miekg.TypeTXT); err == nil || !strings.Contains(err.Error(), "dns_resolvers") {
		t.Errorf("with no resolver alive: %v", err)
	}
}

func TestEqualQuestionsAreAskedOnce(t *testing.T) {
	const callers = 20
	var asked atomic.Int32
	release := make(chan struct{})
	addr := serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		asked.Add(1)
		<-release
		return reply(t, query, `example.com. 300 IN TXT "x"`)
	})
	l := lookupAt(addr)
	var calls, arrived sync.WaitGroup
	arrived.Add(callers)
	for range callers {
		calls.Go(func() {
			arrived.Done()
			answer, err := l.Recursive(t.Context(), "example.com", miekg.TypeTXT)
			if err != nil || len(answer.Records) != 1 {
				t.Errorf("%+v, %v", answer, err)
				return
			}
			// Each caller has records of its own; otherwise the race detector would report this.
			answer.Records[0].Header().Ttl++
		})
	}
	// One caller gives up. The others must not fail because of that.
	impatient, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Recursive(impatient, "example.com", miekg.TypeTXT); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled caller got %v", err)
	}
	arrived.Wait()
	time.AfterFunc(200*time.Millisecond, func() { close(release) })
	calls.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times for %d callers", n, callers)
	}
}

func TestResolverAddresses(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.1:5353":       "192.0.2.1:5353",
		"192.0.2.1":            "192.0.2.1:53",
		"2001:db8::1":          "[2001:db8::1]:53",
		"[2001:db8::1]:5353":   "[2001:db8::1]:5353",
		"resolver.example":     "resolver.example:53",
		"resolver.example:853": "resolver.example:853",
	} {
		if got := withPort(addr); got != want {
			t.Errorf("%s becomes %s, want %s", addr, got, want)
		}
	}
}

func TestSystemResolvers(t *testing.T) {
	resolvers := systemResolvers()
	if len(resolvers) == 0 {
		t.Fatal("none found; where the system has none set, it is the one on this host")
	}
	for _, resolver := range resolvers {
		host, port, err := net.SplitHostPort(resolver)
		if err != nil || host == "" || port != dnsPort {
			t.Errorf("%q is no resolver's address", resolver)
		}
	}
}
