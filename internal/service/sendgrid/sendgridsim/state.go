package sendgridsim

import (
	"fmt"
	"slices"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "sendgrid"

// firstID is below all ids of domains, which have eight digits.
const firstID = 45000000

// State is everything that the service keeps. Tests look at it by [store.View], and change it by
// [store.Update] in ways that no call of the API can.
type State struct {
	// LastID is the highest id given out; 0 before the first.
	LastID int64 `json:"last_id"`
	// Domains are in the order in which they were created.
	Domains []*Domain `json:"domains"`
}

// Domain is an authenticated domain as the service keeps it.
type Domain struct {
	ID int64 `json:"id"`
	// Region is the region of the host at which the domain was created, which is the only one that
	// knows it: "global" or "eu".
	Region string `json:"region"`
	// Target is the region for which the domain was created, and to which its records point.
	// Answers show neither.
	Target    string   `json:"target"`
	Owner     string   `json:"owner"` // a user's name
	Subdomain string   `json:"subdomain"`
	Domain    string   `json:"domain"`
	IPs       []string `json:"ips,omitempty"`
	CustomSPF bool     `json:"custom_spf"`
	Default   bool     `json:"default"`
	// AutomaticSecurity is whether the records are three CNAMEs, and not an MX and TXT records.
	AutomaticSecurity bool `json:"automatic_security"`
	// Selector is the requested DKIM selector. Answers show it only in the names of the records.
	Selector string   `json:"selector,omitempty"`
	Subusers []string `json:"subusers,omitempty"`

	Valid bool `json:"valid"`
	// Found are the records, by purpose, that were in the DNS when the service last looked.
	Found []string `json:"found,omitempty"`
	// FoundSince is when all records were first found; nil if one is missing.
	FoundSince *time.Time `json:"found_since,omitempty"`
	// LookedAt is when the service last looked, by itself or on request, and ValidatedAt when it
	// was last requested to.
	LookedAt    *time.Time `json:"looked_at,omitempty"`
	ValidatedAt *time.Time `json:"validated_at,omitempty"`
}

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error { return store.View(s.store, Section, fn) }

// change calls fn with the state to change.
func (s *Service) change(fn func(st *State) error) error { return store.Update(s.store, Section, fn) }

func (st *State) nextID() int64 {
	st.LastID = max(st.LastID, firstID) + 1
	return st.LastID
}

// find returns the domain of the call's path, if the user may see it.
func (st *State) find(c *call) (*Domain, error) {
	for _, d := range st.Domains {
		if fmt.Sprint(d.ID) == c.id && d.Region == c.region && c.user.sees(d.Owner) {
			return d, nil
		}
	}
	return nil, notFound()
}

func (st *State) byID(id int64) (*Domain, bool) {
	i := slices.IndexFunc(st.Domains, func(d *Domain) bool { return d.ID == id })
	if i < 0 {
		return nil, false
	}
	return st.Domains[i], true
}

// doubt makes a domain invalid because its records have changed.
func (d *Domain) doubt() { d.Valid, d.Found, d.FoundSince = false, nil, nil }

// copied is a copy of the domain with everything that determines its records, for use without the
// state.
func (d *Domain) copied() Domain {
	copied := *d
	copied.IPs = slices.Clone(d.IPs)
	return copied
}
