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
	// Apex is the name at which the zone begins.
	Apex string
	// NameServers are the names in the apex NS records, sorted.
	NameServers []string
	// PrimaryNS is the first field of the SOA record: where the zone has
	// its master copy. Hosts that lend their customers' names to their
	// name servers often show their own name here.
	PrimaryNS string
	// BrokenDNSSEC says that resolvers that validate refuse the zone, so
	// that for much of the world it does not exist.
	BrokenDNSSEC bool
}

// Apex finds the zone that holds a name, by asking the resolvers for the SOA
// record of the name, and then of each name above, up to where a public suffix
// is reached. The name itself need not exist; but where it is about to be
// published, [Lookup.Authoritative] finds the zone without telling resolvers
// to remember that it does not.
//
// When nothing exists on that way the error is a [*NoSuchZoneError].
func (l *Lookup) Apex(ctx context.Context, name string) (Zone, error) {
	canonical, err := Canonical(name)
	if err != nil {
		return Zone{}, err
	}
	return l.firstZone(ctx, canonical, apexCandidates(canonical))
}

// firstZone returns the first of the candidates that is a zone's apex. They
// are the name, and names above it.
func (l *Lookup) firstZone(ctx context.Context, name string, candidates []string) (Zone, error) {
	var resolver, existing string
	for _, candidate := range candidates {
		answer, err := l.Recursive(ctx, candidate, miekg.TypeSOA)
		if err != nil {
			return Zone{}, fmt.Errorf("looking for the zone of %s: %w", name, err)
		}
		// Behind an alias stands the SOA of somebody else's zone.
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

// apexCandidates lists a name and those above it, ending below the public
// suffix.
func apexCandidates(name string) []string {
	suffix := registrySuffix(name)
	var candidates []string
	for at := name; at != suffix && at != ""; at = nameAbove(at) {
		candidates = append(candidates, at)
	}
	return candidates
}

// registrySuffix returns the suffix under which a registry takes
// registrations, such as "co.uk". Suffixes of companies, such as "github.io",
// are zones like any other. A top-level domain that is in no list is not a
// suffix either: a private one may well be a zone of one's own.
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

// nameAbove takes the first label off; nothing is left of a top-level domain.
func nameAbove(name string) string {
	_, above, _ := strings.Cut(name, ".")
	return above
}
