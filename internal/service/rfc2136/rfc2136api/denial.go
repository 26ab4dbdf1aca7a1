package rfc2136api

import (
	"context"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Servers give the same code for an unknown key, for a key that lacks the permission, and for a
// zone that they do not have:
//
//	                     unknown key     may not transfer  may not update   not its zone
//	BIND 9.18            NOTAUTH BADKEY  REFUSED, signed   REFUSED, signed  NOTAUTH, signed
//	Knot DNS 3.2         NOTAUTH BADKEY  NOTAUTH BADKEY    NOTAUTH BADKEY   NOTAUTH
//	PowerDNS 4.7, AXFR   NOTAUTH         NOTAUTH           -                NOTAUTH
//	PowerDNS 4.7, UPDATE REFUSED         -                 REFUSED, signed  REFUSED, signed
//
// But if a query for the zone's SOA record is signed with the same key, all of them answer in three
// ways. A good key gets the record of a zone that they have, an unknown key gets NOTAUTH, and for a
// zone that they do not have the answer is REFUSED.

// reason is why a server does not do what was asked.
type reason int

const (
	notAllowed reason = iota // to this key, or without one
	badKey
	noZone
	otherReason // the answer itself says it
)

// why finds out the reason of an answer.
func (h *Host) why(ctx context.Context, apex string, reply *miekg.Msg) (reason, *miekg.TSIG) {
	tsig := reply.IsTsig()
	switch {
	case reply.Rcode == miekg.RcodeRefused:
	case reply.Rcode == miekg.RcodeNotAuth && (tsig == nil || tsig.Error == miekg.RcodeSuccess || tsig.Error == miekg.RcodeBadKey):
	default:
		return otherReason, tsig
	}
	soa, err := h.query(ctx, apex, miekg.TypeSOA)
	if err != nil {
		return otherReason, tsig // there is nothing but the first answer
	}
	at, found := apexAt(soa, apex)
	switch {
	case found && at == apex:
		return notAllowed, tsig
	case soa.Rcode == miekg.RcodeNotAuth && h.key != nil:
		return badKey, soa.IsTsig()
	}
	return noZone, tsig
}

// denied is [Host.refused] with the reason found out.
func (h *Host) denied(ctx context.Context, op, apex string, reply *miekg.Msg) *api.Error {
	e := h.refused(op, apex, reply)
	switch reason, tsig := h.why(ctx, apex, reply); reason {
	case notAllowed:
		e.Kind, e.Advice = api.ErrAuth, h.permissionAdvice()
		if op == opRead {
			e.Kind = dns.ErrNotListable
		}
	case badKey:
		e.Kind, e.Advice = api.ErrAuth, h.keyAdvice(tsig)
	case noZone:
		e.Kind, e.Advice = api.ErrNotFound, strangerAdvice
	case otherReason:
	}
	return e
}

// notAuth returns the error of NOTAUTH in answer to a query, or nil: some servers say so about
// names that are in none of their zones. PowerDNS also says it about a key that it does not accept,
// so it is asked again without a key.
func (h *Host) notAuth(ctx context.Context, op, name string, reply *miekg.Msg) error {
	refused := h.refused(op, name, reply)
	if refused.Kind == api.ErrAuth {
		return refused
	}
	if h.key == nil {
		return nil
	}
	unsigned := &Host{address: h.address, transport: h.transport, timeout: h.timeout, now: h.now}
	soa, err := unsigned.query(ctx, name, miekg.TypeSOA)
	if err != nil {
		return h.failed(op, name, err, false)
	}
	if _, found := apexAt(soa, name); !found {
		return nil
	}
	refused.Kind, refused.Advice = api.ErrAuth, h.keyAdvice(nil)
	return refused
}
