package rfc2136api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// failed is the error of an exchange without an answer. unsure is whether it was about a change
// that may have been made.
func (h *Host) failed(op, object string, err error, unsure bool) error {
	e := &api.Error{
		Service: h.service(),
		Op:      op,
		Object:  object,
		Kind:    api.ErrUnavailable,
		Cause:   err,
		Unsure:  unsure,
	}
	switch {
	case errors.Is(err, context.Canceled):
		e.Cause, e.Kind = context.Canceled, nil
	case errors.Is(err, errUnsigned), errors.Is(err, errForged):
		e.Advice = fmt.Sprintf("Either %s is not the server that has the TSIG key %q, or something in between changes its messages", h.address, h.keyName())
	default:
		e.Advice = "Check that the server is up and that its port can be reached from here, by UDP and TCP"
	}
	return e
}

// refused is the error of an answer with another code than NOERROR. It says what the code means for
// this operation, and what to do.
func (h *Host) refused(op, object string, reply *miekg.Msg) *api.Error {
	e := &api.Error{
		Service: h.service(),
		Op:      op,
		Object:  object,
		Code:    rcodeName(reply.Rcode),
	}
	tsig := reply.IsTsig()
	switch {
	case reply.Rcode == miekg.RcodeNotAuth && tsig != nil && tsig.Error != miekg.RcodeSuccess:
		e.Kind = api.ErrAuth
		e.Code += ", " + rcodeName(int(tsig.Error))
		e.Advice = h.keyAdvice(tsig)
	case reply.Rcode == miekg.RcodeNotAuth:
		e.Kind = api.ErrNotFound
		e.Advice = strangerAdvice
	case reply.Rcode == miekg.RcodeNotZone:
		e.Advice = "A name lies outside of the zone: check the zone's name"
	case reply.Rcode == miekg.RcodeRefused:
		e.Kind = api.ErrAuth
		e.Advice = h.permissionAdvice()
	case reply.Rcode == miekg.RcodeServerFailure:
		e.Kind = api.ErrUnavailable
		e.Advice = "The server has trouble with this zone, which may not be loaded or have expired: its log says more"
	case reply.Rcode == miekg.RcodeNotImplemented, reply.Rcode == miekg.RcodeFormatError:
		e.Advice = "The server does not know dynamic updates (RFC 2136), or has them switched off"
	}
	return e
}

const strangerAdvice = "The server is not the primary server of this zone: give the server that the zone's SOA record names, and check the zone's name"

// keyAdvice says what is wrong with the key, by the error in a TSIG record. PowerDNS sends none.
func (h *Host) keyAdvice(tsig *miekg.TSIG) string {
	if h.key == nil {
		return "The server answers as if there were a TSIG key, although none is configured"
	}
	algorithm := strings.TrimSuffix(h.key.algorithm, ".")
	switch {
	case tsig == nil:
		return fmt.Sprintf("The server does not accept the TSIG key %q of algorithm %s: check its name, algorithm and secret against the server's configuration, "+
			"and that the clocks of both machines agree", h.keyName(), algorithm)
	case tsig.Error == miekg.RcodeBadKey:
		return fmt.Sprintf("The server has no TSIG key %q of algorithm %s, or allows it nothing in this zone: check name and algorithm against the server's configuration "+
			"(Knot DNS: also the zone's acl)", h.keyName(), algorithm)
	case tsig.Error == miekg.RcodeBadSig:
		return fmt.Sprintf("The server knows the TSIG key %q, but with another secret: check the secret", h.keyName())
	case tsig.Error == miekg.RcodeBadTime:
		return h.clockAdvice(tsig)
	}
	return fmt.Sprintf("The server does not accept the TSIG key %q", h.keyName())
}

// clockAdvice says by how much the clocks differ. The server sends its own time (RFC 8945 section
// 5.2.3).
func (h *Host) clockAdvice(tsig *miekg.TSIG) string {
	advice := fmt.Sprintf("The clocks of the server and of this machine are more than %d seconds apart", fudge)
	if other, err := hex.DecodeString(tsig.OtherData); err == nil && len(other) == 6 {
		var unix int64
		for _, b := range other {
			unix = unix<<8 | int64(b)
		}
		serverTime := time.Unix(unix, 0).UTC()
		advice += fmt.Sprintf(": there it is %s, here %s", serverTime.Format(time.RFC3339), h.now().UTC().Format(time.RFC3339))
	}
	return advice + ". Set the one that is wrong by NTP"
}

func (h *Host) permissionAdvice() string {
	if h.key == nil {
		return "The server does not allow this without a TSIG key from this machine's address: configure a key, or allow the address"
	}
	return fmt.Sprintf("The server does not allow this to the TSIG key %q: grant it in the zone's update policy, and transfers in its transfer policy "+
		"(BIND: update-policy or allow-update, and allow-transfer; Knot DNS: acl with the actions update and transfer; PowerDNS: TSIG-ALLOW-DNSUPDATE and TSIG-ALLOW-AXFR)", h.keyName())
}

// service is the server's name in errors.
func (h *Host) service() string { return "DNS server " + h.address }

func (h *Host) keyName() string {
	if h.key == nil {
		return ""
	}
	return strings.TrimSuffix(h.key.name, ".")
}

func rcodeName(rcode int) string {
	if name, ok := miekg.RcodeToString[rcode]; ok {
		return name
	}
	return fmt.Sprintf("RCODE %d", rcode)
}
