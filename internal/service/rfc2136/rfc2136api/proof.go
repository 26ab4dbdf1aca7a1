package rfc2136api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// PowerDNS 4.7 does not compare record sets as RFC 2136 section 3.2 says. It counts how many texts
// in its database equal a text of the prerequisites, whatever the case of letters, and compares
// that number with the number of records in the set. So prerequisites never hold for a set
//   - with two texts that differ in the case of letters, since each counts for both;
//   - with data that is written in the database otherwise than PowerDNS would write
//     it, such as "v=DMARC1\; p=none", or an IPv6 address in upper case.
//
// The functions below find prerequisites that do hold for such sets.

// proven returns an update that the server has refused with NXRRSET, with prerequisites that hold
// for sets which PowerDNS compares in its own way. It returns nil if the zone has really changed,
// or if it cannot be shown that it has not.
func (h *Host) proven(ctx context.Context, d *draft, u *update) *update {
	if slices.ContainsFunc(slices.Concat(u.names...), func(s *setChange) bool { return hasTwins(s.before) }) {
		other := d.rewritten(u, form{proof: counted})
		if holds, err := h.allHold(ctx, d.zone, other.prerequisites); err == nil && holds {
			return other
		}
	}
	if d.names != nil {
		// Answers to queries may come from a cache, and then the SOA record is older than the zone.
		return nil
	}
	return h.provenBySOA(ctx, d, u)
}

// hasTwins is whether a set has texts that differ only in the case of letters.
func hasTwins(rrs []miekg.RR) bool {
	folded := map[string]bool{}
	for _, rr := range rrs {
		if _, ok := rr.(*miekg.TXT); ok {
			folded[strings.ToLower(rr.String())] = true
		}
	}
	return len(folded) > 0 && len(folded) < len(rrs)
}

// counted is [required] in PowerDNS's way of counting. Of texts that differ only in the case of
// letters it takes one, and for each of the others a text that is not in the set.
func counted(key dns.SetKey, rrs []miekg.RR) []miekg.RR {
	prerequisites := required(key, rrs)
	if !hasTwins(rrs) {
		return prerequisites
	}
	folded := map[string]bool{}
	for i, rr := range rrs {
		text := strings.ToLower(rr.String())
		if folded[text] {
			standIn := prerequisites[i].(*miekg.TXT)
			standIn.Txt = []string{fmt.Sprintf("stands for text %d of this set", i+1)}
		}
		folded[text] = true
	}
	return prerequisites
}

// provenBySOA reads the zone again. If the sets that the update changes are as they were, and the
// server compares texts, it is sufficient that the zone's SOA record is the same, besides the sets
// that can be compared: every change of the zone gives it a new serial number, except one by hand
// in the database.
func (h *Host) provenBySOA(ctx context.Context, d *draft, u *update) *update {
	rrs, err := h.transfer(ctx, d.zone.Apex)
	if err != nil {
		return nil
	}
	again, err := h.newSnapshot(d.zone, rrs)
	if err != nil {
		return nil
	}
	sets := slices.Concat(u.names...)
	if slices.ContainsFunc(sets, func(s *setChange) bool { return !sameSet(again.Native.(recordSets)[s.key], s.before) }) {
		return nil
	}
	soa := withClass(rrs[0], miekg.ClassINET)
	if counts, err := h.counts(ctx, d.zone, soa); err != nil || !counts {
		return nil
	}
	incomparable := map[dns.SetKey]bool{}
	for _, s := range sets {
		holds, err := h.allHold(ctx, d.zone, required(s.key, s.before))
		if err != nil {
			return nil
		}
		incomparable[s.key] = !holds
	}
	other := d.rewritten(u, form{proof: func(key dns.SetKey, rrs []miekg.RR) []miekg.RR {
		if incomparable[key] && len(rrs) > 0 {
			return []miekg.RR{empty(key.Name, typeOf(key.Type), miekg.ClassANY)}
		}
		return required(key, rrs)
	}})
	other.prerequisites = append(other.prerequisites, soa)
	return other
}

// counts is whether the server counts records instead of comparing sets, as PowerDNS does: then a
// set of one record differs from a set that names the record twice. Such a server has no other zone
// behind the one that it serves.
func (h *Host) counts(ctx context.Context, zone dns.HostedZone, soa miekg.RR) (bool, error) {
	twice, err := h.allHold(ctx, zone, []miekg.RR{soa, soa})
	if err != nil || twice {
		return false, err
	}
	return h.allHold(ctx, zone, []miekg.RR{soa})
}

// servesItsZone is whether the server has no other zone behind the one that it serves, which takes
// updates first. It is only known for servers that count.
func (h *Host) servesItsZone(ctx context.Context, zone dns.HostedZone) (bool, error) {
	const op = "read the SOA record of"
	reply, err := h.query(ctx, zone.Apex, miekg.TypeSOA)
	if err != nil {
		return false, h.failed(op, zone.Apex, err, false)
	}
	for _, rr := range reply.Answer {
		if rr.Header().Rrtype == miekg.TypeSOA {
			return h.counts(ctx, zone, withClass(rr, miekg.ClassINET))
		}
	}
	return false, nil
}

// allHold asks the server whether prerequisites hold in the zone itself.
func (h *Host) allHold(ctx context.Context, zone dns.HostedZone, prerequisites []miekg.RR) (bool, error) {
	const op = "compare what is served of"
	reply, err := h.test(ctx, zone.Apex, prerequisites)
	switch {
	case err != nil:
		return false, h.failed(op, zone.Apex, err, false)
	case isChanged(reply.Rcode):
		return false, nil
	case reply.Rcode != miekg.RcodeSuccess:
		return false, h.denied(ctx, op, zone.Apex, reply)
	}
	return true, nil
}
