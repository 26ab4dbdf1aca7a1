package dnsserver

import (
	"net"

	"github.com/miekg/dns"
)

// maxChain limits how many CNAMEs are followed for one question, as real servers do.
const maxChain = 16

// answer fills a reply by the algorithm of RFC 1034 section 4.3.2, with the wildcards of RFC 4592.
// It follows the name through all zones; the reply code is that of the last name (RFC 6604).
func (w *world) answer(reply *dns.Msg, q dns.Question, recursive bool) {
	owner := q.Name
	for range maxChain {
		next := w.answerName(reply, owner, q.Qtype, recursive)
		if next == "" {
			return
		}
		owner = next
	}
	if recursive {
		reply.Rcode = dns.RcodeServerFailure
	}
}

// answerName adds the records of one name of the chain, and returns the target if the name is an
// alias to follow.
func (w *world) answerName(reply *dns.Msg, owner string, qtype uint16, recursive bool) (next string) {
	name := dns.CanonicalName(owner)
	first := len(reply.Answer) == 0
	zone := w.zoneFor(name, qtype)
	if zone == nil {
		w.answerOutside(reply, owner, qtype, recursive)
		return ""
	}
	if delegation := zone.cut(name, qtype); delegation != nil {
		if recursive {
			// The name servers of the delegation are not simulated, so a resolver reaches none of
			// them.
			reply.Rcode = dns.RcodeServerFailure
			return ""
		}
		if first {
			reply.Ns = append(reply.Ns, delegation...)
			reply.Extra = append(reply.Extra, zone.glue(delegation)...)
		}
		return ""
	}
	if first {
		reply.Authoritative = true
	}
	n, exists := zone.find(name)
	if !exists && w.isNameServer(name) {
		n, exists = w.addressNode(owner), true
	}
	if !exists {
		reply.Rcode = dns.RcodeNameError
		reply.Ns = append(reply.Ns, zone.negativeSOA())
		return ""
	}
	if qtype == dns.TypeANY {
		qtype, _ = n.anyType()
	}
	if rrs := n[qtype]; len(rrs) > 0 {
		reply.Answer = append(reply.Answer, withOwner(rrs, owner)...)
		return ""
	}
	if alias := n[dns.TypeCNAME]; len(alias) > 0 {
		reply.Answer = append(reply.Answer, withOwner(alias[:1], owner)...)
		return alias[0].(*dns.CNAME).Target
	}
	if w.isNameServer(name) && qtype == dns.TypeA && len(n[dns.TypeAAAA]) == 0 {
		reply.Answer = append(reply.Answer, w.addressNode(owner)[dns.TypeA]...)
		return ""
	}
	reply.Ns = append(reply.Ns, zone.negativeSOA())
	return ""
}

// answerOutside answers for a name in no zone. As a resolver it answers that the root does not know
// the name, unless it is a name server of some zone. As a name server it has no answer, unless an
// alias led there.
func (w *world) answerOutside(reply *dns.Msg, owner string, qtype uint16, recursive bool) {
	switch {
	case !recursive && len(reply.Answer) == 0:
		reply.Rcode = dns.RcodeRefused
	case !recursive:
	case w.isNameServer(dns.CanonicalName(owner)):
		if rrs := w.addressNode(owner)[qtype]; len(rrs) > 0 {
			reply.Answer = append(reply.Answer, rrs...)
		} else {
			reply.Ns = append(reply.Ns, rootSOA())
		}
	default:
		reply.Rcode = dns.RcodeNameError
		reply.Ns = append(reply.Ns, rootSOA())
	}
}

// addressNode is the answer for the name of a name server if no zone has it. All simulated name servers
// are this server, on the loopback interface. Those of one zone are in networks of their own, as good
// name servers are.
func (w *world) addressNode(owner string) node {
	return node{dns.TypeA: {&dns.A{
		Hdr: header(owner, dns.TypeA, synthesizedTTL),
		A:   net.IPv4(127, 0, byte(w.nameServers[dns.CanonicalName(owner)]), 1),
	}}}
}

func rootSOA() dns.RR {
	return asNegative(newSOA(".", "a.root.invalid.", "hostmaster.root.invalid."))
}
