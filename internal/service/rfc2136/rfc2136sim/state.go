package rfc2136sim

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "rfc2136"

// State is all zones of the server.
type State struct {
	// Zones are the records of each zone by its apex, as zone-file lines with absolute names. The
	// SOA is the first.
	Zones map[string][]string `json:"zones"`
}

// AddZone makes the server primary for a zone, which then has an SOA and NS records. An existing
// zone stays as it is.
func (s *Service) AddZone(apex string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return fmt.Errorf("zone %q: %w", apex, err)
	}
	fqdn := miekg.Fqdn(name)
	lines := []string{mustRR("%s 3600 IN SOA %s hostmaster.%s 1 7200 900 1209600 300", fqdn, nameServers[0], fqdn).String()}
	for _, server := range nameServers {
		lines = append(lines, mustRR("%s 3600 IN NS %s", fqdn, server).String())
	}
	return store.Update(s.store, Section, func(state *State) error {
		if state.Zones == nil {
			state.Zones = map[string][]string{}
		}
		if _, exists := state.Zones[name]; !exists {
			state.Zones[name] = lines
		}
		return nil
	})
}

// Edit changes the records of a zone like an operator of the server. change gets all records, the
// SOA first, and returns the zone's new records without the SOA, whose serial number grows.
func (s *Service) Edit(apex string, change func(records []miekg.RR) []miekg.RR) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return fmt.Errorf("zone %q: %w", apex, err)
	}
	return store.Update(s.store, Section, func(state *State) error {
		lines, exists := state.Zones[name]
		if !exists {
			return fmt.Errorf("the simulated RFC 2136 server has no zone %s", name)
		}
		records, err := parse(name, lines)
		if err != nil {
			return err
		}
		z := &zone{apex: miekg.Fqdn(name), records: records}
		edited := change(slices.Clone(records))
		z.records = append(records[:1:1], slices.DeleteFunc(edited, func(rr miekg.RR) bool { return rr.Header().Rrtype == miekg.TypeSOA })...)
		z.countOn()
		state.Zones[name] = z.lines()
		return nil
	})
}

// parse reads the lines of a zone.
func parse(apex string, lines []string) ([]miekg.RR, error) {
	records := make([]miekg.RR, len(lines))
	for i, line := range lines {
		rr, err := miekg.NewRR(line)
		if err != nil {
			return nil, fmt.Errorf("zone %s of the simulated RFC 2136 server: %w", apex, err)
		}
		records[i] = rr
	}
	if len(records) == 0 || records[0].Header().Rrtype != miekg.TypeSOA {
		return nil, fmt.Errorf("zone %s of the simulated RFC 2136 server does not begin with an SOA record", apex)
	}
	return records, nil
}

// parsedZones are the zones when their lines were last parsed.
type parsedZones struct {
	mu    sync.Mutex
	lines map[string][]string
	zones []dnsserver.Zone
}

// Zones implements [dnsserver.Source].
func (s *Service) Zones() ([]dnsserver.Zone, error) {
	p := &s.parsed
	p.mu.Lock()
	defer p.mu.Unlock()
	err := store.View(s.store, Section, func(state *State) error {
		if maps.EqualFunc(state.Zones, p.lines, slices.Equal) {
			return nil
		}
		var zones []dnsserver.Zone
		for _, apex := range slices.Sorted(maps.Keys(state.Zones)) {
			records, err := parse(apex, state.Zones[apex])
			if err != nil {
				return err
			}
			zones = append(zones, dnsserver.Zone{Apex: apex, Records: records})
		}
		// A zone's lines are replaced and never changed, so they may be kept.
		p.lines, p.zones = maps.Clone(state.Zones), zones
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p.zones, nil
}
