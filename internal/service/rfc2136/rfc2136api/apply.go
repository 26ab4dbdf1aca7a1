package rfc2136api

import (
	"context"
	"errors"
	"fmt"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const opApply = "update the zone"

// Apply sends one UPDATE whose prerequisites are the record sets that it changes. BIND 9.18, Knot
// DNS 3.2 and PowerDNS 4.7 carry out a message completely or not at all, even if they refuse only
// its last record.
//
// A change that does not fit into one message of at most 64 KiB is sent in several, divided between
// names. If one of them fails after another was carried out, the error is api.ErrOutcomeUnknown.
//
// Prerequisites do not prove everything. No server compares TTLs. PowerDNS also takes texts that
// differ only in the case of letters for the same, but does not delete one for the other.
func (h *Host) Apply(ctx context.Context, base *dns.Snapshot, changes dns.ChangeSet) error {
	if _, ok := base.Native.(recordSets); !ok {
		return fmt.Errorf("%s: %s %s: the zone was not read from such a server", h.service(), opApply, base.Zone.Apex)
	}
	d, err := newDraft(base, changes)
	if err != nil {
		return err
	}
	updates, err := d.updates()
	if err != nil {
		return err
	}
	for i, u := range updates {
		err := h.update(ctx, d, u)
		if err != nil && i > 0 {
			return h.halfDone(base.Zone.Apex, i, len(updates), err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// update carries out an update once. It may try several forms of the message until one is not
// refused.
func (h *Host) update(ctx context.Context, d *draft, u *update) error {
	apex := d.zone.Apex
	reply, err := h.send(ctx, apex, u)
	if err == nil && reply.Rcode == miekg.RcodeRefused && u.restores {
		// BIND does not add what it takes for a mistake, such as an MX to a host without an
		// address, although it accepts that from the zone's file.
		u = d.rewritten(u, form{exact: true, proof: required})
		reply, err = h.send(ctx, apex, u)
	}
	if err == nil && reply.Rcode == miekg.RcodeNXRrset {
		if other := h.proven(ctx, d, u); other != nil {
			u = other
			reply, err = h.send(ctx, apex, u)
		}
	}
	if err != nil {
		return err
	}
	return h.outcome(ctx, apex, u, reply)
}

// send sends an update, once.
func (h *Host) send(ctx context.Context, apex string, u *update) (*miekg.Msg, error) {
	reply, sent, err := h.exchange(ctx, h.transport, u.message(apex))
	if err == nil {
		return reply, nil
	}
	if sent {
		h.remember(apex, u.sets)
	}
	return nil, h.failed(opApply, apex, err, sent)
}

// outcome is what the answer to an update means.
func (h *Host) outcome(ctx context.Context, apex string, u *update, reply *miekg.Msg) error {
	switch {
	case reply.Rcode == miekg.RcodeSuccess:
		h.remember(apex, u.sets)
		return nil
	case isChanged(reply.Rcode):
		return fmt.Errorf("%s: %s %s: %s: %w", h.service(), opApply, apex, rcodeName(reply.Rcode), dns.ErrZoneChanged)
	}
	refused := h.denied(ctx, opApply, apex, reply)
	switch reply.Rcode {
	case miekg.RcodeServerFailure:
		// A secondary server gives the same answer if it has passed the update on and has no answer
		// yet (RFC 2136 section 6).
		refused.Unsure = true
		h.remember(apex, u.sets)
	case miekg.RcodeRefused:
		refused.Advice += ". BIND also refuses records that it takes for mistakes, such as an MX to a host without an address: its log says which"
	}
	return refused
}

// halfDone is the error of a change of which a part was made.
func (h *Host) halfDone(apex string, done, all int, err error) error {
	return &api.Error{
		Service: h.service(),
		Op:      opApply,
		Object:  apex,
		Cause:   fmt.Errorf("the change took %d messages, and after %d of them: %w", all, done, opaque(err)),
		Unsure:  true,
	}
}

// opaque keeps only the text of an error. Its type might say that nothing was applied, which is
// true of a part and wrong for the whole.
func opaque(err error) error { return errors.New(err.Error()) }

// isChanged is whether a response code says that a prerequisite does not hold (RFC 2136 section
// 2.2), so that nothing was applied.
func isChanged(rcode int) bool {
	switch rcode {
	case miekg.RcodeYXDomain, miekg.RcodeYXRrset, miekg.RcodeNXRrset, miekg.RcodeNameError:
		return true
	}
	return false
}
