package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
)

func TestAuthoritative(t *testing.T) {
	zone := dnsserver.Zone{
		Apex:        "example.com",
		NameServers: []string{"ns2.host.example", "ns1.host.example"},
		Records: records(t,
			`example.com. 300 IN TXT "v=spf1 -all"`,
			`s1._domainkey.example.com. 300 IN CNAME s1.sender.example.`,
			`s2._domainkey.example.com. 300 IN CNAME example.com.`,
			`*.wild.example.com. 300 IN TXT "wild"`,
		),
	}
	for i := range 20 {
		zone.Records = append(zone.Records, records(t, fmt.Sprintf(`big.example.com. 300 IN TXT "%02d%s"`, i, strings.Repeat("x", 100)))...)
	}
	l := lookupAt(serveZones(t, zone))
	tests := []struct {
		what, name string
		qtype      uint16
		records    int
		alias      string
		nxdomain   bool
	}{
		{what: "a record", name: "Example.com.", qtype: miekg.TypeTXT, records: 1},
		{what: "the alias asked for", name: "s1._domainkey.example.com", qtype: miekg.TypeCNAME, records: 1},
		{what: "an alias instead", name: "s1._domainkey.example.com", qtype: miekg.TypeTXT, alias: "s1.sender.example"},
		{what: "an alias within the zone is not followed", name: "s2._domainkey.example.com", qtype: miekg.TypeTXT, alias: "example.com"},
		{what: "a wildcard", name: "any.wild.example.com", qtype: miekg.TypeTXT, records: 1},
		{what: "other type", name: "example.com", qtype: miekg.TypeMX},
		{what: "no such name", name: "none.example.com", qtype: miekg.TypeTXT, nxdomain: true},
		{what: "more than fits UDP", name: "big.example.com", qtype: miekg.TypeTXT, records: 20},
	}
	for _, test := range tests {
		t.Run(test.what, func(t *testing.T) {
			authority, err := l.Authoritative(t.Context(), test.name, test.qtype)
			if err != nil {
				t.Fatal(err)
			}
			if authority.Zone.Apex != "example.com" || len(authority.Responding()) != 2 {
				t.Fatalf("got %+v, want answers of both name servers", authority)
			}
			for i, answer := range authority.Answers {
				if want := fmt.Sprintf("ns%d.host.example", i+1); answer.Server != want {
					t.Errorf("answer %d is of %s, want %s", i, answer.Server, want)
				}
				if len(answer.Records) != test.records || answer.Alias != test.alias || answer.NXDomain != test.nxdomain {
					t.Errorf("got %+v", answer)
				}
			}
		})
	}
}

func TestAliasToNowhereExists(t *testing.T) {
	l := lookupAt(serveZones(t, dnsserver.Zone{Apex: "example.com",
		Records: records(t, `a.example.com. 300 IN CNAME missing.example.com.`)}))
	authority, err := l.Authoritative(t.Context(), "a.example.com", miekg.TypeTXT)
	if err != nil {
		t.Fatal(err)
	}
	if answer := authority.Answers[0]; answer.NXDomain || answer.Alias != "missing.example.com" {
		t.Errorf("got %+v", answer)
	}
}

