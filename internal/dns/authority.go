package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/netfault"
)

// Authority is what the name servers of a zone answer about one name and type.
type Authority struct {
	// Zone is the zone that holds the name. Its PrimaryNS is empty if only the zone above it was
	// asked. BrokenDNSSEC is about the highest zone on the way.
	Zone Zone
	// Answers has one element for each of the zone's name servers.
	Answers []ServerAnswer
}

// ServerAnswer is the answer of one name server.
type ServerAnswer struct {
	// Server is the name server's name.
	Server string
	// Addr is the address that was asked, "host:port"; empty if the name server has no address.
	Addr string
	// Records are the records of the name and type that were asked for. Wildcards of the zone are
	// applied, aliases are not followed.
	Records []miekg.RR
	// Alias is the target of the CNAME at the name, if another type was asked for.
	Alias string
	// NXDomain says that the name does not exist with any type.
	NXDomain bool
	// Err says why there is no answer: a [*LameError] or an error of the network. The other fields
	// have no meaning then.
	Err error
}

// Responding returns the answers that have no error.
func (a *Authority) Responding() []ServerAnswer {
	var responding []ServerAnswer
	for _, answer := range a.Answers {
		if answer.Err == nil {
			responding = append(responding, answer)
		}
	}
	return responding
}

// Authoritative asks all name servers of the zone that holds a name for its records. It asks each
// server directly and without recursion, so it neither sees a resolver's cache nor misses a
// secondary that lags behind.
//
// It does not mention the name to any resolver unless no zone holds it. A resolver that is asked
// for a name before it is published caches for a while that there is none (RFC 2308), and would
// answer so to whoever verifies the records.
//
// A lame or silent server is reported in its own answer. The error is [*UnreachableError] if no
// server sent any reply, [*NoSuchZoneError] if there is no zone, and [*RcodeError] if the resolvers
// fail. To ask again, use [Lookup.AskServers] with the zone that was found.
func (l *Lookup) Authoritative(ctx context.Context, name string, qtype uint16) (*Authority, error) {
	canonical, err := Canonical(name)
	if err != nil {
		return nil, err
	}
	return l.askFromAbove(ctx, canonical, qtype)
}

// AskServers is [Lookup.Authoritative] for a known zone, such as one that was just created at its
// host and is not delegated yet. It uses only Apex and NameServers of the zone.
func (l *Lookup) AskServers(ctx context.Context, zone Zone, name string, qtype uint16) (*Authority, error) {
	canonical, err := Canonical(name)
	if err != nil {
		return nil, err
	}
	q := query{name: canonical, qtype: qtype}
	replies, err := l.askAll(ctx, zone, q)
	if err != nil {
		return nil, err
	}
	authority := &Authority{Zone: zone}
	var failures []error
	for _, reply := range replies {
		answer := reply.answer(zone, q)
		authority.Answers = append(authority.Answers, answer)
		if answer.Err != nil {
			failures = append(failures, answer.Err)
		}
	}
	if len(failures) == len(authority.Answers) {
		return nil, fmt.Errorf("no name server of %s has an answer:\n%w", zone.Apex, errors.Join(failures...))
	}
	return authority, nil
}

// serverReply is what one name server sent: a message, or an error.
type serverReply struct {
	server, addr string
	msg          *miekg.Msg
	err          error
}

// askAll asks all name servers of a zone at the same time. The replies are in the order of the
// servers. If none of them sent a message, this is an error.
func (l *Lookup) askAll(ctx context.Context, zone Zone, q query) ([]serverReply, error) {
	if len(zone.NameServers) == 0 {
		return nil, fmt.Errorf("zone %s has no name servers to ask for %s", zone.Apex, q)
	}
	replies := make([]serverReply, len(zone.NameServers))
	var asking sync.WaitGroup
	for i, server := range zone.NameServers {
		asking.Go(func() { replies[i] = l.askServer(ctx, server, q) })
	}
	asking.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("asking the name servers of %s for %s: %w", zone.Apex, q, netfault.Plain(err))
	}
	return replies, silence(zone, replies)
}

func (l *Lookup) askServer(ctx context.Context, server string, q query) serverReply {
	reply := serverReply{server: server}
	addrs, err := l.serverAddrs(ctx, server)
	if err != nil {
		reply.err = err
		return reply
	}
	reply.addr, reply.msg, err = l.askAny(ctx, addrs, l.timeout, q)
	if err != nil {
		reply.err = fmt.Errorf("name server %s: %w", server, err)
	}
	return reply
}

