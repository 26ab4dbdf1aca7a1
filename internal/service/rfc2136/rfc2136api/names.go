package rfc2136api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	opReadNames = "read records of"
	// parallelNames is how many names are queried at a time.
	parallelNames = 8
)

// askedTypes are the types to query if the server does not return all types of a name at once: what
// mail needs, and what often conflicts with that. The CNAME comes first, because nothing stands
// beside it. [Host.unseen] finds other types.
var askedTypes = []uint16{
	miekg.TypeCNAME, miekg.TypeNS, miekg.TypeA, miekg.TypeAAAA, miekg.TypeMX, miekg.TypeTXT,
	miekg.TypeSRV, miekg.TypeCAA, miekg.TypeTLSA, miekg.TypeDNAME, miekg.TypeHTTPS,
}

// ReadNames queries the names one by one. A zone cut at or above a name shows as the NS records at
// the cut. Records that a name only seems to have, because of a wildcard, are left out.
//
// The snapshot shows all records of a name, of any type: prerequisites find what queries do not
// return.
func (h *Host) ReadNames(ctx context.Context, zone dns.HostedZone, names []string) (*dns.Snapshot, error) {
	return h.settled(ctx, zone, func() (*dns.Snapshot, error) {
		found := make([][]miekg.RR, len(names))
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(parallelNames)
		for i, name := range names {
			group.Go(func() (err error) {
				found[i], err = h.readName(ctx, zone, name)
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		var rrs []miekg.RR
		for _, some := range found {
			// Several names may lie below the same cut.
			rrs = append(rrs, without(some, rrs)...)
		}
		snapshot, err := h.newSnapshot(zone, rrs)
		if err != nil {
			return nil, err
		}
		snapshot.Names = slices.Clone(names)
		if snapshot.Names == nil {
			snapshot.Names = []string{}
		}
		return snapshot, nil
	})
}

// readName returns the records at a name, or the delegation that it lies below.
//
// A server need not return all types at once, but it returns some if there are any (RFC 8482
// section 4). BIND and PowerDNS return all of them by TCP. Prerequisites then prove that these are
// all, so most names take two messages.
func (h *Host) readName(ctx context.Context, zone dns.HostedZone, name string) ([]miekg.RR, error) {
	reply, err := h.ask(ctx, name, miekg.TypeANY)
	if err != nil {
		return nil, err
	}
	if cut := delegation(zone, reply, name); cut != nil {
		return cut, nil
	}
	if len(reply.Answer) == 0 {
		return nil, nil
	}
	rrs := ownData(reply.Answer, name)
	if len(rrs) > 0 {
		if all, err := h.allHold(ctx, zone, exactly(name, rrs)); all || err != nil {
			return rrs, err
		}
	}
	if name != zone.Apex {
		if exists, err := h.exists(ctx, zone, name); !exists || err != nil {
			return nil, err
		}
	}
	return h.readTypes(ctx, zone, name, typesOf(rrs))
}

// exactly returns the prerequisites that a name has these records and no others.
func exactly(name string, rrs []miekg.RR) []miekg.RR {
	types := typesOf(rrs)
	prerequisites := absent(name, slices.Concat(assigned, private), func(rrtype uint16) bool { return slices.Contains(types, rrtype) })
	for _, rr := range rrs {
		prerequisites = append(prerequisites, withClass(rr, miekg.ClassINET))
	}
	return prerequisites
}

// readTypes queries a name that exists by types: its known ones, those in askedTypes, and those
// that neither of them showed.
func (h *Host) readTypes(ctx context.Context, zone dns.HostedZone, name string, known []uint16) ([]miekg.RR, error) {
	var rrs []miekg.RR
	types := slices.Clone(askedTypes)
	for _, rrtype := range known {
		if !slices.Contains(types, rrtype) {
			types = append(types, rrtype)
		}
	}
	asked := map[uint16]bool{}
	for round := 0; len(types) > 0; round++ {
		for _, rrtype := range types {
			asked[rrtype] = true
			some, cut, err := h.readSet(ctx, zone, name, rrtype)
			if err != nil || cut != nil {
				return cut, err
			}
			if round > 0 && len(some) == 0 {
				if err := h.checkGone(ctx, zone, name, rrtype); err != nil {
					return nil, err
				}
			}
			rrs = append(rrs, some...)
			if rrtype == miekg.TypeCNAME && len(some) > 0 {
				return rrs, nil
			}
		}
		var err error
		if types, err = h.unseen(ctx, zone, name, asked); err != nil {
			return nil, err
		}
	}
	return rrs, nil
}

// readSet queries the records of one name and type, or the delegation that the name lies below.
func (h *Host) readSet(ctx context.Context, zone dns.HostedZone, name string, rrtype uint16) (rrs, cut []miekg.RR, err error) {
	reply, err := h.ask(ctx, name, rrtype)
	if err != nil {
		return nil, nil, err
	}
	if cut := delegation(zone, reply, name); cut != nil {
		return nil, cut, nil
	}
	rrs = slices.DeleteFunc(ownData(reply.Answer, name), func(rr miekg.RR) bool { return rr.Header().Rrtype != rrtype })
	return rrs, nil, nil
}

// checkGone is the error of a type that a name has and that the server does not return. There is
// none if somebody has just deleted it.
func (h *Host) checkGone(ctx context.Context, zone dns.HostedZone, name string, rrtype uint16) error {
	gone, err := h.allHold(ctx, zone, []miekg.RR{empty(name, rrtype, miekg.ClassNONE)})
	if gone || err != nil {
		return err
	}
	return &api.Error{
		Service: h.service(),
		Op:      opReadNames,
		Object:  name,
		Answer:  fmt.Sprintf("the name has records of the type %s, which the server does not show when it is asked for them", miekg.Type(rrtype)),
		Advice:  "Allow zone transfers to this machine or to its TSIG key, so that the zone can be read as a whole",
	}
}

// unseen returns the types that a name has and that were not queried.
func (h *Host) unseen(ctx context.Context, zone dns.HostedZone, name string, asked map[uint16]bool) ([]uint16, error) {
	var find func(types []uint16) ([]uint16, error)
	find = func(types []uint16) ([]uint16, error) {
		none, err := h.allHold(ctx, zone, absent(name, types, func(rrtype uint16) bool { return asked[rrtype] }))
		switch {
		case none || err != nil:
			return nil, err
		case len(types) == 1:
			return types, nil
		}
		first, err := find(types[:len(types)/2])
		if err != nil {
			return nil, err
		}
		second, err := find(types[len(types)/2:])
		return append(first, second...), err
	}
	return find(slices.Concat(assigned, private))
}

// ownData returns the records of an answer that belong to the name itself.
func ownData(answer []miekg.RR, name string) []miekg.RR {
	var rrs []miekg.RR
	for _, rr := range answer {
		if dns.FoldName(rr.Header().Name) == name && !slices.Contains(hidden, rr.Header().Rrtype) {
			rrs = append(rrs, rr)
		}
	}
	return rrs
}

// typesOf returns the types of records, each once.
func typesOf(rrs []miekg.RR) []uint16 {
	var types []uint16
	for _, rr := range rrs {
		if !slices.Contains(types, rr.Header().Rrtype) {
			types = append(types, rr.Header().Rrtype)
		}
	}
	return types
}

func (h *Host) ask(ctx context.Context, name string, qtype uint16) (*miekg.Msg, error) {
	reply, err := h.query(ctx, name, qtype)
	if err != nil {
		return nil, h.failed(opReadNames, name, err, false)
	}
	if reply.Rcode != miekg.RcodeSuccess && reply.Rcode != miekg.RcodeNameError {
		return nil, h.refused(opReadNames, name, reply)
	}
	return reply, nil
}

// delegation returns the NS records of a zone cut at or above the name, if the answer refers to
// one.
func delegation(zone dns.HostedZone, reply *miekg.Msg, name string) []miekg.RR {
	var cut []miekg.RR
	if reply.Authoritative {
		return nil
	}
	for _, rr := range slices.Concat(reply.Answer, reply.Ns) {
		owner := dns.FoldName(rr.Header().Name)
		if rr.Header().Rrtype == miekg.TypeNS && owner != zone.Apex && zone.Holds(owner) && (name == owner || strings.HasSuffix(name, "."+owner)) {
			cut = append(cut, rr)
		}
	}
	return cut
}

// exists is whether a name has records of its own. It asks by an update with that one prerequisite,
// because wildcards do not count there (RFC 2136 section 2.4.4); the answer to a query looks the
// same with a wildcard.
func (h *Host) exists(ctx context.Context, zone dns.HostedZone, name string) (bool, error) {
	reply, err := h.test(ctx, zone.Apex, []miekg.RR{empty(name, miekg.TypeANY, miekg.ClassANY)})
	switch {
	case err != nil:
		return false, h.failed(opReadNames, name, err, false)
	case reply.Rcode == miekg.RcodeNameError:
		return false, nil
	case reply.Rcode != miekg.RcodeSuccess:
		return false, h.denied(ctx, opReadNames, zone.Apex, reply)
	}
	return true, nil
}
