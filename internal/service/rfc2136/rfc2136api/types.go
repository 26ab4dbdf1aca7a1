package rfc2136api

import (
	"slices"

	miekg "github.com/miekg/dns"
)

// hidden are the types that a snapshot leaves out: the server or its key management makes them.
var hidden = []uint16{
	miekg.TypeSOA, miekg.TypeRRSIG, miekg.TypeNSEC, miekg.TypeNSEC3, miekg.TypeNSEC3PARAM,
	miekg.TypeDNSKEY, miekg.TypeCDS, miekg.TypeCDNSKEY,
	65534, // where BIND notes the progress of its signing
}

// The types that a name may have besides hidden ones. Types of queries and of signed messages are
// not among them.
var (
	// assigned are those that have a name, or may soon have one.
	assigned = typesWithin([][2]uint16{{1, 127}, {256, 300}, {32768, 32770}})
	// private are those for private use (RFC 6895 section 3.1).
	private = typesWithin([][2]uint16{{65280, 65534}})
)

func typesWithin(ranges [][2]uint16) []uint16 {
	var types []uint16
	for _, within := range ranges {
		for rrtype := within[0]; rrtype <= within[1]; rrtype++ {
			if rrtype != miekg.TypeOPT && !slices.Contains(hidden, rrtype) {
				types = append(types, rrtype)
			}
		}
	}
	return types
}

// absent returns the prerequisites that a name has none of these types, except those in excepted.
func absent(name string, types []uint16, excepted func(rrtype uint16) bool) []miekg.RR {
	prerequisites := make([]miekg.RR, 0, len(types))
	for _, rrtype := range types {
		if !excepted(rrtype) {
			prerequisites = append(prerequisites, empty(name, rrtype, miekg.ClassNONE))
		}
	}
	return prerequisites
}
