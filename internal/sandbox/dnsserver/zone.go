package dnsserver

import (
	"slices"

	"github.com/miekg/dns"
)

// Lifetimes and timers of the records that a zone gets when its source gives none. The negative
// lifetime is the SOA's last field (RFC 2308 section 4).
const (
	synthesizedTTL = 3600
	negativeTTL    = 300
)

// fallbackNameServers are the name servers of a zone that names none: two, as a good zone has. Nobody
// can own a name below ".invalid" (RFC 6761).
var fallbackNameServers = []string{"ns1.sandbox.invalid.", "ns2.sandbox.invalid."}

// Zone is one zone of a [Source].
type Zone struct {
	// Apex is the zone's name, in any case, with or without trailing dot.
	Apex string
	// NameServers become the apex NS records, and the first of them the primary of the SOA, unless
	// Records hold such records.
	NameServers []string
	// Records are the zone's records with absolute owner names. Records outside of the apex are not
	// served.
	Records []dns.RR
}

// zoneData is a zone that is prepared for answering. All names are fully qualified and in lower
// case.
type zoneData struct {
	apex  string
	nodes map[string]node
}

// node holds the record sets of one name. A node without any is an empty non-terminal (RFC 4592
// section 2.2.2): it exists because there are names below it.
type node map[uint16][]dns.RR

func newZoneData(zone Zone) *zoneData {
	z := &zoneData{apex: dns.CanonicalName(zone.Apex), nodes: map[string]node{}}
	z.touch(z.apex)
	for _, rr := range zone.Records {
		name := dns.CanonicalName(rr.Header().Name)
		if !dns.IsSubDomain(z.apex, name) {
			continue
		}
		n := z.touch(name)
		n[rr.Header().Rrtype] = append(n[rr.Header().Rrtype], rr)
	}
	z.completeApex(zone.NameServers)
	return z
}

// touch returns the node of a name. It makes that node and those above it if necessary.
func (z *zoneData) touch(name string) node {
	for at := name; at != z.apex; at = parent(at) {
		if z.nodes[at] == nil {
			z.nodes[at] = node{}
		}
	}
	if z.nodes[z.apex] == nil {
		z.nodes[z.apex] = node{}
	}
	return z.nodes[name]
}

func (z *zoneData) completeApex(nameServers []string) {
	apex := z.nodes[z.apex]
	if len(apex[dns.TypeNS]) == 0 {
		if len(nameServers) == 0 {
			nameServers = fallbackNameServers
		}
		for _, server := range nameServers {
			apex[dns.TypeNS] = append(apex[dns.TypeNS], &dns.NS{
				Hdr: header(z.apex, dns.TypeNS, synthesizedTTL),
				Ns:  dns.CanonicalName(server),
			})
		}
	}
	if len(apex[dns.TypeSOA]) == 0 {
		primary := apex[dns.TypeNS][0].(*dns.NS).Ns
		apex[dns.TypeSOA] = []dns.RR{newSOA(z.apex, primary, "hostmaster."+z.apex)}
	}
}

// negativeSOA is the SOA in the authority section of a negative answer. Its TTL is how long the
// answer may be cached (RFC 2308 section 3).
func (z *zoneData) negativeSOA() dns.RR {
	return asNegative(z.nodes[z.apex][dns.TypeSOA][0].(*dns.SOA))
}

// cut returns the delegation at or above a name, nil if the zone itself holds the name. A DS
// question at the cut belongs to this zone (RFC 4035 section 3.1.4.1).
func (z *zoneData) cut(name string, qtype uint16) []dns.RR {
	var highest []dns.RR
	for at := name; at != z.apex; at = parent(at) {
		if at == name && qtype == dns.TypeDS {
			continue
		}
		if ns := z.nodes[at][dns.TypeNS]; len(ns) > 0 {
			highest = ns
		}
	}
	return highest
}

// find returns the node that answers for a name: its own, or the wildcard below the closest
// encloser (RFC 4592 section 3.3). Records of a wildcard still bear the wildcard's name.
func (z *zoneData) find(name string) (n node, exists bool) {
	if n, exists = z.nodes[name]; exists {
		return n, true
	}
	encloser := parent(name)
	for z.nodes[encloser] == nil {
		encloser = parent(encloser)
	}
	n, exists = z.nodes["*."+encloser]
	return n, exists
}

// glue returns the addresses that the zone has for the targets of a delegation.
func (z *zoneData) glue(delegation []dns.RR) []dns.RR {
	var glue []dns.RR
	for _, rr := range delegation {
		n := z.nodes[dns.CanonicalName(rr.(*dns.NS).Ns)]
		glue = append(glue, n[dns.TypeA]...)
		glue = append(glue, n[dns.TypeAAAA]...)
	}
	return glue
}

// anyType chooses the record set to return in an answer to ANY (RFC 8482 section 4.1).
func (n node) anyType() (uint16, bool) {
	types := make([]uint16, 0, len(n))
	for t := range n {
		types = append(types, t)
	}
	if len(types) == 0 {
		return 0, false
	}
	return slices.Min(types), true
}

func newSOA(apex, primary, mailbox string) *dns.SOA {
	return &dns.SOA{
		Hdr:     header(apex, dns.TypeSOA, synthesizedTTL),
		Ns:      primary,
		Mbox:    mailbox,
		Serial:  1,
		Refresh: 7200,
		Retry:   900,
		Expire:  1209600,
		Minttl:  negativeTTL,
	}
}

func asNegative(soa *dns.SOA) dns.RR {
	negative := *soa
	negative.Hdr.Ttl = min(soa.Hdr.Ttl, soa.Minttl)
	return &negative
}

func header(name string, rrtype uint16, ttl uint32) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: rrtype, Class: dns.ClassINET, Ttl: ttl}
}

// parent returns the name above a fully qualified one; the root's is itself.
func parent(name string) string {
	next, end := dns.NextLabel(name, 0)
	if end {
		return "."
	}
	return name[next:]
}

// withOwner copies records and gives them another owner name.
func withOwner(rrs []dns.RR, owner string) []dns.RR {
	copies := make([]dns.RR, len(rrs))
	for i, rr := range rrs {
		copies[i] = dns.Copy(rr)
		copies[i].Header().Name = owner
	}
	return copies
}
