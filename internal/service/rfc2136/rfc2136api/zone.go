package rfc2136api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// FindZone asks the server for the SOA of the name and, if it has no authority there, of the names
// above. The host keeps the result for its life.
func (h *Host) FindZone(ctx context.Context, name string) (dns.HostedZone, error) {
	name, err := dns.Canonical(name)
	if err != nil {
		return dns.HostedZone{}, err
	}
	return h.zones.Get(ctx, name, func(ctx context.Context) (dns.HostedZone, error) {
		return h.findZone(ctx, name)
	})
}

func (h *Host) findZone(ctx context.Context, name string) (dns.HostedZone, error) {
	const op = "find the zone of"
	for at := name; at != ""; {
		reply, err := h.query(ctx, at, miekg.TypeSOA)
		if err != nil {
			return dns.HostedZone{}, h.failed(op, name, err, false)
		}
		if apex, ok := apexAt(reply, at); ok {
			return h.describe(ctx, apex)
		}
		switch reply.Rcode {
		case miekg.RcodeSuccess, miekg.RcodeNameError, miekg.RcodeRefused:
		case miekg.RcodeNotAuth:
			if refused := h.notAuth(ctx, op, at, reply); refused != nil {
				return dns.HostedZone{}, refused
			}
		default:
			return dns.HostedZone{}, h.refused(op, name, reply)
		}
		_, at, _ = strings.Cut(at, ".")
	}
	return dns.HostedZone{}, &api.Error{
		Service: h.service(),
		Op:      op,
		Object:  name,
		Kind:    api.ErrNotFound,
		Answer:  "it claims authority neither over this name nor over one above it",
		Advice:  "Create the zone there first, give the server that has it, or check that the server answers queries from here",
	}
}

// apexAt returns the apex of the zone for which an answer about a name is authoritative: the owner
// of its SOA, which is in the authority section unless the name is an apex. Behind an alias is the
// SOA of the alias's target.
func apexAt(reply *miekg.Msg, name string) (string, bool) {
	if !reply.Authoritative {
		return "", false
	}
	for _, rr := range reply.Answer {
		if rr.Header().Rrtype == miekg.TypeCNAME {
			return "", false
		}
	}
	for _, rr := range slices.Concat(reply.Answer, reply.Ns) {
		if rr.Header().Rrtype != miekg.TypeSOA {
			continue
		}
		if apex := dns.FoldName(rr.Header().Name); name == apex || strings.HasSuffix(name, "."+apex) {
			return apex, true
		}
	}
	return "", false
}

func (h *Host) describe(ctx context.Context, apex string) (dns.HostedZone, error) {
	zone := dns.HostedZone{Apex: apex, ID: apex}
	reply, err := h.query(ctx, apex, miekg.TypeNS)
	if err != nil {
		return zone, h.failed("read the name servers of", apex, err, false)
	}
	if reply.Rcode != miekg.RcodeSuccess {
		return zone, h.refused("read the name servers of", apex, reply)
	}
	for _, rr := range reply.Answer {
		if ns, ok := rr.(*miekg.NS); ok {
			zone.NameServers = append(zone.NameServers, dns.FoldName(ns.Ns))
		}
	}
	slices.Sort(zone.NameServers)
	return zone, nil
}

// CheckAccess sends an UPDATE that changes nothing. Its only prerequisite is that the apex is in
// use. A refusal proves that the key is useless for the zone. Success proves less, because a server
// may check permissions for each record (BIND's update-policy), and this update has none.
func (h *Host) CheckAccess(ctx context.Context, zone dns.HostedZone) (dns.WriteAccess, error) {
	const op = "check the permission to update"
	reply, err := h.test(ctx, zone.Apex, []miekg.RR{empty(zone.Apex, miekg.TypeANY, miekg.ClassANY)})
	if err != nil {
		return "", h.failed(op, zone.Apex, err, false)
	}
	if reply.Rcode != miekg.RcodeSuccess {
		return "", h.denied(ctx, op, zone.Apex, reply)
	}
	return dns.WriteUnknown, nil
}

// shown is the text of a record set in messages.
func shown(key dns.SetKey) string { return fmt.Sprintf("%s %s", key.Name, key.Type) }
