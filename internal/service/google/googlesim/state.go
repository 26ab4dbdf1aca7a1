package googlesim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "google"

// State is everything that the service keeps. Tests look at it by [store.View].
type State struct {
	// Revision counts the changes of the state. What was made from the state is valid as long as the
	// number stays the same.
	Revision uint64 `json:"revision"`
	// LastID counts the numbers given out.
	LastID uint64  `json:"last_id"`
	Zones  []*Zone `json:"zones"`
	// Accounts are service accounts and users, by e-mail address.
	Accounts map[string]*Account `json:"accounts,omitempty"`
	// Issued are the access tokens that were issued, by their text.
	Issued map[string]*Issued `json:"issued,omitempty"`
}

// Zone is a managed zone.
type Zone struct {
	ID      uint64 `json:"id"`
	Project string `json:"project"`
	Name    string `json:"name"`     // unique in its project
	DNSName string `json:"dns_name"` // canonical
	// Visibility is "public" or "private".
	Visibility  string    `json:"visibility"`
	Description string    `json:"description"`
	NameServers []string  `json:"name_servers"`
	CreatedOn   time.Time `json:"created_on"`
	// More are other properties, such as peeringConfig.
	More map[string]json.RawMessage `json:"more,omitempty"`
	// Sets are sorted by name and type.
	Sets []*RecordSet `json:"sets"`
	// Changes are the last ones, and Changed is how many there have been.
	Changes []*Change `json:"changes"`
	Changed int       `json:"changed"`
	// Before are the sets that lists and name servers show until Until; see [SwitchLateLists].
	Before []*RecordSet `json:"before,omitempty"`
	Until  time.Time    `json:"until,omitzero"`
}

// RecordSet is a record set: either with data or with a routing policy.
type RecordSet struct {
	Name string `json:"name"` // absolute, with its final dot, in lower case
	Type string `json:"type"`
	TTL  uint32 `json:"ttl"`
	// Rrdatas are the data in presentation format.
	Rrdatas       []string        `json:"rrdatas,omitempty"`
	RoutingPolicy json.RawMessage `json:"routingPolicy,omitempty"`
	// More are other properties, such as those that a later version of the API has.
	More map[string]json.RawMessage `json:"more,omitempty"`
}

// Change is a change of a zone's record sets.
type Change struct {
	ID        string       `json:"id"`
	Additions []*RecordSet `json:"additions"`
	Deletions []*RecordSet `json:"deletions"`
	Started   time.Time    `json:"started"`
	// Done is when the change stops being pending. A change is pending at least until it is asked for.
	Done time.Time `json:"done"`
}

