package rfc2136

import (
	"context"
	"errors"
	"fmt"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const opApply = "update the zone"

// Apply sends one UPDATE, with the record sets that it touches as prerequisites.
//
// What does not fit into one message, of at most 64 KiB, goes in several, cut
// between names. A CNAME in place of other data is sent twice, see aliasAgain. When one of them fails after another was carried out, the error
// is api.ErrOutcomeUnknown.
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
		err := h.update(ctx, base.Zone.Apex, u)
		if u.again && errors.Is(err, dns.ErrZoneChanged) {
			continue // nothing was left out
		}
		if err != nil && i > 0 {
			return h.halfDone(base.Zone.Apex, i, len(updates), err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// update sends an UPDATE, once.
func (h *Host) update(ctx context.Context, apex string, u *update) error {
	reply, sent, err := h.exchange(ctx, h.transport, u.message(apex))
	if err != nil {
		if sent {
			h.remember(apex, u.sets)
		}
		return h.failed(opApply, apex, err, sent)
	}
	switch {
	case reply.Rcode == miekg.RcodeSuccess:
		h.remember(apex, u.sets)
		return nil
	case isChanged(reply.Rcode):
		return fmt.Errorf("%s: %s %s: %s: %w", h.service(), opApply, apex, rcodeName(reply.Rcode), dns.ErrZoneChanged)
	}
	refused := h.refused(opApply, apex, reply)
	switch reply.Rcode {
	case miekg.RcodeServerFailure:
		// So answers also a secondary server that has passed the update on, and
		// has not heard of it since (RFC 2136 section 6).
		refused.Unsure = true
		h.remember(apex, u.sets)
	case miekg.RcodeRefused:
		refused.Advice += ". BIND also refuses records that it takes for mistakes, such as an MX to a host without an address: its log says which"
	}
	return refused
}

// halfDone is the error of a change of which a part was carried out.
func (h *Host) halfDone(apex string, done, all int, err error) error {
	return &api.Error{
		Service: h.service(),
		Op:      opApply,
		Object:  apex,
		Cause:   fmt.Errorf("the change took %d messages, and after %d of them: %w", all, done, opaque(err)),
		Unsure:  true,
	}
}

// opaque keeps the text of an error and nothing that it can be asked for: of a
// part it might say that nothing was applied, and of the whole that is wrong.
func opaque(err error) error { return errors.New(err.Error()) }

// isChanged is whether a response code says that a prerequisite does not hold
// (RFC 2136 section 2.2): nothing was applied.
func isChanged(rcode int) bool {
	switch rcode {
	case miekg.RcodeYXDomain, miekg.RcodeYXRrset, miekg.RcodeNXRrset, miekg.RcodeNameError:
		return true
	}
	return false
}
