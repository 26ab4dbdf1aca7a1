package rfc2136sim

import (
	"strings"

	miekg "github.com/miekg/dns"
)

// PowerDNS differs from BIND in what it compares: the texts of records in its database. The tests
// compare this file with PowerDNS itself.

// deletes is whether a record of the update section deletes another one (RFC 2136 section 3.4.2.4).
// PowerDNS also looks at the case of letters in names.
func (z *zone) deletes(rr, other miekg.RR) bool {
	if !miekg.IsDuplicate(rr, other) {
		return false
	}
	return !z.powerDNS || text(rr) == text(other)
}

// holdsSet is whether a set satisfies the prerequisites. PowerDNS counts the records that equal a
// prerequisite, whatever the case of letters.
func (z *zone) holdsSet(want, set []miekg.RR) bool {
	if !z.powerDNS {
		return sameSet(want, set)
	}
	matches := 0
	for _, rr := range set {
		for _, other := range want {
			if strings.EqualFold(text(rr), text(other)) {
				matches++
			}
		}
	}
	return matches == len(set) && len(set) == len(want)
}

// checkResult refuses an update as a whole because of its result: PowerDNS if a CNAME would stand
// beside other data, BIND if an MX has a host without an address.
func (z *zone) checkResult(updates []miekg.RR) int {
	if z.powerDNS {
		if z.beside {
			return miekg.RcodeRefused
		}
		return miekg.RcodeSuccess
	}
	return z.checkMailHosts(updates)
}

// text is the data of a record in presentation format.
func text(rr miekg.RR) string { return strings.TrimPrefix(rr.String(), rr.Header().String()) }