// Projects that the service knows, and their numbers.
const (
	// Project is the project whose zones [Service.AddZone] adds.
	Project = "sandbox-project"
	// OtherProject is somebody else's.
	OtherProject = "other-project"
	// DisabledProject has not enabled the API.
	DisabledProject = "disabled-project"
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

// AddZone makes sure that [Project] has a public zone of that name.
func (s *Service) AddZone(apex string) error {
	name, err := dns.Canonical(apex)
	if err != nil {
		return fmt.Errorf("zone %q: %w", apex, err)
	}
	return store.Update(s.store, Section, func(st *State) error {
		for _, z := range st.Zones {
			if z.Project == Project && z.DNSName == name && z.public() {
				return nil
			}
		}
		st.Revision++
		return st.add(&Zone{Project: Project, Name: zoneName(name), DNSName: name}, s.now())
	})
}

// PutZone adds a zone as it is given. Project, Visibility and NameServers have defaults.
func (s *Service) PutZone(zone Zone) error {
	return s.update(func(st *State) error { return st.add(&zone, s.now()) })
}

// EditZone changes a zone as somebody else does who has the project's console; nothing is checked.
func (s *Service) EditZone(project, name string, change func(z *Zone)) error {
	return s.update(func(st *State) error {
		z := st.zone(project, name)
		if z == nil {
			return fmt.Errorf("the project %s has no managed zone %s", project, name)
		}
		change(z)
		z.sort()
		return nil
	})
}

// zoneName makes the name of a managed zone from that of the DNS.
func zoneName(apex string) string {
	name := strings.ReplaceAll(strings.ReplaceAll(apex, ".", "-"), "_", "-")
	if name[0] >= '0' && name[0] <= '9' {
		name = "z-" + name
	}
	return name[:min(len(name), 63)]
}

// defaultTTL is the TTL of the record sets of a new zone, in seconds.
const defaultTTL = 21600

// nameServerSets are the letters of the name servers' names. Each zone gets one.
const nameServerSets = "abcde"

func (st *State) add(z *Zone, now time.Time) error {
	z.Project, z.Visibility = cmp.Or(z.Project, Project), cmp.Or(z.Visibility, "public")
	if st.zone(z.Project, z.Name) != nil {
		return refuse(409, "alreadyExists", "The resource 'entity.managedZone' named '%s' already exists", z.Name)
	}
	st.LastID++
	z.ID, z.CreatedOn = 1_000_000_000_000_000_000+st.LastID*7919, now.UTC()
	if z.NameServers == nil {
		// Zones of one name get different name servers, because these could not tell them apart.
		taken := 0
		for _, other := range st.Zones {
			if other.DNSName == z.DNSName {
				taken++
			}
		}
		letter := nameServerSets[taken%len(nameServerSets)]
		for n := 1; n <= 4; n++ {
			z.NameServers = append(z.NameServers, fmt.Sprintf("ns-cloud-%c%d.googledomains.com", letter, n))
		}
	}
	servers := make([]string, len(z.NameServers))
	for i, server := range z.NameServers {
		servers[i] = server + "."
	}
	z.Sets = append(z.Sets,
		&RecordSet{Name: z.DNSName + ".", Type: "NS", TTL: defaultTTL, Rrdatas: servers},
		&RecordSet{Name: z.DNSName + ".", Type: "SOA", TTL: defaultTTL, Rrdatas: []string{servers[0] + " cloud-dns-hostmaster.google.com. 1 21600 3600 259200 300"}},
	)
	z.note(&Change{Additions: slices.Clone(z.Sets), Started: now.UTC(), Done: now.UTC()}) // the change that made the zone
	z.sort()
	st.Zones = append(st.Zones, z)
	return nil
}

// zone returns a zone by its name or number, or nil.
func (st *State) zone(project, name string) *Zone {
	for _, z := range st.Zones {
		if z.Project == project && (z.Name == name || fmt.Sprint(z.ID) == name) {
			return z
		}
	}
	return nil
}

// of returns the zone of a call.
func (st *State) of(c *call) (*Zone, error) {
	if z := st.zone(c.project, c.zone); z != nil {
		return z, nil
	}
	return nil, refuse(404, "notFound", "The 'parameters.managedZone' resource named '%s' does not exist.", c.zone)
}

// changesKept is how many changes of a zone are kept.
const changesKept = 100

// note numbers a change and keeps it.
func (z *Zone) note(ch *Change) {
	ch.ID = strconv.Itoa(z.Changed)
	z.Changed++
	z.Changes = append(z.Changes, ch)
	z.Changes = z.Changes[max(0, len(z.Changes)-changesKept):]
}

func (z *Zone) public() bool { return z.Visibility == "public" }

func (z *Zone) sort() {
	slices.SortFunc(z.Sets, func(a, b *RecordSet) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Type, b.Type))
	})
}

// shown returns the sets that lists and name servers show at a time.
func (z *Zone) shown(now time.Time) []*RecordSet {
	if z.Before != nil && now.Before(z.Until) {
		return z.Before
	}
	return z.Sets
}

// same reports whether two sets are the same, whatever the order of their data.
func (r *RecordSet) same(other *RecordSet) bool {
	a, b := slices.Sorted(slices.Values(r.Rrdatas)), slices.Sorted(slices.Values(other.Rrdatas))
	return r.Name == other.Name && r.Type == other.Type && r.TTL == other.TTL && slices.Equal(a, b) && sameJSON(r.RoutingPolicy, other.RoutingPolicy)
}

// sameJSON compares two JSON values, whatever their layout.
func sameJSON(a, b json.RawMessage) bool {
	var one, two any
	if len(a) > 0 && json.Unmarshal(a, &one) != nil || len(b) > 0 && json.Unmarshal(b, &two) != nil {
		return false
	}
	x, errX := json.Marshal(one)
	y, errY := json.Marshal(two)
	return errX == nil && errY == nil && string(x) == string(y)
}
