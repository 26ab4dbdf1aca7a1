package rfc2136sim

import (
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// update carries out an UPDATE by RFC 2136 section 3, completely or not at all.
func (s *Service) update(query *miekg.Msg, key string) (*miekg.Msg, error) {
	rcode := func(code int) (*miekg.Msg, error) { return new(miekg.Msg).SetRcode(query, code), nil }
	question := query.Question[0]
	if question.Qtype != miekg.TypeSOA || question.Qclass != miekg.ClassINET {
		return rcode(miekg.RcodeFormatError)
	}
	apex, err := dns.Canonical(question.Name)
	if err != nil {
		return rcode(miekg.RcodeNotAuth)
	}
	powerDNS := s.conditions().Switches[SwitchPowerDNS] // which looks into the store itself
	var code int
	err = store.Update(s.store, Section, func(state *State) error {
		lines, exists := state.Zones[apex]
		switch {
		case !exists:
			code = miekg.RcodeNotAuth
			return nil
		case key == "":
			code = miekg.RcodeRefused
			return nil
		}
		records, err := parse(apex, lines)
		if err != nil {
			return err
		}
		z := &zone{apex: miekg.Fqdn(apex), records: records, powerDNS: powerDNS}
		if code = z.require(query.Answer); code != miekg.RcodeSuccess {
			return nil
		}
		if code = z.scan(query.Ns); code != miekg.RcodeSuccess {
			return nil
		}
		// A policy applies to records: without any, there is nothing to refuse.
		if key != KeyName && len(query.Ns) > 0 {
			code = miekg.RcodeRefused
			return nil
		}
		for _, rr := range query.Ns {
			z.apply(rr)
		}
		if code = z.checkResult(query.Ns); code != miekg.RcodeSuccess || !z.changed {
			return nil
		}
		if !z.counted {
			z.countOn()
		}
		state.Zones[apex] = z.lines()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rcode(code)
}

// scan checks the update section before anything is done (RFC 2136 section 3.4.1).
func (z *zone) scan(updates []miekg.RR) int {
	for _, rr := range updates {
		h := rr.Header()
		if !z.holds(h.Name) {
			return miekg.RcodeNotZone
		}
		ok := false
		switch h.Class {
		case miekg.ClassINET:
			ok = h.Rdlength > 0 && !isMeta(h.Rrtype)
		case miekg.ClassANY:
			ok = h.Ttl == 0 && h.Rdlength == 0 && (h.Rrtype == miekg.TypeANY || !isMeta(h.Rrtype))
		case miekg.ClassNONE:
			ok = h.Ttl == 0 && !isMeta(h.Rrtype)
		}
		if !ok {
			return miekg.RcodeFormatError
		}
	}
	return miekg.RcodeSuccess
}

// isMeta is whether a type is not for data (RFC 6895 section 3.1).
func isMeta(rrtype uint16) bool { return rrtype == miekg.TypeOPT || 128 <= rrtype && rrtype <= 255 }

// apply carries out one record of the update section (RFC 2136 section 3.4.2).
func (z *zone) apply(rr miekg.RR) {
	switch rr.Header().Class {
	case miekg.ClassINET:
		z.add(rr)
	case miekg.ClassNONE:
		rr = miekg.Copy(rr)
		rr.Header().Class = miekg.ClassINET
		z.delete(rr.Header().Name, func(other miekg.RR) bool { return z.deletes(rr, other) })
	default:
		rrtype := rr.Header().Rrtype
		if z.isApex(rr.Header().Name) && rrtype == miekg.TypeNS {
			return
		}
		z.delete(rr.Header().Name, func(other miekg.RR) bool {
			keep := z.isApex(other.Header().Name) && other.Header().Rrtype == miekg.TypeNS
			return !keep && (rrtype == miekg.TypeANY || other.Header().Rrtype == rrtype)
		})
	}
}

// add adds a record. A CNAME beside other data, or the other way round, is ignored; PowerDNS
// refuses the update. The whole record set gets the TTL of the new record.
func (z *zone) add(rr miekg.RR) {
	h := rr.Header()
	for _, other := range z.at(h.Name) {
		if isAlias, wasAlias := h.Rrtype == miekg.TypeCNAME, other.Header().Rrtype == miekg.TypeCNAME; isAlias != wasAlias {
			z.beside = true
			return
		}
	}
	if h.Rrtype == miekg.TypeSOA {
		z.addSOA(rr.(*miekg.SOA))
		return
	}
	if h.Rrtype == miekg.TypeCNAME {
		z.delete(h.Name, func(other miekg.RR) bool { return !miekg.IsDuplicate(rr, other) })
	}
	there := false
	for i, other := range z.records {
		o := other.Header()
		if o.Rrtype != h.Rrtype || !sameName(o.Name, h.Name) {
			continue
		}
		there = there || miekg.IsDuplicate(rr, other)
		if o.Ttl != h.Ttl {
			retimed := miekg.Copy(other)
			retimed.Header().Ttl = h.Ttl
			z.records[i], z.changed = retimed, true
		}
	}
	if !there {
		z.records, z.changed = append(z.records, miekg.Copy(rr)), true
	}
}

// addSOA replaces the zone's SOA by one with a greater serial number.
func (z *zone) addSOA(soa *miekg.SOA) {
	if z.isApex(soa.Hdr.Name) && int32(soa.Serial-z.records[0].(*miekg.SOA).Serial) > 0 { //nolint:gosec // RFC 1982: the difference counts, modulo 2^32
		z.records[0], z.changed, z.counted = miekg.Copy(soa), true, true
	}
}

// delete removes records of a name, but never the SOA nor the last name server of the zone.
func (z *zone) delete(name string, matches func(miekg.RR) bool) {
	servers := 0
	for _, rr := range z.at(z.apex) {
		if rr.Header().Rrtype == miekg.TypeNS {
			servers++
		}
	}
	z.records = slices.DeleteFunc(z.records, func(rr miekg.RR) bool {
		h := rr.Header()
		if h.Rrtype == miekg.TypeSOA || !sameName(h.Name, name) || !matches(rr) {
			return false
		}
		if h.Rrtype == miekg.TypeNS && z.isApex(h.Name) {
			if servers == 1 {
				return false
			}
			servers--
		}
		z.changed = true
		return true
	})
}
