package godaddysim

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "godaddy"

// NameServers are those that every zone gets.
var NameServers = []string{"ns01.domaincontrol.com", "ns02.domaincontrol.com"}

// State is everything that the service keeps. Tests look at it by [store.View].
type State struct {
	// Changes counts the changes of the state. What was made from the state is valid as long as the
	// number stays the same.
	Changes uint64 `json:"changes"`
	// LastRecord counts the record IDs given out: none is given out twice.
	LastRecord uint64 `json:"last_record"`
	// Zones are in the order in which they were added.
	Zones []Zone `json:"zones"`
}

// Zone is a zone in somebody's account.
type Zone struct {
	Name    string `json:"name"`    // canonical
	Shopper string `json:"shopper"` // whose account it is in
	// Status is that of the domain; empty: ACTIVE. With [StatusDNSOnly], the domain is registered
	// elsewhere.
	Status string `json:"status,omitempty"`
	// NameServers are those of another DNS host, with which the domain has no zone here; empty:
	// GoDaddy's.
	NameServers []string `json:"name_servers,omitempty"`
	Records     []Record `json:"records"`
}

// StatusDNSOnly is the status of a domain that is registered elsewhere, while GoDaddy has its zone.
const StatusDNSOnly = "PENDING_DNS_ACTIVE"

const statusActive = "ACTIVE"

// AddZone gives the account of [Shopper] a zone with nothing in it but an SOA and the name servers.
// It does nothing if the zone is there already.
func (s *Service) AddZone(apex string) error { return s.AddZoneTo(Shopper, apex) }

// AddZoneTo does what [Service.AddZone] does, for any account.
func (s *Service) AddZoneTo(shopper, apex string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return err
	}
	if !isDomain(name) {
		return fmt.Errorf("%s cannot be a zone at GoDaddy: it has but one label", name)
	}
	return s.update(func(st *State) error {
		if st.find(name) != nil {
			return nil
		}
		st.Changes++
		zone := Zone{Name: name, Shopper: shopper}
		zone.Records = append(zone.Records, Record{ID: st.nextID("@"), Name: "@", Type: "SOA", Data: NameServers[0] + ".", TTL: 3600})
		for _, server := range NameServers {
			zone.Records = append(zone.Records, Record{ID: st.nextID("@"), Name: "@", Type: "NS", Data: server + ".", TTL: 3600})
		}
		st.Zones = append(st.Zones, zone)
		return nil
	})
}

// SetZone changes a zone as its owner could in the control panel; nothing is checked. Records
// without an ID get one.
func (s *Service) SetZone(apex string, change func(z *Zone)) error {
	return s.update(func(st *State) error {
		zone := st.find(apex)
		if zone == nil {
			return fmt.Errorf("there is no zone %s", apex)
		}
		st.Changes++
		change(zone)
		for i := range zone.Records {
			if r := &zone.Records[i]; r.ID == "" {
				r.ID = st.nextID(r.Name)
			}
		}
		return nil
	})
}

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error { return store.View(s.store, Section, fn) }

// update calls fn with the state to change. If fn changes it, fn has to count that in Changes.
func (s *Service) update(fn func(st *State) error) error { return store.Update(s.store, Section, fn) }

func (st *State) find(name string) *Zone {
	i := slices.IndexFunc(st.Zones, func(z Zone) bool { return z.Name == name })
	if i < 0 {
		return nil
	}
	return &st.Zones[i]
}

// nextID makes an ID without a meaning. Real IDs of records at the apex have brackets, which must
// be escaped in URLs.
func (st *State) nextID(name string) string {
	st.LastRecord++
	sum := sha256.Sum256(fmt.Appendf(nil, "record %d", st.LastRecord))
	id := "A" + base64.RawURLEncoding.EncodeToString(sum[:])
	if name == "@" {
		return id + "[]"
	}
	return id
}

// zone returns the zone of a call. A zone of another account is treated as unknown, and so is the
// zone of a domain that uses other name servers.
func (st *State) zone(c *call) (*Zone, error) {
	zone, err := st.domain(c)
	if err == nil && len(zone.NameServers) > 0 {
		return nil, c.unknownDomain()
	}
	return zone, err
}

// domain returns the domain of a call, whether it has a zone or not.
func (st *State) domain(c *call) (*Zone, error) {
	if zone := st.find(c.domain); zone != nil && zone.Shopper == c.shopper {
		return zone, nil
	}
	return nil, c.unknownDomain()
}

func (c *call) unknownDomain() *refusal {
	if c.version == v1 {
		return &refusal{status: http.StatusNotFound, code: "UNKNOWN_DOMAIN", message: "The given domain is not registered, or does not have a zone file"}
	}
	return &refusal{status: http.StatusNotFound, code: "NOT_FOUND", message: "The requested resource was not found"}
}
