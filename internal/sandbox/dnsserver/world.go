package dnsserver

import (
	"github.com/miekg/dns"
)

// world is an index of all zones in one state of the source.
type world struct {
	source []Zone
	byApex map[string]*Zone
	ready  map[string]*zoneData
	// nameServers has the place of each name server among those of its zone, the first being 0.
	nameServers map[string]int
}

func newWorld(zones []Zone) *world {
	w := &world{
		source:      zones,
		byApex:      make(map[string]*Zone, len(zones)),
		ready:       map[string]*zoneData{},
		nameServers: map[string]int{},
	}
	for place, server := range fallbackNameServers {
		w.nameServers[server] = place
	}
	for i := range zones {
		zone := &zones[i]
		apex := dns.CanonicalName(zone.Apex)
		w.byApex[apex] = zone
		place := 0
		add := func(server string) {
			if name := dns.CanonicalName(server); !w.isNameServer(name) {
				w.nameServers[name] = place
			}
			place++
		}
		for _, server := range zone.NameServers {
			add(server)
		}
		for _, rr := range zone.Records {
			if ns, ok := rr.(*dns.NS); ok && dns.CanonicalName(ns.Hdr.Name) == apex {
				add(ns.Ns)
			}
		}
	}
	return w
}

// isNameServer reports whether a zone names this name server.
func (w *world) isNameServer(name string) bool {
	_, is := w.nameServers[name]
	return is
}

// madeFrom reports whether zones is the very slice that the world was made from. The world keeps
// that slice alive, so its memory cannot have been used for another one.
func (w *world) madeFrom(zones []Zone) bool {
	if len(zones) != len(w.source) {
		return false
	}
	return len(zones) == 0 || &zones[0] == &w.source[0]
}

// deepest returns the zone nearest to a name, from the name itself upwards.
func (w *world) deepest(name string) *zoneData {
	for at := name; ; at = parent(at) {
		if zone, ok := w.byApex[at]; ok {
			if w.ready[at] == nil {
				w.ready[at] = newZoneData(*zone)
			}
			return w.ready[at]
		}
		if at == "." {
			return nil
		}
	}
}

// zoneFor returns the zone to ask. For a DS record that is the one above the apex at which the
// record stands.
func (w *world) zoneFor(name string, qtype uint16) *zoneData {
	zone := w.deepest(name)
	if zone != nil && zone.apex == name && qtype == dns.TypeDS && name != "." {
		if above := w.deepest(parent(name)); above != nil {
			return above
		}
	}
	return zone
}
