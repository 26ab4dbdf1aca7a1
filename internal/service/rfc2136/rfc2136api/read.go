package rfc2136api

import (
	"context"
	"errors"
	"fmt"
	"slices"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const opRead = "transfer the zone"

// recordSets are the record sets of a snapshot as the server has them. They are the snapshot's
// Native.
type recordSets map[dns.SetKey][]miekg.RR

// Read transfers the zone. The error is dns.ErrNotListable if the server has the zone and accepts
// the key, but refuses the transfer.
//
// A change by this Host is visible as soon as the server has accepted it, even if the server serves
// a signed copy of the zone that follows later.
func (h *Host) Read(ctx context.Context, zone dns.HostedZone) (*dns.Snapshot, error) {
	return h.settled(ctx, zone, func() (*dns.Snapshot, error) {
		rrs, err := h.transfer(ctx, zone.Apex)
		for try := 1; try < readAttempts && errors.Is(err, api.ErrUnavailable) && ctx.Err() == nil; try++ {
			rrs, err = h.transfer(ctx, zone.Apex)
		}
		if err != nil {
			return nil, err
		}
		return h.newSnapshot(zone, rrs)
	})
}

// newSnapshot decodes records. It leaves out hidden ones and those of other zones.
func (h *Host) newSnapshot(zone dns.HostedZone, rrs []miekg.RR) (*dns.Snapshot, error) {
	snapshot := &dns.Snapshot{Zone: zone, Native: recordSets{}}
	for _, rr := range rrs {
		if slices.Contains(hidden, rr.Header().Rrtype) {
			continue
		}
		if err := h.show(snapshot, rr); err != nil {
			return nil, err
		}
	}
	return snapshot, nil
}

// show adds a record of the zone to a snapshot. Its Native is the record as the server has it.
func (h *Host) show(snapshot *dns.Snapshot, rr miekg.RR) error {
	r, err := dns.RecordFromWire(rr)
	if err != nil {
		return fmt.Errorf("%s: %s %s: %w", h.service(), opRead, snapshot.Zone.Apex, err)
	}
	if !snapshot.Zone.Holds(r.Name) {
		return nil
	}
	r.Native = rr
	snapshot.Records = append(snapshot.Records, r)
	sets := snapshot.Native.(recordSets)
	sets[r.SetKey()] = append(sets[r.SetKey()], rr)
	return nil
}

// transfer returns all records of a zone (RFC 5936).
func (h *Host) transfer(ctx context.Context, apex string) ([]miekg.RR, error) {
	msg := new(miekg.Msg).SetAxfr(miekg.Fqdn(apex))
	c, _, err := h.begin(ctx, "tcp", msg)
	if err != nil {
		return nil, h.failed(opRead, apex, err, false)
	}
	defer c.end()
	var rrs []miekg.RR
	for first := true; ; first = false {
		reply, err := c.receive(ctx, !first)
		if err != nil {
			return nil, h.failed(opRead, apex, err, false)
		}
		if reply.Rcode != miekg.RcodeSuccess {
			return nil, h.denied(ctx, opRead, apex, reply)
		}
		rrs = append(rrs, reply.Answer...)
		// The zone stands between two copies of its SOA.
		if len(rrs) == 0 || rrs[0].Header().Rrtype != miekg.TypeSOA {
			return nil, h.failed(opRead, apex, errors.New("the answer does not begin with the zone's SOA record"), false)
		}
		if len(rrs) > 1 && rrs[len(rrs)-1].Header().Rrtype == miekg.TypeSOA {
			if c.key != nil && len(c.unsigned) > 0 {
				return nil, h.failed(opRead, apex, errUnsigned, false)
			}
			return rrs[:len(rrs)-1], nil
		}
	}
}
