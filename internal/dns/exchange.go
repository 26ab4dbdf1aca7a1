package dns

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/netfault"
)

// ednsSize is the offered UDP size. Packets of this size pass all networks without fragmentation.
const ednsSize = 1232

// attempts is how often a question is sent to a silent server, because one packet may get lost.
const attempts = 2

// query is one question, and how it is to be asked.
type query struct {
	name             string // canonical
	qtype            uint16
	recursionDesired bool
	checkingDisabled bool // also answer what DNSSEC validation refuses
}

func (q query) String() string {
	return miekg.Type(q.qtype).String() + " " + q.name
}

func (q query) message(edns bool) *miekg.Msg {
	msg := new(miekg.Msg).SetQuestion(miekg.Fqdn(q.name), q.qtype)
	msg.RecursionDesired = q.recursionDesired
	msg.CheckingDisabled = q.checkingDisabled
	// This asks a resolver to say whether it has validated the answer (RFC 6840 section 5.7).
	msg.AuthenticatedData = q.recursionDesired
	if edns {
		msg.SetEdns0(ednsSize, false)
	}
	return msg
}

// askAny asks one address after another until one gives a usable answer. A single address that is
// silent is asked twice. If no answer is usable, it returns the last outcome.
func (l *Lookup) askAny(ctx context.Context, addrs []string, timeout time.Duration, q query) (addr string, reply *miekg.Msg, err error) {
	if len(addrs) == 0 {
		return "", nil, errors.New("there is no DNS server to ask")
	}
	for i := range max(attempts, len(addrs)) {
		if reply != nil && i >= len(addrs) {
			break
		}
		tried := addrs[i%len(addrs)]
		answered, failure := l.exchange(ctx, tried, timeout, q)
		if ctx.Err() != nil {
			return tried, nil, fmt.Errorf("asking %s for %s: %w", tried, q, netfault.Plain(ctx.Err()))
		}
		switch {
		case failure == nil && !refuses(answered):
			return tried, answered, nil
		case failure == nil:
			addr, reply, err = tried, answered, nil
		case reply == nil:
			addr, err = tried, fmt.Errorf("asking %s for %s: %w", tried, q, failure)
		}
	}
	return addr, reply, err
}

// refuses reports whether a reply says nothing about the name, only that this server has no answer.
// Another server may have one.
func refuses(reply *miekg.Msg) bool {
	return reply.Rcode != miekg.RcodeSuccess && reply.Rcode != miekg.RcodeNameError
}

// exchange asks one server once. Callers with the same question share one exchange, so it is
// independent of the context of the caller that began it, and ends by its own timeout.
func (l *Lookup) exchange(ctx context.Context, addr string, timeout time.Duration, q query) (*miekg.Msg, error) {
	key := fmt.Sprintf("%s %s %t %t", addr, q, q.recursionDesired, q.checkingDisabled)
	flight := l.flights.DoChan(key, func() (any, error) {
		l.slots <- struct{}{}
		defer func() { <-l.slots }()
		return send(addr, timeout, q)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-flight:
		if result.Err != nil {
			return nil, result.Err
		}
		// Others may have got the same message, so this returns a copy.
		return result.Val.(*miekg.Msg).Copy(), nil
	}
}

// send asks by UDP. It asks without EDNS if the server does not know it (RFC 6891 section 7), and
// by TCP if the answer does not fit.
func send(addr string, timeout time.Duration, q query) (*miekg.Msg, error) {
	msg := q.message(true)
	reply, err := roundTrip("udp", addr, timeout, msg)
	if err == nil && reply.IsEdns0() == nil &&
		(reply.Rcode == miekg.RcodeFormatError || reply.Rcode == miekg.RcodeNotImplemented) {
		msg = q.message(false)
		reply, err = roundTrip("udp", addr, timeout, msg)
	}
	if err == nil && reply.Truncated {
		reply, err = roundTrip("tcp", addr, timeout, msg)
		if err != nil {
			return nil, fmt.Errorf("the reply is too long for UDP, and TCP failed: %w", err)
		}
	}
	return reply, err
}

func roundTrip(network, addr string, timeout time.Duration, msg *miekg.Msg) (*miekg.Msg, error) {
	client := miekg.Client{Net: network, Timeout: timeout}
	reply, _, err := client.Exchange(msg, addr)
	if err != nil {
		return nil, netfault.Plain(err)
	}
	if !reply.Response || len(reply.Question) != 1 ||
		reply.Question[0].Qtype != msg.Question[0].Qtype ||
		!sameName(reply.Question[0].Name, msg.Question[0].Name) {
		return nil, errors.New("the reply is to another question")
	}
	return reply, nil
}

// silent reports whether an exchange failed because nothing came back: a timeout, a closed port, no
// route.
func silent(err error) bool {
	var network net.Error
	return errors.As(err, &network)
}
