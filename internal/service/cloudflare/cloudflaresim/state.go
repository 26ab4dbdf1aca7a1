package cloudflaresim

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "cloudflare"

// State is everything that the service keeps. Tests look at it by [store.View]; only the service
// changes it.
type State struct {
	// Revision counts the changes. What was made from the state is valid as long as the number
	// stays the same.
	Revision uint64 `json:"revision"`
	// LastID counts the ids given out.
	LastID uint64  `json:"last_id"`
	Zones  []*Zone `json:"zones"`
}

// Zone is a zone of [Account].
type Zone struct {
	ID   string `json:"id"`
	Name string `json:"name"` // canonical
	// Status is "active", or another while the zone's domain is not delegated to Cloudflare:
	// "pending", "initializing", "moved".
	Status string `json:"status"`
	// Type is "full", or "partial" or "secondary" for zones whose records are not edited here.
	Type        string   `json:"type"`
	NameServers []string `json:"name_servers"`
	// VanityNameServers are the customer's own names for the name servers.
	VanityNameServers []string `json:"vanity_name_servers,omitempty"`
	Paused            bool     `json:"paused,omitempty"`
	// Plan is "free" or that of a paid one, such as "pro".
	Plan string `json:"plan"`
	// FlattenAll makes the server answer every CNAME with addresses, and not only the one at the
	// apex.
	FlattenAll bool      `json:"flatten_all,omitempty"`
	CreatedOn  time.Time `json:"created_on"`
	Records    []*Record `json:"records"`
}

// Record is a DNS record as the service keeps it.
type Record struct {
	ID   string `json:"id"`
	Name string `json:"name"` // absolute, canonical
	Type string `json:"type"`
	// Content is the data. Of TXT it is the strings in quotes, or whatever was sent without quotes;
	// of MX the host alone; of SRV weight, port and host.
	Content  string  `json:"content"`
	Priority *uint16 `json:"priority,omitempty"` // of MX, SRV and URI
	// Data are the fields of types that are written by fields.
	Data map[string]any `json:"data,omitempty"`
	// TTL is in seconds; 1 means automatic.
	TTL               int            `json:"ttl"`
	Proxied           bool           `json:"proxied"`
	Comment           string         `json:"comment,omitempty"`
	Tags              []string       `json:"tags,omitempty"`
	Settings          map[string]any `json:"settings,omitempty"`
	CreatedOn         time.Time      `json:"created_on"`
	ModifiedOn        time.Time      `json:"modified_on"`
	CommentModifiedOn *time.Time     `json:"comment_modified_on,omitempty"`
}

const (
	planFree = "free"
	typeFull = "full"
)

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error { return store.View(s.store, Section, fn) }

// update calls fn with the state to change.
func (s *Service) update(fn func(st *State) error) error {
	return store.Update(s.store, Section, func(st *State) error {
		st.Revision++
		return fn(st)
	})
}

// AddZone makes sure that the account has a full, active zone of that name, which the simulated
// name servers then serve.
func (s *Service) AddZone(apex string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return fmt.Errorf("zone %q: %w", apex, err)
	}
	return store.Update(s.store, Section, func(st *State) error {
		if st.zoneNamed(name) == nil {
			st.addZone(name, s.now())
		}
		return nil
	})
}

// EditZone lets change alter a zone of the account in ways that no call of the API can: its plan,
// its type, its state. Tests and examples use it to make zones that cannot be edited. It makes the
// zone if necessary.
func (s *Service) EditZone(apex string, change func(z *Zone)) error {
	if err := s.AddZone(apex); err != nil {
		return err
	}
	name, err := dns.Canonical(apex)
	if err != nil {
		return err
	}
	return s.update(func(st *State) error {
		change(st.zoneNamed(name))
		return nil
	})
}

func (st *State) addZone(name string, now time.Time) *Zone {
	st.Revision++
	z := &Zone{
		ID: st.newID(), Name: name, Status: statusActive, Type: typeFull, Plan: planFree,
		NameServers: nameServersFor(name), CreatedOn: now.UTC(),
	}
	st.Zones = append(st.Zones, z)
	return z
}

// newID makes an id in the API's form: 32 hexadecimal digits without a meaning.
func (st *State) newID() string {
	st.LastID++
	sum := sha256.Sum256(fmt.Appendf(nil, "cloudflare %d", st.LastID))
	return hex.EncodeToString(sum[:16])
}

func (st *State) zoneNamed(name string) *Zone {
	return find(st.Zones, func(z *Zone) bool { return z.Name == name })
}

func (st *State) zone(id string) *Zone {
	return find(st.Zones, func(z *Zone) bool { return z.ID == id })
}

func (z *Zone) record(id string) *Record {
	return find(z.Records, func(r *Record) bool { return r.ID == id })
}

func find[T any](all []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return nil
}

// clone copies a zone deeply enough to try changes of its records and drop them.
func (z *Zone) clone() *Zone {
	copied := *z
	copied.Records = slices.Clone(z.Records)
	return &copied
}

func (r *Record) clone() *Record {
	copied := *r
	copied.Data, copied.Settings, copied.Tags = maps.Clone(r.Data), maps.Clone(r.Settings), slices.Clone(r.Tags)
	return &copied
}

// Name servers have names of people. Each zone gets one from either list.
var (
	oneHalf   = []string{"ada", "cora", "elle", "fay", "ivy", "june", "kate", "lola"}
	otherHalf = []string{"abe", "bob", "clay", "dave", "gus", "hal", "ned", "walt"}
)

func nameServersFor(zone string) []string {
	sum := sha256.Sum256([]byte(zone))
	return []string{
		oneHalf[int(sum[0])%len(oneHalf)] + ".ns.cloudflare.com",
		otherHalf[int(sum[1])%len(otherHalf)] + ".ns.cloudflare.com",
	}
}
