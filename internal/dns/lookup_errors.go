package dns

import (
	"fmt"
	"strings"

	miekg "github.com/miekg/dns"
)

// NoSuchZoneError says that neither the name nor any name above it, up to the public suffix, exists
// in the DNS: the domain is not registered or not delegated yet.
type NoSuchZoneError struct {
	// Name is the name that was looked up.
	Name string
	// Resolver is the server that said so, "host:port".
	Resolver string
}

func (e *NoSuchZoneError) Error() string {
	return fmt.Sprintf("no DNS zone holds %s: the resolver %s knows neither this name nor a domain above it that could be registered. "+
		"Check the spelling; a new domain has to be registered, and its name servers entered at the registrar, before the DNS knows it",
		e.Name, e.Resolver)
}

// UnreachableError says that none of a zone's name servers sent a reply.
type UnreachableError struct {
	// Zone is the apex of the zone.
	Zone string
	// Servers are the name servers that were asked.
	Servers []string
	// Err holds the network's error for each server.
	Err error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("none of the name servers of %s (%s) replied on port 53. While resolvers do answer, this mostly means that a firewall "+
		"lets DNS queries out to the resolvers only: allow port 53, UDP and TCP, to other addresses, or do not wait for propagation. The network said: %v",
		e.Zone, strings.Join(e.Servers, ", "), e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// LameError says that a name server is listed for a zone but has no authority over it (RFC 1912
// section 2.8), or fails to answer.
type LameError struct {
	// Server is the name server's name, and Addr is the address that was asked.
	Server, Addr string
	// Zone is the apex of the zone that the server should serve.
	Zone string
	// Reason is what the server answered.
	Reason string
}

func (e *LameError) Error() string {
	return fmt.Sprintf("name server %s (%s) is listed for %s but does not serve it: it %s", e.Server, e.Addr, e.Zone, e.Reason)
}

// RcodeError says that a resolver answered with a code that is neither success nor NXDOMAIN.
type RcodeError struct {
	// Resolver is the server that answered, "host:port".
	Resolver string
	// Question is the question, as "TYPE name".
	Question string
	// Rcode is the response code (RFC 6895 section 2.3).
	Rcode int
	// Text is the resolver's explanation (RFC 8914); it may be empty.
	Text string
}

func newRcodeError(resolver string, q query, reply *miekg.Msg) *RcodeError {
	return &RcodeError{Resolver: resolver, Question: q.String(), Rcode: reply.Rcode, Text: extendedError(reply)}
}

func (e *RcodeError) Error() string {
	text := fmt.Sprintf("DNS resolver %s answered %s to %s", e.Resolver, rcodeName(e.Rcode), e.Question)
	if e.Text != "" {
		text += " (" + e.Text + ")"
	}
	if e.Rcode == miekg.RcodeServerFailure {
		text += ": mostly this means that the name servers that the domain is delegated to are down, or are not set up for it"
	}
	return text
}

func rcodeName(rcode int) string {
	if name, ok := miekg.RcodeToString[rcode]; ok {
		return name
	}
	return fmt.Sprintf("RCODE%d", rcode)
}

// extendedError returns the reasons that a server gave for its response code.
func extendedError(reply *miekg.Msg) string {
	opt := reply.IsEdns0()
	if opt == nil {
		return ""
	}
	var reasons []string
	for _, option := range opt.Option {
		if ede, ok := option.(*miekg.EDNS0_EDE); ok {
			reason := miekg.ExtendedErrorCodeToString[ede.InfoCode]
			if ede.ExtraText != "" {
				reason += " (" + ede.ExtraText + ")"
			}
			reasons = append(reasons, reason)
		}
	}
	return strings.Join(reasons, ", ")
}
