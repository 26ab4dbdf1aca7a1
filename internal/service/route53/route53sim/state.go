package route53sim

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// Section is the name of the service, and of the section of the store that holds its [State].
const Section = "route53"

// State is everything that the service keeps. Tests look at it by [store.View]; only the service
// changes it.
type State struct {
	// Revision counts the changes. What was made from the state is valid as long as the number stays
	// the same.
	Revision uint64 `json:"revision"`
	// LastID counts the IDs given out.
	LastID uint64  `json:"last_id"`
	Zones  []*Zone `json:"zones"`
	// Changes are the latest changes, the newest last.
	Changes []Change `json:"changes"`
}

// Zone is a hosted zone of [Account].
type Zone struct {
	ID string `json:"id"` // without /hostedzone/
	// Name has a dot at its end. All but letters, digits, "-", "_" and "." are in octal.
	Name            string `json:"name"`
	CallerReference string `json:"caller_reference"`
	Comment         string `json:"comment,omitempty"`
	// Private says that only virtual networks see the zone.
	Private bool `json:"private,omitempty"`
	// VPC is the ID of the network that sees a private zone; empty: a default.
	VPC string `json:"vpc,omitempty"`
	// LinkedService is the service that has created the zone and alone may change it, such as
	// "servicediscovery.amazonaws.com".
	LinkedService string `json:"linked_service,omitempty"`
	// Recovery is the state of accelerated recovery; empty: off.
	Recovery    string   `json:"recovery,omitempty"`
	NameServers []string `json:"name_servers"`
	// Sets are in the order in which the API lists them.
	Sets []*Set `json:"sets"`
}

// Change is a batch of changes that was made.
type Change struct {
	ID        string    `json:"id"` // without /change/
	Submitted time.Time `json:"submitted"`
	Synced    time.Time `json:"synced"` // until then it is PENDING
}

// keptChanges is how many changes the state keeps.
const keptChanges = 100

// view calls fn with the state, which it must not change.
func (s *Service) view(fn func(st *State) error) error { return store.View(s.store, Section, fn) }

// update calls fn with the state to change.
func (s *Service) update(fn func(st *State) error) error {
	return store.Update(s.store, Section, func(st *State) error {
		st.Revision++
		return fn(st)
	})
}

// AddZone makes sure that the account has a public zone of that name, which the simulated name servers
// then serve.
func (s *Service) AddZone(apex string) error {
	name, err := apiName(apex)
	if err != nil {
		return err
	}
	return store.Update(s.store, Section, func(st *State) error {
		if st.public(name) == nil {
			st.addZone(name)
		}
		return nil
	})
}

// EditZone lets change alter the first public zone of that name in ways that no call of the API can. It
// makes the zone if necessary.
func (s *Service) EditZone(apex string, change func(z *Zone)) error {
	if err := s.AddZone(apex); err != nil {
		return err
	}
	name, err := apiName(apex)
	if err != nil {
		return err
	}
	return s.update(func(st *State) error {
		change(st.public(name))
		return nil
	})
}

// AddTwin adds another zone of a name, and lets change alter it. Several zones can have one name, and
// private ones often have that of a public one.
func (s *Service) AddTwin(apex string, change func(z *Zone)) error {
	name, err := apiName(apex)
	if err != nil {
		return err
	}
	return s.update(func(st *State) error {
		change(st.addZone(name))
		return nil
	})
}

// apiName is a name as the API writes it.
func apiName(apex string) (string, error) {
	name, err := dns.Canonical(apex)
	if err != nil {
		return "", fmt.Errorf("zone %q: %w", apex, err)
	}
	return stored(name), nil
}

func (st *State) addZone(name string) *Zone {
	st.Revision++
	id := st.newID("Z")
	z := &Zone{ID: id, Name: name, CallerReference: "sandbox-" + id, NameServers: nameServersFor(id)}
	ttlNS, ttlSOA := int64(172800), int64(900)
	servers := make([]Value, len(z.NameServers))
	for i, server := range z.NameServers {
		servers[i].Value = server + "."
	}
	z.Sets = []*Set{
		{Name: name, Type: "NS", TTL: &ttlNS, Values: servers},
		{Name: name, Type: "SOA", TTL: &ttlSOA, Values: []Value{{servers[0].Value + " awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"}}},
	}
	st.Zones = append(st.Zones, z)
	return z
}

// newID makes an ID in the API's form: capital letters and digits without a meaning.
func (st *State) newID(first string) string {
	st.LastID++
	sum := sha256.Sum256(fmt.Appendf(nil, "route53 %d", st.LastID))
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	id := first
	for _, b := range sum[:20] {
		id += string(digits[int(b)%len(digits)])
	}
	return id
}

func (st *State) public(name string) *Zone {
	return find(st.Zones, func(z *Zone) bool { return z.Name == name && !z.Private })
}

func (st *State) zone(id string) *Zone {
	return find(st.Zones, func(z *Zone) bool { return z.ID == id })
}

func find[T any](all []*T, is func(*T) bool) *T {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i]
	}
	return nil
}

// sorted sorts sets as the API lists them: by the labels of the name from the right, then by type and
// identifier.
func sorted(sets []*Set) {
	slices.SortStableFunc(sets, compareSets)
}

func compareSets(a, b *Set) int {
	return cmp.Or(cmp.Compare(reversed(a.Name), reversed(b.Name)), cmp.Compare(a.Type, b.Type), cmp.Compare(a.SetIdentifier, b.SetIdentifier))
}

// reversed is a name with its labels from the right to the left.
func reversed(name string) string {
	labels := strings.Split(strings.TrimSuffix(name, "."), ".")
	slices.Reverse(labels)
	return strings.Join(labels, ".") + "."
}

// nameServersFor are the four name servers of a zone, under four top-level domains.
func nameServersFor(id string) []string {
	sum := sha256.Sum256([]byte(id))
	servers := make([]string, 4)
	for i, domain := range []string{"com", "net", "org", "co.uk"} {
		servers[i] = fmt.Sprintf("ns-%d.awsdns-%02d.%s", i*512+int(sum[i]), int(sum[i+4])%64, domain)
	}
	return servers
}

// Sort sorts the sets of a zone that was edited.
func (z *Zone) Sort() { sorted(z.Sets) }
