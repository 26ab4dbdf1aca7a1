package octethsim

import (
	"slices"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "octeth"

// The kinds of sender domains, as dns.set calls them.
const (
	Campaign = "campaign"
	Gateway  = "email-gateway"
)

// What a domain's Status can be.
const (
	StatusEnabled   = "Enabled"
	StatusPending   = "Approval Pending"
	StatusDisabled  = "Disabled"
	StatusSuspended = "Suspended"
	StatusDeleted   = "Deleted"
)

// State is everything that the service keeps. Tests look at it by [store.View].
type State struct {
	// LastID counts the ids of domains. Both kinds share one series.
	LastID int64 `json:"last_id"`
	// Generations counts the record sets that have been made: no two have the same random label.
	Generations uint64 `json:"generations"`
	// Domains are in the order in which they were added, deleted ones included.
	Domains []Domain `json:"domains"`
}

// Domain is a sender domain.
type Domain struct {
	ID        int64     `json:"id"`
	Kind      string    `json:"kind"`
	User      int64     `json:"user"` // whose it is
	Name      string    `json:"name"` // canonical
	Status    string    `json:"status"`
	CreatedAt time.Time `json:"created_at"`
	Options   Options   `json:"options"`
	Records   []Record  `json:"records"`

	// VerifiedAt is when a verification was last requested, and CheckedAt when the records were
	// last looked up. Failures counts the background checks since then that failed in a row.
	VerifiedAt time.Time `json:"verified_at,omitzero"`
	CheckedAt  time.Time `json:"checked_at,omitzero"`
	Failures   int       `json:"failures,omitempty"`
}

// Options are a user's choices for a domain. An empty label means the platform's own.
type Options struct {
	LinkTracking        bool   `json:"link_tracking"`
	OpenTracking        bool   `json:"open_tracking"`
	UnsubscribeLink     bool   `json:"unsubscribe_link"`
	Subdomain           string `json:"subdomain,omitempty"`
	TrackPrefix         string `json:"track_prefix,omitempty"`
	TrackPrefixDisabled bool   `json:"track_prefix_disabled,omitempty"`
}

// Record is a record that the platform requires. Verified is whether it has seen it; nil if it has
// not looked.
type Record struct {
	Host     string `json:"host"` // the complete name
	Type     string `json:"type"`
	Value    string `json:"value"`
	Verified *bool  `json:"verified,omitempty"`
}

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error {
	return store.View(s.config.Store, Section, fn)
}

// update calls fn with the state to change.
func (s *Service) update(fn func(st *State) error) error {
	return store.Update(s.config.Store, Section, fn)
}

// SetDomain changes a domain as the platform's operator could; nothing is checked. It returns false
// if there is none with that id.
func (s *Service) SetDomain(id int64, change func(d *Domain)) (found bool, err error) {
	err = s.update(func(st *State) error {
		if i := st.index(func(d *Domain) bool { return d.ID == id }); i >= 0 {
			change(&st.Domains[i])
			found = true
		}
		return nil
	})
	return found, err
}

func (st *State) index(is func(d *Domain) bool) int {
	for i := range st.Domains {
		if is(&st.Domains[i]) {
			return i
		}
	}
	return -1
}

// find returns a user's domain by its id, nil if there is none or it has been deleted.
func (st *State) find(user int64, kind string, id int64) *Domain {
	i := st.index(func(d *Domain) bool {
		return d.ID == id && d.User == user && d.Kind == kind && d.Status != StatusDeleted
	})
	if i < 0 {
		return nil
	}
	return &st.Domains[i]
}

// named returns a user's domain by its name, nil if there never was one.
func (st *State) named(user int64, kind, name string) *Domain {
	i := st.index(func(d *Domain) bool { return d.Name == name && d.User == user && d.Kind == kind })
	if i < 0 {
		return nil
	}
	return &st.Domains[i]
}

// of returns a user's domains of a kind that have not been deleted.
func (st *State) of(user int64, kind string) []Domain {
	var all []Domain
	for _, d := range st.Domains {
		if d.User == user && d.Kind == kind && d.Status != StatusDeleted {
			all = append(all, d.clone())
		}
	}
	return all
}

// clone returns a copy that stays valid after the state is released.
func (d *Domain) clone() Domain {
	copied := *d
	copied.Records = slices.Clone(d.Records)
	return copied
}

// add registers a domain, or registers it again: it is pending then, with new records and these
// options.
func (st *State) add(user int64, kind, name string, options Options, now time.Time, b behaviour) *Domain {
	d := st.named(user, kind, name)
	if d == nil {
		st.LastID++
		st.Domains = append(st.Domains, Domain{ID: st.LastID, Kind: kind, User: user, Name: name, CreatedAt: now})
		d = &st.Domains[len(st.Domains)-1]
	}
	d.Options = options
	st.regenerate(d, b)
	return d
}

// regenerate gives a domain new records, which have not been looked up. If there is no template for
// records, nothing has to be verified.
func (st *State) regenerate(d *Domain, b behaviour) {
	st.Generations++
	d.Records, d.Status = template(d, st.Generations), StatusPending
	if b.noTemplate {
		d.Records, d.Status = nil, StatusEnabled
	}
	d.CheckedAt, d.Failures = time.Time{}, 0
}