// A faulty server is reported and does not stop the others.
func TestAuthoritativeReportsEachServer(t *testing.T) {
	good := serveZones(t, dnsserver.Zone{Apex: "example.com", Records: records(t, `example.com. 300 IN TXT "x"`)})
	servers := map[string]struct{ addr, reason string }{
		"good.example":    {good, ""},
		"other.example":   {serveZones(t), "answered REFUSED"},
		"failing.example": {serveFunc(t, func(q *miekg.Msg) *miekg.Msg { return rcode(q, miekg.RcodeServerFailure) }), "SERVFAIL"},
		"resolver.example": {serveFunc(t, func(q *miekg.Msg) *miekg.Msg {
			msg := reply(t, q, `example.com. 300 IN TXT "remembered"`)
			msg.RecursionAvailable = true
			return msg
		}), "intercepts"},
		"upward.example": {serveFunc(t, func(q *miekg.Msg) *miekg.Msg {
			msg := rcode(q, miekg.RcodeSuccess)
			msg.Ns = records(t, `com. 300 IN NS a.gtld.example.`)
			return msg
		}), "those of com"},
		"odd.example":    {serveFunc(t, func(q *miekg.Msg) *miekg.Msg { return rcode(q, miekg.RcodeSuccess) }), "without authority"},
		"silent.example": {silentServer(t), "no answer in time"},
		"closed.example": {closedPort(t), "refused"},
		"wrong.example": {serveFunc(t, func(q *miekg.Msg) *miekg.Msg {
			msg := rcode(q, miekg.RcodeSuccess)
			msg.Question[0].Name = "another.example."
			return msg
		}), "another question"},
	}
	l := NewLookup(LookupConfig{
		AuthorityAddr: func(server string) (string, bool) { return servers[server].addr, true },
		Timeout:       100 * time.Millisecond,
	})
	zone := Zone{Apex: "example.com"}
	for server := range servers {
		zone.NameServers = append(zone.NameServers, server)
	}
	authority, err := l.AskServers(t.Context(), zone, "example.com", miekg.TypeTXT)
	if err != nil {
		t.Fatal(err)
	}
	if responding := authority.Responding(); len(responding) != 1 || responding[0].Server != "good.example" {
		t.Errorf("responding: %+v", responding)
	}
	for _, answer := range authority.Answers {
		want := servers[answer.Server].reason
		if want == "" {
			continue
		}
		if answer.Err == nil || !strings.Contains(answer.Err.Error(), want) || !strings.Contains(answer.Err.Error(), answer.Server) {
			t.Errorf("%s: %v, want an error that says %q", answer.Server, answer.Err, want)
		}
		var lame *LameError
		network := []string{"silent.example", "closed.example", "wrong.example"}
		if errors.As(answer.Err, &lame) == slices.Contains(network, answer.Server) {
			t.Errorf("%s: %T", answer.Server, answer.Err)
		}
	}

	t.Run("none is good", func(t *testing.T) {
		zone := Zone{Apex: "example.com", NameServers: []string{"other.example", "silent.example"}}
		authority, err := l.AskServers(t.Context(), zone, "example.com", miekg.TypeTXT)
		var lame *LameError
		var unreachable *UnreachableError
		if authority != nil || !errors.As(err, &lame) || errors.As(err, &unreachable) {
			t.Errorf("%+v, %v, want a LameError", authority, err)
		}
	})
	t.Run("no name servers", func(t *testing.T) {
		if _, err := l.AskServers(t.Context(), Zone{Apex: "example.com"}, "example.com", miekg.TypeTXT); err == nil {
			t.Error("no error")
		}
	})
}

