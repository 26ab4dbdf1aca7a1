package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// zonesSection is the section with the zones that have no DNS host: zone-file lines by apex.
const zonesSection = "zones"

// defaultTTL is the TTL, in seconds, of zone-file lines before the first that gives one.
const defaultTTL = 300

// DNSAddr returns the address, "host:port", of a DNS server (UDP and TCP). It acts as every name
// server of the simulated zones, and as the resolver for them. The first call starts it.
func (s *Sandbox) DNSAddr() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", errClosed
	}
	if s.dns == nil {
		server, err := dnsserver.Serve("127.0.0.1:0", s.zones, s.primary)
		if err != nil {
			return "", err
		}
		s.dns = server
	}
	return s.dns.Addr(), nil
}

// PutZone replaces a zone by zone-file lines (RFC 1035 section 5). Relative names are relative to
// the apex. A line without TTL has that of the line before, the first one 300 seconds. SOA and NS
// records may be left out. If a line is invalid or its name is outside the zone, the error says
// which one, and nothing changes.
func (s *Sandbox) PutZone(apex string, records []string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return fmt.Errorf("zone %q: %w", apex, err)
	}
	if _, err := parseZone(name, records); err != nil {
		return err
	}
	return store.Update(s.store, zonesSection, func(zones *map[string][]string) error {
		if *zones == nil {
			*zones = map[string][]string{}
		}
		(*zones)[name] = slices.Clone(records)
		return nil
	})
}

// parseZone reads zone-file lines. The parser's own messages have the number of the line.
func parseZone(apex string, lines []string) ([]miekg.RR, error) {
	parser := miekg.NewZoneParser(strings.NewReader(strings.Join(lines, "\n")+"\n"), miekg.Fqdn(apex), "")
	parser.SetDefaultTTL(defaultTTL)
	var records []miekg.RR
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		if !miekg.IsSubDomain(miekg.Fqdn(apex), rr.Header().Name) {
			return nil, fmt.Errorf("zone %s: the record %q is outside of the zone", apex, rr)
		}
		records = append(records, rr)
	}
	if err := parser.Err(); err != nil {
		return nil, fmt.Errorf("zone %s: %w", apex, err)
	}
	return records, nil
}

// zoneSource holds the zones of [Sandbox.PutZone]. It keeps the parsed zones until their text
// changes, because the server asks for them at each query.
type zoneSource struct {
	store *store.Store

	mu    sync.Mutex
	text  map[string][]string
	zones []dnsserver.Zone
}

// Zones implements [dnsserver.Source].
func (z *zoneSource) Zones() ([]dnsserver.Zone, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	err := store.View(z.store, zonesSection, func(text *map[string][]string) error {
		if maps.EqualFunc(*text, z.text, slices.Equal) {
			return nil
		}
		var zones []dnsserver.Zone
		for _, apex := range slices.Sorted(maps.Keys(*text)) {
			records, err := parseZone(apex, (*text)[apex])
			if err != nil {
				return err
			}
			zones = append(zones, dnsserver.Zone{Apex: apex, Records: records})
		}
		// PutZone replaces a zone's lines and never changes them, so they may be kept.
		z.text, z.zones = maps.Clone(*text), zones
		return nil
	})
	if err != nil {
		return nil, err
	}
	return z.zones, nil
}

// zoneSources combines all sources of the DNS server. Of two zones with the same apex, the later
// one is served.
type zoneSources struct {
	sources []dnsserver.Source

	mu    sync.Mutex
	parts [][]dnsserver.Zone
	zones []dnsserver.Zone
}

// Zones implements [dnsserver.Source]. As each source does, it returns the same slice as long as
// nothing changes.
func (z *zoneSources) Zones() ([]dnsserver.Zone, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	parts := make([][]dnsserver.Zone, len(z.sources))
	for i, source := range z.sources {
		var err error
		if parts[i], err = source.Zones(); err != nil {
			return nil, err
		}
	}
	if !slices.EqualFunc(parts, z.parts, sameSlice) {
		z.parts, z.zones = parts, slices.Concat(parts...)
	}
	return z.zones, nil
}

func sameSlice(a, b []dnsserver.Zone) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
