package dns

import (
	"net/netip"
	"strings"
	"testing"

	miekg "github.com/miekg/dns"
)

// A server is asked where the configuration says, or at the addresses that the caller gives, and
// nowhere else.
func TestAskServer(t *testing.T) {
	addr := serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
		if query.RecursionDesired || query.AuthenticatedData {
			t.Error("the server was asked like a resolver")
		}
		answer := reply(t, query, "example.com. 300 IN SOA ns1 host 1 2 3 4 5")
		answer.Authoritative = true
		return answer
	})
	l := NewLookup(LookupConfig{Resolvers: []string{silentServer(t)}, AuthorityAddr: func(server string) (string, bool) { return addr, server == "ns1.example.com" }})
	if !l.Redirected("ns1.example.com") || l.Redirected("ns2.example.com") {
		t.Error("Redirected does not tell which servers are elsewhere")
	}
	msg, err := l.AskServer(t.Context(), "ns1.example.com", []netip.Addr{netip.MustParseAddr("192.0.2.1")}, "Example.com", miekg.TypeSOA)
	if err != nil || len(msg.Answer) != 1 || Lameness(msg) != "" {
		t.Errorf("%v, %v", msg, err)
	}
	if _, err := l.AskServer(t.Context(), "ns2.example.com", nil, "example.com", miekg.TypeSOA); err == nil || !strings.Contains(err.Error(), "no address") {
		t.Errorf("a server without an address: %v", err)
	}
}

// Resolvers are asked whether they have validated an answer, and the root can be asked about.
func TestRecursiveTellsValidation(t *testing.T) {
	for name, validated := range map[string]bool{".": true, "example.com": false} {
		addr := serveFunc(t, func(query *miekg.Msg) *miekg.Msg {
			if !query.AuthenticatedData {
				t.Error("the resolver was not asked whether it has validated the answer")
			}
			answer := reply(t, query, query.Question[0].Name+" 300 IN NS ns1.example.")
			answer.AuthenticatedData = validated
			return answer
		})
		answer, err := lookupAt(addr).Recursive(t.Context(), name, miekg.TypeNS)
		if err != nil || answer.Authenticated != validated || len(answer.Records) != 1 {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
}
