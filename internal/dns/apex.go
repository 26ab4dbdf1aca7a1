package dns

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/net/publicsuffix"

	miekg "github.com/miekg/dns"
)

// Zone is a zone as the public DNS shows it. Names are canonical.
type Zone struct {
	// Apex is the name at the top of the zone.
	Apex string
	// NameServers are the names in the apex NS records, sorted.
	NameServers []string
	// PrimaryNS is the first field of the SOA record: the server with the master copy of the zone.
	// If name servers have names in their customers' zones, this field often still shows the host's
	// own name.
	PrimaryNS string
	// BrokenDNSSEC says that validating resolvers refuse the zone, so it does not exist for much of
	// the world.
	BrokenDNSSEC bool
}

// Apex finds the zone that holds a name. It asks the resolvers for the SOA record of the name, and
// then of each name above it, up to a public suffix. The name need not exist. If the name is about
// to be published, use [Lookup.Authoritative] instead: it finds the zone without making resolvers
// cache that the name does not exist.
//
// If none of these names exists, the error is a [*NoSuchZoneError].
func (l *Lookup) Apex(ctx context.Context, name string) (Zone, error) {
	canonical, err := Canonical(name)
	if err != nil {
		return Zone{}, err
	}
	return l.firstZone(ctx, canonical, apexCandidates(canonical))
}

// firstZone returns the first candidate that is the apex of a zone. The candidates are the name and
// names above it.
func (l *Lookup) firstZone(ctx context.Context, name string, candidates []string) (Zone, error) {
	var resolver, existing string
	for _, candidate := range candidates {
		answer, err := l.Recursive(ctx, candidate, miekg.TypeSOA)
		if err != nil {
			return Zone{}, fmt.Errorf("looking for the zone of %s: %w", name, err)
		}
		// The target of an alias may be in somebody else's zone, with another SOA.
		if len(answer.Aliases) == 0 && len(answer.Records) > 0 {
			return l.describeZone(ctx, candidate, answer)
		}
		resolver = answer.Resolver
		if existing == "" && (!answer.NXDomain || len(answer.Aliases) > 0) {
			existing = candidate
		}
	}
	if existing != "" {
		return Zone{}, fmt.Errorf("no DNS zone of its own holds %s: %s exists, but neither there nor at a name above it that can be registered is an SOA record", name, existing)
	}
	return Zone{}, &NoSuchZoneError{Name: name, Resolver: resolver}
}

func (l *Lookup) describeZone(ctx context.Context, apex string, soa *Answer) (Zone, error) {
	zone := Zone{
		Apex:         apex,
		PrimaryNS:    FoldName(soa.Records[0].(*miekg.SOA).Ns),
		BrokenDNSSEC: soa.BrokenDNSSEC,
	}
	answer, err := l.Recursive(ctx, apex, miekg.TypeNS)
	if err != nil {
		return Zone{}, fmt.Errorf("looking for the name servers of %s: %w", apex, err)
	}
	zone.NameServers = nameServersIn(answer.Records, apex)
	if len(zone.NameServers) == 0 {
		return Zone{}, fmt.Errorf("looking for the name servers of %s: resolver %s knows the zone's SOA record but no NS records", apex, answer.Resolver)
	}
	zone.BrokenDNSSEC = zone.BrokenDNSSEC || answer.BrokenDNSSEC
	return zone, nil
}

// apexCandidates lists a name and the names above it, down to the one below the public suffix.
func apexCandidates(name string) []string {
	suffix := registrySuffix(name)
	var candidates []string
	for at := name; at != suffix && at != ""; at = nameAbove(at) {
		candidates = append(candidates, at)
	}
	return candidates
}

// registrySuffix returns the suffix under which a registry takes registrations, such as "co.uk".
// Suffixes of companies, such as "github.io", are ordinary zones. A top-level domain that is in no
// list is not a suffix either, because it may be a private zone.
func registrySuffix(name string) string {
	for at := name; ; {
		suffix, icann := publicsuffix.PublicSuffix(at)
		if icann {
			return suffix
		}
		at = nameAbove(suffix)
		if at == "" {
			return ""
		}
	}
}

// nameAbove removes the first label. For a top-level domain it returns "".
func nameAbove(name string) string {
	_, above, _ := strings.Cut(name, ".")
	return above
}
