package rfc2136sim

import (
	"strings"

	miekg "github.com/miekg/dns"
)

// zone is a working copy of a zone.
type zone struct {
	apex    string     // fully qualified
	records []miekg.RR // the SOA first
	changed bool
	counted bool // the update has given a serial number itself
	beside  bool // the update was to add a CNAME beside other data, or the other way round

	powerDNS bool // as by SwitchPowerDNS
}

func (z *zone) holds(name string) bool  { return miekg.IsSubDomain(z.apex, name) }
func (z *zone) isApex(name string) bool { return sameName(z.apex, name) }

// at returns the records of a name.
func (z *zone) at(name string) []miekg.RR {
	var rrs []miekg.RR
	for _, rr := range z.records {
		if sameName(rr.Header().Name, name) {
			rrs = append(rrs, rr)
		}
	}
	return rrs
}

// set returns the records of a name and type.
func (z *zone) set(name string, rrtype uint16) []miekg.RR {
	var rrs []miekg.RR
	for _, rr := range z.at(name) {
		if rr.Header().Rrtype == rrtype {
			rrs = append(rrs, rr)
		}
	}
	return rrs
}

// countOn gives the zone the next serial number.
func (z *zone) countOn() {
	soa := miekg.Copy(z.records[0]).(*miekg.SOA)
	soa.Serial++
	z.records[0] = soa
}

func (z *zone) lines() []string {
	lines := make([]string, len(z.records))
	for i, rr := range z.records {
		lines[i] = rr.String()
	}
	return lines
}

// require checks the prerequisites (RFC 2136 section 3.2).
func (z *zone) require(prerequisites []miekg.RR) int {
	type set struct {
		name   string
		rrtype uint16
	}
	wanted := map[set][]miekg.RR{}
	for _, rr := range prerequisites {
		h := rr.Header()
		if h.Ttl != 0 || h.Class != miekg.ClassINET && h.Rdlength != 0 {
			return miekg.RcodeFormatError
		}
		if !z.holds(h.Name) {
			return miekg.RcodeNotZone
		}
		isName := h.Rrtype == miekg.TypeANY
		name, rrs := z.at(h.Name), z.set(h.Name, h.Rrtype)
		switch h.Class {
		case miekg.ClassANY:
			if isName && len(name) == 0 {
				return miekg.RcodeNameError
			}
			if !isName && len(rrs) == 0 {
				return miekg.RcodeNXRrset
			}
		case miekg.ClassNONE:
			if isName && len(name) > 0 {
				return miekg.RcodeYXDomain
			}
			if !isName && len(rrs) > 0 {
				return miekg.RcodeYXRrset
			}
		case miekg.ClassINET:
			key := set{miekg.CanonicalName(h.Name), h.Rrtype}
			wanted[key] = append(wanted[key], rr)
		default:
			return miekg.RcodeFormatError
		}
	}
	for key, rrs := range wanted {
		if !z.holdsSet(rrs, z.set(key.name, key.rrtype)) {
			return miekg.RcodeNXRrset
		}
	}
	return miekg.RcodeSuccess
}

// sameSet is whether both have the same records, whatever their TTLs and order.
func sameSet(a, b []miekg.RR) bool {
	contains := func(set []miekg.RR, rr miekg.RR) bool {
		for _, other := range set {
			if miekg.IsDuplicate(rr, other) {
				return true
			}
		}
		return false
	}
	for _, rr := range a {
		if !contains(b, rr) {
			return false
		}
	}
	for _, rr := range b {
		if !contains(a, rr) {
			return false
		}
	}
	return true
}

// checkMailHosts refuses an update as a whole that adds an MX to a name of the zone without an
// address, as BIND's check-mx does for dynamic updates.
func (z *zone) checkMailHosts(updates []miekg.RR) int {
	for _, rr := range updates {
		mx, ok := rr.(*miekg.MX)
		if !ok || mx.Hdr.Class != miekg.ClassINET || mx.Mx == "." || !z.holds(mx.Mx) {
			continue
		}
		if !z.hasAddress(mx.Mx) {
			return miekg.RcodeRefused
		}
	}
	return miekg.RcodeSuccess
}

// hasAddress is whether a name has an address, by itself or by a wildcard, or is below a zone cut.
func (z *zone) hasAddress(name string) bool {
	for at := name; !z.isApex(at); {
		if len(z.set(at, miekg.TypeNS)) > 0 {
			return true
		}
		_, at, _ = strings.Cut(at, ".")
	}
	if own := z.at(name); len(own) > 0 {
		return z.addressAt(name)
	}
	for at := name; !z.isApex(at); {
		_, at, _ = strings.Cut(at, ".")
		if z.addressAt("*." + at) {
			return true
		}
	}
	return false
}

func (z *zone) addressAt(name string) bool {
	return len(z.set(name, miekg.TypeA)) > 0 || len(z.set(name, miekg.TypeAAAA)) > 0
}

func sameName(a, b string) bool { return miekg.CanonicalName(a) == miekg.CanonicalName(b) }