// A person waits for this message. With the default timeout it comes within five seconds, and with
// a third of it within a third. The test allows twice that time, and more, because the machine may
// be busy.
func TestBlockedPortIsSaidSoon(t *testing.T) {
	silentAddr, closedAddr := silentServer(t), closedPort(t)
	l := NewLookup(LookupConfig{AuthorityAddr: func(server string) (string, bool) {
		if server == "closed.example" {
			return closedAddr, true
		}
		return silentAddr, true
	}, Timeout: defaultTimeout / 3})
	zone := Zone{Apex: "example.com", NameServers: []string{"closed.example", "ns1.example", "ns2.example"}}
	start := time.Now()
	_, err := l.AskServers(t.Context(), zone, "example.com", miekg.TypeTXT)
	var unreachable *UnreachableError
	if !errors.As(err, &unreachable) || unreachable.Zone != "example.com" || !strings.Contains(err.Error(), "port 53") {
		t.Errorf("got %v, want an UnreachableError", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestAuthoritativeObeysItsContext(t *testing.T) {
	l := lookupAt(silentServer(t))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	zone := Zone{Apex: "example.com", NameServers: []string{"ns1.example"}}
	if _, err := l.AskServers(ctx, zone, "example.com", miekg.TypeTXT); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestServerWithoutEDNS(t *testing.T) {
	l := lookupAt(serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		if query.IsEdns0() != nil {
			return rcode(query, miekg.RcodeFormatError)
		}
		msg := reply(t, query, `example.com. 300 IN TXT "old"`)
		msg.Authoritative = true
		return msg
	}))
	zone := Zone{Apex: "example.com", NameServers: []string{"ns1.example"}}
	authority, err := l.AskServers(t.Context(), zone, "example.com", miekg.TypeTXT)
	if err != nil || len(authority.Answers[0].Records) != 1 {
		t.Errorf("%+v, %v", authority, err)
	}
}

// One lost packet does not count as silence.
func TestLostPacketIsMadeGood(t *testing.T) {
	lost := make(chan struct{}, 1)
	lost <- struct{}{}
	addr := serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		select {
		case <-lost:
			return nil
		default:
			msg := reply(t, query, `example.com. 300 IN TXT "x"`)
			msg.Authoritative = true
			return msg
		}
	})
	l := NewLookup(LookupConfig{AuthorityAddr: func(string) (string, bool) { return addr, true }, Timeout: 200 * time.Millisecond})
	zone := Zone{Apex: "example.com", NameServers: []string{"ns1.example"}}
	if _, err := l.AskServers(t.Context(), zone, "example.com", miekg.TypeTXT); err != nil {
		t.Error(err)
	}
}

func TestServerAddresses(t *testing.T) {
	l := NewLookup(LookupConfig{Resolvers: []string{serveZones(t, dnsserver.Zone{Apex: "host.example", Records: records(t,
		`ns1.host.example. 300 IN A 192.0.2.1`,
		`ns1.host.example. 300 IN AAAA 2001:db8::1`,
		`ns2.host.example. 300 IN AAAA 2001:db8::2`,
	)})}})
	for server, want := range map[string][]string{
		"ns1.host.example": {"192.0.2.1:53", "[2001:db8::1]:53", "192.0.2.1:53"},
		"ns2.host.example": {"[2001:db8::2]:53"},
	} {
		if got, err := l.serverAddrs(t.Context(), server); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v, want %q", server, got, err, want)
		}
	}
	zone := Zone{Apex: "example.com", NameServers: []string{"ns3.host.example"}}
	_, err := l.AskServers(t.Context(), zone, "example.com", miekg.TypeTXT)
	var unreachable *UnreachableError
	if err == nil || errors.As(err, &unreachable) || !strings.Contains(err.Error(), "ns3.host.example has no address") {
		t.Errorf("a name server without address: %v", err)
	}
}

func TestAttemptOrder(t *testing.T) {
	tests := []struct{ v4, v6, want string }{
		{"", "", ""},
		{"a", "", "a"},
		{"a b c", "", "a b"},
		{"", "x y z", "x y"},
		{"a", "x", "a x a"},
		{"a b", "x y", "a x b"},
	}
	for _, test := range tests {
		if got := attemptOrder(strings.Fields(test.v4), strings.Fields(test.v6)); !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%q and %q: %q, want %q", test.v4, test.v6, got, test.want)
		}
	}
}

func TestLongReplyWithoutTCP(t *testing.T) {
	addr := serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		msg := rcode(query, miekg.RcodeSuccess)
		msg.Truncated = true
		return msg
	})
	l := NewLookup(LookupConfig{AuthorityAddr: func(string) (string, bool) { return addr, true }})
	zone := Zone{Apex: "example.com", NameServers: []string{"ns1.example"}}
	_, err := l.AskServers(t.Context(), zone, "example.com", miekg.TypeTXT)
	if err == nil || !strings.Contains(err.Error(), "TCP failed") {
		t.Errorf("got %v, want an error that blames TCP", err)
	}
}
