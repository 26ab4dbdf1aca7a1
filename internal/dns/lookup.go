package dns

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	miekg "github.com/miekg/dns"
)

const dnsPort = "53"

const (
	// defaultTimeout is for one attempt at one name server. All attempts
	// at it together stay within five seconds, which is how soon a blocked
	// port 53 has to be recognised.
	defaultTimeout = 1500 * time.Millisecond
	// resolverPatience is how many times longer a resolver may take: it
	// asks others in turn.
	resolverPatience = 2
	// maxExchanges bounds the questions under way at any time, so that a
	// plan of a thousand domains doesn't drown a home router.
	maxExchanges = 128
)

// LookupConfig says whom a [Lookup] asks. The zero value asks the system's
// resolvers, and name servers at their own addresses.
type LookupConfig struct {
	// Resolvers are recursive resolvers, "host:port", asked in this order.
	// Without a port it is 53. Empty: those that the system is set to.
	Resolvers []string
	// AuthorityAddr gives the address, "host:port", to which queries to a
	// name server are sent, instead of port 53 of the addresses that its
	// name resolves to. False leaves that name server as it is. Nil leaves
	// all. The sandbox's zones have all their name servers in one place.
	AuthorityAddr func(nameServer string) (addr string, ok bool)
	// Timeout is for one attempt at one name server; resolvers get twice
	// as much. Zero means 1.5 s. Silence is asked once more.
	Timeout time.Duration
}

// Lookup asks the DNS. It is safe for concurrent use; equal questions that are
// under way at the same time are asked once. Nothing is remembered: each call
// tells how things are now, which is what waiting for a change needs.
type Lookup struct {
	resolvers     func() []string
	authorityAddr func(nameServer string) (string, bool)
	timeout       time.Duration
	flights       singleflight.Group
	slots         chan struct{}
}

// NewLookup makes a Lookup. It asks nothing yet.
func NewLookup(config LookupConfig) *Lookup {
	l := &Lookup{
		authorityAddr: config.AuthorityAddr,
		timeout:       config.Timeout,
		slots:         make(chan struct{}, maxExchanges),
	}
	if l.timeout <= 0 {
		l.timeout = defaultTimeout
	}
	if len(config.Resolvers) == 0 {
		l.resolvers = sync.OnceValue(systemResolvers)
		return l
	}
	resolvers := make([]string, len(config.Resolvers))
	for i, resolver := range config.Resolvers {
		resolvers[i] = withPort(resolver)
	}
	l.resolvers = func() []string { return resolvers }
	return l
}

// systemResolvers finds out which resolvers the operating system is set to.
// Go's own resolver knows on each system where that is written and has no
// function that tells; but it tells whom it dials.
func systemResolvers() []string {
	var (
		mu    sync.Mutex
		found []string
		seen  = map[string]bool{}
	)
	spy := net.Resolver{PreferGo: true, Dial: func(_ context.Context, _, addr string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if !seen[addr] {
			seen[addr] = true
			found = append(found, addr)
		}
		return nil, net.ErrClosed
	}}
	// It fails by design; the addresses it tried are the answer.
	_, _ = spy.LookupTXT(context.Background(), "resolvers.invalid.")
	mu.Lock()
	defer mu.Unlock()
	return found
}

// withPort adds the DNS port to an address that has none.
func withPort(addr string) string {
	if _, _, err := net.SplitHostPort(addr); err == nil {
		return addr
	}
	if ip := net.ParseIP(addr); ip != nil {
		return net.JoinHostPort(ip.String(), dnsPort)
	}
	return net.JoinHostPort(addr, dnsPort)
}

// Answer is what a resolver answered.
type Answer struct {
	// Resolver is who answered, "host:port".
	Resolver string
	// Records are those of the type asked for, at the end of Aliases.
	Records []miekg.RR
	// Aliases are the CNAME targets that led from the name to Records, in
	// order.
	Aliases []string
	// NXDomain says that the name, or the last of Aliases, does not exist
	// with any type.
	NXDomain bool
	// BrokenDNSSEC says that the resolver answered only when told not to
	// validate: with validation, nobody gets this answer.
	BrokenDNSSEC bool
}

// Recursive asks the resolvers. An answer that something doesn't exist is an
// Answer without Records and no error; it may be one that the resolver has
// remembered. Errors are a [*RcodeError], or what the network said.
func (l *Lookup) Recursive(ctx context.Context, name string, qtype uint16) (*Answer, error) {
	canonical, err := Canonical(name)
	if err != nil {
		return nil, err
	}
	q := query{name: canonical, qtype: qtype, recursionDesired: true}
	resolver, reply, err := l.askAny(ctx, l.resolvers(), l.resolverTimeout(), q)
	if silent(err) && ctx.Err() == nil {
		return nil, fmt.Errorf("no DNS resolver answered (others can be set in dns_resolvers): %w", err)
	}
	if err != nil {
		return nil, err
	}
	answer := &Answer{Resolver: resolver}
	if reply.Rcode == miekg.RcodeServerFailure {
		q.checkingDisabled = true
		if _, unchecked, err := l.askAny(ctx, []string{resolver}, l.resolverTimeout(), q); err == nil && !refuses(unchecked) {
			reply, answer.BrokenDNSSEC = unchecked, true
		}
	}
	if refuses(reply) {
		return nil, newRcodeError(resolver, q, reply)
	}
	answer.NXDomain = reply.Rcode == miekg.RcodeNameError
	end, aliases := followAliases(reply.Answer, canonical, qtype)
	answer.Aliases = aliases
	answer.Records = recordsAt(reply.Answer, end, qtype)
	return answer, nil
}

func (l *Lookup) resolverTimeout() time.Duration {
	return resolverPatience * l.timeout
}

// followAliases returns the end of the CNAME chain that an answer holds for a
// name, and the targets on the way. Where CNAMEs are asked for, the name's own
// CNAME is the answer and not an alias.
func followAliases(rrs []miekg.RR, name string, qtype uint16) (end string, targets []string) {
	if qtype == miekg.TypeCNAME {
		return name, nil
	}
	end = name
	for range rrs {
		target, ok := aliasAt(rrs, end)
		if !ok {
			break
		}
		targets = append(targets, target)
		end = target
	}
	return end, targets
}

func aliasAt(rrs []miekg.RR, name string) (target string, ok bool) {
	for _, rr := range recordsAt(rrs, name, miekg.TypeCNAME) {
		return FoldName(rr.(*miekg.CNAME).Target), true
	}
	return "", false
}

// recordsAt selects the records of a name and type.
func recordsAt(rrs []miekg.RR, name string, rrtype uint16) []miekg.RR {
	var selected []miekg.RR
	for _, rr := range rrs {
		if rr.Header().Rrtype == rrtype && sameName(rr.Header().Name, name) {
			selected = append(selected, rr)
		}
	}
	return selected
}
