package rfc2136

import (
	"context"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"
	"golang.org/x/sync/errgroup"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const (
	opReadNames = "read records of"
	// parallelNames is how many names are asked for at a time.
	parallelNames = 8
)

// askedTypes are what a name is asked for that has anything at all: what mail
// needs, and what stands in its way. The CNAME comes first, since nothing stands
// beside it.
var askedTypes = []uint16{
	miekg.TypeCNAME, miekg.TypeNS, miekg.TypeA, miekg.TypeAAAA, miekg.TypeMX, miekg.TypeTXT, miekg.TypeSPF,
	miekg.TypeSRV, miekg.TypeCAA, miekg.TypeTLSA, miekg.TypePTR, miekg.TypeDNAME, miekg.TypeSVCB, miekg.TypeHTTPS,
}

// ReadNames asks for the names one by one. A zone cut at or above a name shows as
// the NS records at the cut. Records that a name only seems to have, because a
// wildcard answers for it, are left out.
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
func (h *Host) readName(ctx context.Context, zone dns.HostedZone, name string) ([]miekg.RR, error) {
	// A server need not tell all types at once, but it tells some if there are
	// any (RFC 8482 section 4).
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
	var rrs []miekg.RR
	for _, qtype := range askedTypes {
		reply, err := h.ask(ctx, name, qtype)
		if err != nil {
			return nil, err
		}
		if cut := delegation(zone, reply, name); cut != nil {
			return cut, nil
		}
		for _, rr := range reply.Answer {
			if rr.Header().Rrtype == qtype && dns.FoldName(rr.Header().Name) == name {
				rrs = append(rrs, rr)
			}
		}
		if qtype == miekg.TypeCNAME && len(rrs) > 0 {
			break
		}
	}
	if len(rrs) == 0 || name == zone.Apex || strings.HasPrefix(name, "*.") {
		return rrs, nil
	}
	exists, err := h.exists(ctx, zone, name)
	if err != nil || !exists {
		return nil, err
	}
	return rrs, nil
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

// delegation returns the NS records of a zone cut at or above the name, if the
// answer refers to one.
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

// exists is whether a name has records of its own. An update that consists of
// this one prerequisite tells, since a wildcard does not count there (RFC 2136
// section 2.4.4); an answer to a question looks the same either way.
func (h *Host) exists(ctx context.Context, zone dns.HostedZone, name string) (bool, error) {
	reply, err := h.test(ctx, zone.Apex, []miekg.RR{empty(name, miekg.TypeANY, miekg.ClassANY)})
	switch {
	case err != nil:
		return false, h.failed(opReadNames, name, err, false)
	case reply.Rcode == miekg.RcodeNameError:
		return false, nil
	case reply.Rcode != miekg.RcodeSuccess:
		return false, h.refused(opReadNames, name, reply)
	}
	return true, nil
}
