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
// records may be left out; a zone that was added at a host without an API keeps the name servers of
// that host then. If a line is invalid or its name is outside the zone, the error says which one,
// and nothing changes.
//
// The zone is served instead of any other of that apex.
func (s *Sandbox) PutZone(apex string, records []string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return fmt.Errorf("zone %q: %w", apex, err)
	}
	parsed, err := parseZone(name, records)
	if err != nil {
		return err
	}
	lines := slices.Clone(records)
	if len(nameServersIn(name, parsed)) == 0 {
		host, err := s.hostElsewhere(name)
		if err != nil {
			return err
		}
		lines = append(nameServerLines(name, s.nameServersElsewhere(host)), lines...)
	}
	return s.writePutZone(name, lines)
}

func (s *Sandbox) writePutZone(name string, lines []string) error {
	return store.Update(s.store, zonesSection, func(zones *map[string][]string) error {
		if *zones == nil {
			*zones = map[string][]string{}
		}
		(*zones)[name] = lines
		return nil
	})
}

// putZoneElsewhere makes sure that there is a zone with the name servers of a host that is not
// simulated. A zone that was put there keeps its other records.
func (s *Sandbox) putZoneElsewhere(apex, host string, servers []string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return err
	}
	var lines []string
	if err := store.View(s.store, zonesSection, func(zones *map[string][]string) error {
		lines = (*zones)[name]
		return nil
	}); err != nil {
		return err
	}
	records, err := parseZone(name, lines)
	if err != nil {
		return err
	}
	if has := nameServersIn(name, records); len(has) > 0 && dns.DetectHost(dns.Zone{Apex: name, NameServers: has}).Name == host {
		return nil
	}
	written := nameServerLines(name, servers)
	for _, rr := range records {
		if !isNameServerOf(name, rr) && rr.Header().Rrtype != miekg.TypeSOA {
			written = append(written, rr.String())
		}
	}
	return s.writePutZone(name, written)
}

// removePutZone removes a zone of [Sandbox.PutZone] and reports whether there was one.
func (s *Sandbox) removePutZone(apex string) (found bool, err error) {
	name, err := dns.Canonical(apex)
	if err != nil {
		return false, fmt.Errorf("zone %q: %w", apex, err)
	}
	err = store.Update(s.store, zonesSection, func(zones *map[string][]string) error {
		_, found = (*zones)[name]
		delete(*zones, name)
		return nil
	})
	return found, err
}

// DeleteZone removes a zone of [Sandbox.PutZone], or one at a host that is not simulated. If a
// simulated host has a zone of that apex, it is served again. found is false if there was no zone to
// remove.
func (s *Sandbox) DeleteZone(apex string) (found bool, err error) {
	if found, err = s.removePutZone(apex); err != nil || !found {
		return found, err
	}
	return true, store.Update(s.store, worldSection, func(noted *[]string) error {
		*noted = slices.DeleteFunc(slices.Clone(*noted), func(note string) bool {
			host, name, _ := strings.Cut(note, " ")
			return dns.FoldName(name) == dns.FoldName(apex) && !s.isSimulatedHost(host)
		})
		return nil
	})
}

func nameServerLines(apex string, servers []string) []string {
	var lines []string
	for _, server := range servers {
		lines = append(lines, fmt.Sprintf("%s 3600 IN NS %s", miekg.Fqdn(apex), miekg.Fqdn(server)))
	}
	return lines
}

func isNameServerOf(apex string, rr miekg.RR) bool {
	return rr.Header().Rrtype == miekg.TypeNS && miekg.CanonicalName(rr.Header().Name) == miekg.CanonicalName(apex)
}

// nameServersIn returns the name servers of a zone that its records name.
func nameServersIn(apex string, records []miekg.RR) []string {
	var servers []string
	for _, rr := range records {
		if isNameServerOf(apex, rr) {
			servers = append(servers, rr.(*miekg.NS).Ns)
		}
	}
	return servers
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

// zoneSources combines all sources of the DNS server. Of several zones with the same apex, one of
// [Sandbox.PutZone] is served, else that of the host to which the domain is delegated, else the
// last one.
type zoneSources struct {
	store   *store.Store
	sources []hostSource

	mu    sync.Mutex
	parts [][]dnsserver.Zone
	notes []string
	all   []hostedZone
	zones []dnsserver.Zone
}

// hostSource is the source of the zones of one host. The name is empty for those of
// [Sandbox.PutZone].
type hostSource struct {
	host string
	dnsserver.Source
	// owns and hosts say which zones and hosts are the service's; see [Simulation].
	owns  func(apex string) bool
	hosts []string
}

// hostedZone is a zone with its host.
type hostedZone struct {
	host   string
	zone   dnsserver.Zone
	served bool
}

// Zones implements [dnsserver.Source]. As each source does, it returns the same slice as long as
// nothing changes.
func (z *zoneSources) Zones() ([]dnsserver.Zone, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if err := z.refresh(); err != nil {
		return nil, err
	}
	return z.zones, nil
}

// hosted returns all zones of all hosts. Nobody may change the slice.
func (z *zoneSources) hosted() ([]hostedZone, error) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if err := z.refresh(); err != nil {
		return nil, err
	}
	return z.all, nil
}

func (z *zoneSources) refresh() error {
	parts := make([][]dnsserver.Zone, len(z.sources))
	for i, source := range z.sources {
		var err error
		if parts[i], err = source.Zones(); err != nil {
			return err
		}
	}
	same := true
	if err := store.View(z.store, worldSection, func(noted *[]string) error {
		if same = slices.Equal(*noted, z.notes); !same {
			z.notes = slices.Clone(*noted)
		}
		return nil
	}); err != nil {
		return err
	}
	if !same || !slices.EqualFunc(parts, z.parts, sameSlice) {
		z.parts = parts
		z.arrange()
	}
	return nil
}

// arrange decides which zones are served. The DNS server answers from the last zone of an apex, so
// the others come first.
func (z *zoneSources) arrange() {
	z.all = nil
	delegated := delegations(z.notes)
	served := map[string]int{} // positions in all, by apex
	for i, zones := range z.parts {
		host := z.sources[i].host
		for _, zone := range zones {
			apex := dns.FoldName(zone.Apex)
			before, doubled := served[apex]
			wins := !doubled || host == "" || delegated[apex] != z.all[before].host
			if wins {
				if doubled {
					z.all[before].served = false
				}
				served[apex] = len(z.all)
			}
			z.all = append(z.all, hostedZone{host: host, zone: zone, served: wins})
		}
	}
	z.zones = z.reverseZones() // which any other zone of that apex replaces
	for _, now := range []bool{false, true} {
		for _, h := range z.all {
			if h.served == now {
				z.zones = append(z.zones, h.zone)
			}
		}
	}
}

func sameSlice(a, b []dnsserver.Zone) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
