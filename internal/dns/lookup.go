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
	// defaultTimeout is for one attempt at one name server. All attempts at one server together
	// take at most five seconds, so that a blocked port 53 is recognised within that time.
	defaultTimeout = 1500 * time.Millisecond
	// resolverPatience is how many times longer a resolver may take, because it asks other servers.
	resolverPatience = 2
	// maxExchanges limits the questions at any time, so that a plan of a thousand domains does not
	// overload a home router.
	maxExchanges = 128
)

// LookupConfig says which servers a [Lookup] asks. With the zero value, it asks the system's
// resolvers, and name servers at their own addresses.
type LookupConfig struct {
	// Resolvers are recursive resolvers, "host:port", asked in this order. The default port is 53.
	// If empty, the system's resolvers are used.
	Resolvers []string
	// AuthorityAddr returns the address, "host:port", to which queries to a name server are sent,
	// instead of port 53 of the addresses of its name. It returns false to leave this name server
	// as it is. If nil, all are left. The sandbox uses it, because one server serves all its zones.
	AuthorityAddr func(nameServer string) (addr string, ok bool)
	// Timeout is for one attempt at one name server; resolvers get twice as much. Zero means 1.5 s.
	// A silent server is asked once more.
	Timeout time.Duration
}

// Lookup asks the DNS. It is safe for concurrent use. Equal questions at the same time are asked
// once. It caches nothing: each call tells the current answer, because callers wait for changes.
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

// systemResolvers finds out which resolvers the operating system uses. Go's own resolver knows this
// on each system but has no function to tell it. However, it tells its dial function which
// addresses it wants to reach.
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
	// This fails by design. The addresses that it tried are the result.
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
	// Resolver is the server that answered, "host:port".
	Resolver string
	// Records are the records of the type that was asked for, at the end of Aliases.
	Records []miekg.RR
	// Aliases are the CNAME targets from the name to Records, in order.
	Aliases []string
	// NXDomain says that the name, or the last of Aliases, does not exist with any type.
	NXDomain bool
	// BrokenDNSSEC says that the resolver answered only when it was told not to validate. With
	// validation, nobody gets this answer.
	BrokenDNSSEC bool
	// Authenticated says that the resolver claims to have validated the answer with DNSSEC (the AD
	// bit). That claim is worth as much as the resolver and the way to it.
	Authenticated bool
}

// Recursive asks the resolvers. If something does not exist, the result is an Answer without
// Records and no error, and it may come from the resolver's cache. Errors are a [*RcodeError] or
// errors of the network. The name "." is the root.
func (l *Lookup) Recursive(ctx context.Context, name string, qtype uint16) (*Answer, error) {
	canonical := name
	if name != "." {
		var err error
		if canonical, err = Canonical(name); err != nil {
			return nil, err
		}
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
	answer.Authenticated = reply.AuthenticatedData && !answer.BrokenDNSSEC
	end, aliases := followAliases(reply.Answer, canonical, qtype)
	answer.Aliases = aliases
	answer.Records = recordsAt(reply.Answer, end, qtype)
	return answer, nil
}

func (l *Lookup) resolverTimeout() time.Duration {
	return resolverPatience * l.timeout
}

// followAliases returns the end of the CNAME chain that an answer holds for a name, and the targets
// on the way. If CNAME records were asked for, the name's own CNAME is the answer and not an alias.
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

// recordsAt returns the records of a name and type.
func recordsAt(rrs []miekg.RR, name string, rrtype uint16) []miekg.RR {
	var selected []miekg.RR
	for _, rr := range rrs {
		if rr.Header().Rrtype == rrtype && sameName(rr.Header().Name, name) {
			selected = append(selected, rr)
		}
	}
	return selected
}
