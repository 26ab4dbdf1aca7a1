package check

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"
)

// checkNoAddress says why an IP address is no domain that could be looked at.
func checkNoAddress(domain string) error {
	if addr, err := netip.ParseAddr(strings.Trim(domain, "[]")); err == nil {
		return fmt.Errorf("%s is an IP address, and not a mail domain: give the domain behind the @ of its addresses", addr)
	}
	return nil
}

// absent reports whether the domain does not exist, and neither does any name below it. One answer is
// not enough: there are name servers that say so of names that have records of other types.
func (r *run) absent() bool {
	replies := each([]uint16{miekg.TypeMX, miekg.TypeTXT}, func(qtype uint16) reply { return r.ask(r.Domain, qtype) })
	return !slices.ContainsFunc(replies, func(a reply) bool {
		return a.err != nil || !a.nx || a.malformed != nil || len(a.aliases) > 0
	})
}

// lookAtAbsent is about a domain that does not exist. It says so once: what is missing follows from
// it, and the name servers of the zone above are not at fault. Receivers look for a DMARC policy all
// the same, which the domains above may have.
func (r *run) lookAtAbsent() {
	if r.needs(dmarcGroup) {
		lookAtDMARC(r)
	}
	said := false
	for _, e := range r.order {
		switch {
		case e.Group == dmarcGroup.name:
		case !said:
			said = true
			r.set(e.ID, failed("%s does not exist (NXDOMAIN)", r.Domain).at(Critical).
				want("the domain, with records: is its name right, and is it registered and delegated?"))
		default:
			r.set(e.ID, skipped("the domain does not exist"))
		}
	}
}
