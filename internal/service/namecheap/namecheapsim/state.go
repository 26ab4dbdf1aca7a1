package namecheapsim

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "namecheap"

// State is everything that the service keeps. Tests look at it by [store.View].
type State struct {
	// Changes counts the changes of the state. What was made from the state is valid as long as the
	// number stays the same.
	Changes uint64 `json:"changes"`
	// LastHostID counts the ids given out: none is given out twice.
	LastHostID int64 `json:"last_host_id"`
	// Domains are in the order in which they were added.
	Domains []Domain `json:"domains"`
}

// Domain is a registered domain with its zone.
type Domain struct {
	Name string `json:"name"` // canonical
	User string `json:"user"` // whose account it is in
	// NameServers are those of another DNS host; empty if Namecheap serves the zone.
	NameServers []string `json:"name_servers,omitempty"`
	// Expired is a domain that was not renewed. It stays in the account for some weeks, with its
	// hosts, while Namecheap's parking name servers answer for it.
	Expired   bool   `json:"expired,omitempty"`
	EmailType string `json:"email_type"`
	Hosts     []Host `json:"hosts"`
	// Hidden are records, as zone-file lines with absolute names, that the API does not show but
	// the name servers serve, such as SRV records that were made in the web interface.
	Hidden []string `json:"hidden,omitempty"`
}

// Host is one record: a "host" in the API's words.
type Host struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"` // relative, "@" at the apex
	Type    string `json:"type"`
	Address string `json:"address"` // of TXT records the bare text
	MXPref  int    `json:"mx_pref"` // 10 for all but MX
	TTL     int    `json:"ttl"`
	// Off and Dynamic are settings of the web interface, which setHosts cannot make.
	Off     bool `json:"off,omitempty"`
	Dynamic bool `json:"dynamic,omitempty"`
}

// AddZone registers a domain in the account of [APIUser], with an empty zone on Namecheap's name
// servers. It does nothing if the domain is registered already. The domain must be one label below
// a public suffix, as there are no other zones.
func (s *Service) AddZone(apex string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return err
	}
	if registrable, err := publicsuffix.EffectiveTLDPlusOne(name); err != nil || registrable != name {
		return fmt.Errorf("%s cannot be registered: a zone at Namecheap is one label below a public suffix", name)
	}
	return s.update(func(st *State) error {
		if _, found := st.find(name); !found {
			st.Changes++
			st.Domains = append(st.Domains, Domain{Name: name, User: APIUser, EmailType: "NONE"})
		}
		return nil
	})
}

// SetZone changes a domain's zone like its owner in the web interface; nothing is checked. Hosts
// without an ID get one.
func (s *Service) SetZone(apex string, change func(d *Domain)) error {
	return s.update(func(st *State) error {
		d, found := st.find(apex)
		if !found {
			return fmt.Errorf("there is no domain %s", apex)
		}
		st.Changes++
		change(d)
		for i := range d.Hosts {
			if d.Hosts[i].ID == 0 {
				d.Hosts[i].ID = st.nextHostID()
			}
		}
		return nil
	})
}

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error { return store.View(s.store, Section, fn) }

// update calls fn with the state to change. If fn changes it, fn has to count that in Changes.
func (s *Service) update(fn func(st *State) error) error { return store.Update(s.store, Section, fn) }

func (st *State) find(name string) (*Domain, bool) {
	i := slices.IndexFunc(st.Domains, func(d Domain) bool { return d.Name == name })
	if i < 0 {
		return nil, false
	}
	return &st.Domains[i], true
}

func (st *State) nextHostID() int64 {
	st.LastHostID++
	return st.LastHostID
}

// domain returns the domain that a call is about: its SLD and TLD together.
func (st *State) domain(c *call) (*Domain, error) {
	name := strings.ToLower(c.params.get("SLD") + "." + c.params.get("TLD"))
	d, found := st.find(name)
	switch {
	case c.params.get("SLD") == "" || c.params.get("TLD") == "":
		return nil, &apiError{number: 2010324, message: "Parameter SLD or TLD is missing"}
	case c.behaviour.errorNumber != 0:
		return nil, &apiError{number: c.behaviour.errorNumber, message: "A made-up failure"}
	case !found:
		return nil, &apiError{number: 2019166, message: "Domain name not found"}
	case d.User != c.user:
		return nil, &apiError{number: 2016166, message: "Domain is not associated with your account"}
	}
	return d, nil
}

// usesOurDNS is whether Namecheap's name servers serve the zone.
func (d *Domain) usesOurDNS() bool { return len(d.NameServers) == 0 }
