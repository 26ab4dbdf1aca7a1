package dns

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	miekg "github.com/miekg/dns"
)

// askFromAbove finds the zone that holds a name from above, and asks its name servers. It asks the
// resolvers only for the highest zone, and that zone's name servers for everything below it.
func (l *Lookup) askFromAbove(ctx context.Context, name string, qtype uint16) (*Authority, error) {
	candidates := apexCandidates(name)
	slices.Reverse(candidates)
	zone, err := l.firstZone(ctx, name, candidates)
	if err != nil {
		return nil, err
	}
	above := ""
	for {
		below, err := l.zoneBelow(ctx, zone, name)
		if err != nil {
			return nil, blameDelegation(above, zone, err)
		}
		if below.Apex == zone.Apex {
			break
		}
		above, zone = zone.Apex, below
	}
	authority, err := l.AskServers(ctx, zone, name, qtype)
	if err != nil {
		return nil, blameDelegation(above, zone, err)
	}
	return authority, nil
}

// blameDelegation changes the error of a zone's silent servers if the servers of the zone above
// have just replied: in this case no firewall is the reason.
func blameDelegation(above string, zone Zone, err error) error {
	var unreachable *UnreachableError
	if above == "" || !errors.As(err, &unreachable) {
		return err
	}
	return fmt.Errorf("zone %s delegates %s to %s, and none of these replied, while those of %s did: %w",
		above, zone.Apex, strings.Join(zone.NameServers, ", "), above, unreachable.Err)
}

// zoneBelow asks a zone's name servers which zone holds a name: this zone, or one below it that
// they delegate or serve themselves. If no server helps, it returns the zone itself; the later
// questions for records then show what is wrong with the servers.
func (l *Lookup) zoneBelow(ctx context.Context, zone Zone, name string) (Zone, error) {
	for at := name; at != zone.Apex; at = nameAbove(at) {
		replies, err := l.askAll(ctx, zone, query{name: at, qtype: miekg.TypeSOA})
		if err != nil {
			return Zone{}, err
		}
		aliased := false
		below, shownBy := zone, serverReply{}
		for _, reply := range replies {
			if reply.err != nil || refuses(reply.msg) {
				continue
			}
			if _, ok := aliasAt(reply.msg.Answer, at); ok {
				aliased = true
				continue
			}
			if shown := placement(reply.msg, zone, at); len(shown.Apex) > len(below.Apex) {
				below, shownBy = shown, reply
			}
		}
		if below.Apex != zone.Apex {
			if len(below.NameServers) == 0 {
				below.NameServers = l.nameServersAt(ctx, shownBy.addr, below.Apex)
			}
			if len(below.NameServers) == 0 {
				// The servers of the upper zone serve the lower one too.
				below.NameServers = zone.NameServers
			}
			below.BrokenDNSSEC = zone.BrokenDNSSEC
			return below, nil
		}
		if !aliased {
			return zone, nil
		}
		// A name with an alias has no SOA that names its zone. The name above is in the same zone,
		// because an apex has no alias.
	}
	return zone, nil
}

// placement reads from the reply to an SOA query in which zone below the asked one the name is. It
// returns the zero value if the reply does not show one. A reply without authority may be a
// referral, which names the servers. In a reply with authority, the SOA is in the answer section,
// or in the authority section if the name has none.
func placement(msg *miekg.Msg, zone Zone, at string) Zone {
	for _, rr := range slices.Concat(msg.Answer, msg.Ns) {
		apex := FoldName(rr.Header().Name)
		if apex == zone.Apex || !withinZone(apex, zone.Apex) || !withinZone(at, apex) {
			continue
		}
		switch rr := rr.(type) {
		case *miekg.SOA:
			if msg.Authoritative {
				return Zone{Apex: apex, PrimaryNS: FoldName(rr.Ns)}
			}
		case *miekg.NS:
			if !msg.Authoritative {
				return Zone{Apex: apex, NameServers: nameServersIn(msg.Ns, apex)}
			}
		}
	}
	return Zone{}
}

// nameServersAt asks a server that serves two zones, one below the other, for the name servers of
// the lower one. Such a server never sends a referral to the lower zone.
func (l *Lookup) nameServersAt(ctx context.Context, addr, apex string) []string {
	_, msg, err := l.askAny(ctx, []string{addr}, l.timeout, query{name: apex, qtype: miekg.TypeNS})
	if err != nil || lameness(msg) != "" {
		return nil
	}
	return nameServersIn(msg.Answer, apex)
}

// nameServersIn returns the canonical names in the NS records of a name, sorted.
func nameServersIn(rrs []miekg.RR, apex string) []string {
	var servers []string
	for _, rr := range recordsAt(rrs, apex, miekg.TypeNS) {
		servers = append(servers, FoldName(rr.(*miekg.NS).Ns))
	}
	slices.Sort(servers)
	return slices.Compact(servers)
}