// silence returns the error for replies of which none is a message.
func silence(zone Zone, replies []serverReply) error {
	var failures []error
	asked, silentOnes := 0, 0
	for _, reply := range replies {
		if reply.err == nil {
			return nil
		}
		failures = append(failures, reply.err)
		if reply.addr != "" {
			asked++
			if silent(reply.err) {
				silentOnes++
			}
		}
	}
	err := errors.Join(failures...)
	if asked > 0 && silentOnes == asked {
		return &UnreachableError{Zone: zone.Apex, Servers: zone.NameServers, Err: err}
	}
	return fmt.Errorf("no name server of %s has an answer:\n%w", zone.Apex, err)
}

// answer interprets a reply as that of a name server of the zone.
func (r serverReply) answer(zone Zone, q query) ServerAnswer {
	answer := ServerAnswer{Server: r.server, Addr: r.addr, Err: r.err}
	if r.err != nil {
		return answer
	}
	if reason := lameness(r.msg); reason != "" {
		answer.Err = &LameError{Server: r.server, Addr: r.addr, Zone: zone.Apex, Reason: reason}
		return answer
	}
	answer.Records = recordsAt(r.msg.Answer, q.name, q.qtype)
	if q.qtype != miekg.TypeCNAME {
		answer.Alias, _ = aliasAt(r.msg.Answer, q.name)
	}
	// After an alias, the code is that of the alias's target (RFC 6604 section 3).
	answer.NXDomain = r.msg.Rcode == miekg.RcodeNameError && answer.Alias == ""
	return answer
}

// lameness says why a reply is not that of a name server of the zone, as the rest of a sentence;
// empty if it is one.
func lameness(reply *miekg.Msg) string {
	switch {
	case refuses(reply):
		reason := "answered " + rcodeName(reply.Rcode)
		if text := extendedError(reply); text != "" {
			reason += ": " + text
		}
		return reason
	case reply.Authoritative:
		return ""
	case reply.RecursionAvailable:
		return "answered without authority, like a resolver; if all of them do, something in the network intercepts DNS queries"
	case len(reply.Ns) > 0 && reply.Ns[0].Header().Rrtype == miekg.TypeNS:
		return "refers to other name servers, those of " + FoldName(reply.Ns[0].Header().Name)
	default:
		return "answered without authority"
	}
}

// serverAddrs returns the addresses at which to ask a name server, in this order.
func (l *Lookup) serverAddrs(ctx context.Context, server string) ([]string, error) {
	if l.authorityAddr != nil {
		if addr, ok := l.authorityAddr(server); ok {
			return []string{addr}, nil
		}
	}
	var (
		v4, v6      []string
		err4, err6  error
		resolutions sync.WaitGroup
	)
	resolutions.Go(func() { v4, err4 = l.addresses(ctx, server, miekg.TypeA) })
	resolutions.Go(func() { v6, err6 = l.addresses(ctx, server, miekg.TypeAAAA) })
	resolutions.Wait()
	if addrs := attemptOrder(v4, v6); len(addrs) > 0 {
		return addrs, nil
	}
	if err := errors.Join(err4, err6); err != nil {
		return nil, fmt.Errorf("looking for the address of name server %s: %w", server, err)
	}
	return nil, fmt.Errorf("name server %s has no address", server)
}

func (l *Lookup) addresses(ctx context.Context, server string, qtype uint16) ([]string, error) {
	answer, err := l.Recursive(ctx, server, qtype)
	if err != nil {
		return nil, err
	}
	var addrs []string
	for _, rr := range answer.Records {
		switch rr := rr.(type) {
		case *miekg.A:
			addrs = append(addrs, net.JoinHostPort(rr.A.String(), dnsPort))
		case *miekg.AAAA:
			addrs = append(addrs, net.JoinHostPort(rr.AAAA.String(), dnsPort))
		}
	}
	return addrs, nil
}

// attemptOrder chooses which addresses of one server to try. A machine with only one of IPv4 and
// IPv6 fails at the other at once, so both are tried. The first address is tried again at the end,
// in case a packet was lost.
func attemptOrder(v4, v6 []string) []string {
	switch {
	case len(v4) > 0 && len(v6) > 0:
		return []string{v4[0], v6[0], v4[len(v4)-1]}
	case len(v4) > 0:
		return v4[:min(attempts, len(v4))]
	default:
		return v6[:min(attempts, len(v6))]
	}
}
