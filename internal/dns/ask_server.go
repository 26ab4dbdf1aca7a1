package dns

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	miekg "github.com/miekg/dns"
)

// Redirected reports whether queries to a name server go to an address that the configuration of
// the Lookup gives, as in the sandbox, and not to the addresses of its name.
func (l *Lookup) Redirected(server string) bool {
	if l.authorityAddr == nil {
		return false
	}
	_, redirected := l.authorityAddr(server)
	return redirected
}

// AskServer asks one name server directly and without recursion, and returns its message as it is.
// The caller says at which addresses the server is; one of each family is tried, and a silent
// server is asked again. [Lookup.Redirected] servers are asked where the configuration says.
// [Lameness] tells whether the message is an answer.
func (l *Lookup) AskServer(ctx context.Context, server string, addrs []netip.Addr, name string, qtype uint16) (*miekg.Msg, error) {
	canonical, err := Canonical(name)
	if err != nil {
		return nil, err
	}
	var v4, v6 []string
	for _, addr := range addrs {
		target := net.JoinHostPort(addr.String(), dnsPort)
		if addr.Unmap().Is4() {
			v4 = append(v4, target)
		} else {
			v6 = append(v6, target)
		}
	}
	targets := attemptOrder(v4, v6)
	if l.authorityAddr != nil {
		if addr, ok := l.authorityAddr(server); ok {
			targets = []string{addr}
		}
	}
	if len(targets) == 0 {
		return nil, fmt.Errorf("name server %s has no address", server)
	}
	_, msg, err := l.askAny(ctx, targets, l.timeout, query{name: canonical, qtype: qtype})
	if err != nil {
		return nil, fmt.Errorf("name server %s: %w", server, err)
	}
	return msg, nil
}

// Lameness says why a message is not that of a name server of the zone, as the rest of a sentence
// that begins with the server; "" if it is one.
func Lameness(msg *miekg.Msg) string { return lameness(msg) }
