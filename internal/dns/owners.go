package dns

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Other is a record in a zone that an owner wants, other than the owner of the publication that is
// planned.
type Other struct {
	// Owner is the owner of its publication; empty if the owner has no ID yet.
	Owner string
	Wanted
	// Planned says that the owner's plan is known and wants the record. Otherwise the record is
	// only known to be published, and its owner's plan may give it up.
	Planned bool
	// ReplaceMX is whether its owner has all MX records deleted that are not its own, at
	// names where it wants some.
	ReplaceMX bool
}

// neighbours are the other owners in a zone, as far as this process knows them.
type neighbours struct {
	wants []Other
	has   []Published // what they published, also what their plans give up
	left  []Published // what owners had before they wrote in this process; see registry
	// displaced are the records that owners displace by their plans, each as the record of
	// the owner that does.
	displaced []Other
}

// claim is what is known about one owner in a zone.
type claim struct {
	published []Published // what it has in the zone, as last seen
	wanted    []Wanted    // what it wants from now on
	decided   bool        // whether wanted is known
	replaceMX bool        // see Publication
	displaces []Identity  // what makes way by its plan
}

// registry knows the owners in one zone and what they have done there in this process. Terraform
// passes resources to the provider one at a time, so this is how they learn of each other.
//
// An account can have several zones with one name, which have nothing to do with each other. But an
// owner that was not looked at yet may know only the name of its zone: its ID takes a call. Such an
// owner counts in all zones with that name. Most names have one zone.
type registry struct {
	*namesakes
	zone string // the zone's ID; empty if it is not known yet
}

// namesakes is what is known about all zones with one apex.
type namesakes struct {
	arrivals *arrivals

	mu     sync.Mutex
	claims map[claimKey]claim
	gone   map[string][]Record    // by zone: records that this process has removed or changed, or is about to
	left   map[string][]Published // by zone: what owners had when they wrote in this process; others may go on with what they gave up
	heard  int                    // how often something was told
}

// claimKey identifies an owner in a zone. The zone is its ID, or empty if that is not known yet. The
// owner is named by the contents if it has no ID yet.
type claimKey struct{ zone, owner string }

// key returns the key of an owner's claim. Once the zone of an owner is known, an earlier claim
// without it is about that zone. r.mu is held.
func (r registry) key(owner string) claimKey {
	key, anywhere := claimKey{r.zone, owner}, claimKey{"", owner}
	if r.zone != "" {
		if earlier, is := r.claims[anywhere]; is {
			delete(r.claims, anywhere)
			if _, known := r.claims[key]; !known {
				r.claims[key] = earlier
			}
		}
		return key
	}
	var known []claimKey
	for other := range r.claims {
		if other.owner == owner {
			known = append(known, other)
		}
	}
	if len(known) == 1 {
		return known[0]
	}
	return anywhere
}

// concerns reports whether something that was told about a zone may be about this one.
func (r registry) concerns(zone string) bool { return r.zone == "" || zone == "" || zone == r.zone }

// keys returns the keys of the claims that concern this zone, sorted by owner. r.mu is held.
func (r registry) keys() []claimKey {
	keys := slices.SortedFunc(maps.Keys(r.claims), func(a, b claimKey) int {
		return cmp.Or(cmp.Compare(a.owner, b.owner), cmp.Compare(a.zone, b.zone))
	})
	return slices.DeleteFunc(keys, func(key claimKey) bool { return !r.concerns(key.zone) })
}

// arrivals are the times at which owners become known, in all zones of an editor. Terraform
// refreshes and plans several resources at the same time, in an order that it chooses.
type arrivals struct {
	api.Gatherer
	first sync.Once
}

// beginning is how long the first search for other owners waits, even if no owner has become known
// yet.
const beginning = 250 * time.Millisecond

// settle waits until no owner has become known for a moment.
func (a *arrivals) settle() {
	a.begin()
	a.Wait()
}

// begin waits once, at the beginning, for the owners that are refreshed at the same time.
func (a *arrivals) begin() {
	a.first.Do(func() { time.Sleep(beginning) })
}

// nameless returns a name for the owner of a publication that has no ID yet. The same records get
// the same name, so that planning them again does not add a second owner.
func nameless(wanted []Wanted) string {
	text, err := json.Marshal(sortedByKey(wanted))
	if err != nil {
		panic(err) // cannot happen with strings and numbers
	}
	return "\x00" + string(text)
}

// owners returns the names under which the registry may know a publication's owner.
func (p Publication) owners() []string { return []string{p.Owner, nameless(p.Wanted)} }

// claimant is the name under which a publication makes its claim.
func (p Publication) claimant() string {
	if p.Owner == "" {
		return nameless(p.Wanted)
	}
	return p.Owner
}

// tell notes what an owner has or wants.
func (r registry) tell(owner string, c claim) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !c.decided || len(c.wanted) > 0 {
		r.arrivals.Arrive() // no other owners are expected after one that leaves
	}
	r.heard++
	r.claims[r.key(owner)] = c
}

// conclude saves that a publication has been written.
func (r registry) conclude(p Publication, published []Published, gone []Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard++
	r.gone[r.zone] = append(r.gone[r.zone], gone...)
	for _, name := range p.owners() {
		delete(r.claims, r.key(name))
	}
	r.left[r.zone] = append(r.left[r.zone], p.Previous...)
	if p.Owner != "" && len(p.Wanted) > 0 {
		r.claims[r.key(p.Owner)] = claim{published: published, wanted: p.Wanted, decided: true, replaceMX: p.ReplaceMX}
	}
}

// goes notes what a write is about to remove or change. Whoever reads the zone while it is
// under way may see it without these records.
func (r registry) goes(changes ChangeSet) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.gone[r.zone] = append(r.gone[r.zone], changes.Delete...)
	for _, replacement := range changes.Replace {
		r.gone[r.zone] = append(r.gone[r.zone], replacement.Old)
	}
}

// displaces notes what makes way by the plan of an owner.
func (r registry) displaces(owner string, displaced []Identity) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := r.key(owner)
	if c, known := r.claims[key]; known {
		c.displaces = displaced
		r.claims[key] = c
	}
}

// removed returns the records that this process has removed from the zone.
func (r registry) removed() []Record {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.gone[r.zone])
}

// neighbours returns what is known about all owners except these.
func (r registry) neighbours(but ...string) neighbours {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := neighbours{left: slices.Clone(r.left[r.zone])}
	for _, key := range r.keys() {
		owner, c := key.owner, r.claims[key]
		if slices.Contains(but, owner) {
			continue
		}
		shown := owner
		if strings.HasPrefix(owner, "\x00") {
			shown = ""
		}
		n.has = append(n.has, c.published...)
		for _, id := range c.displaces {
			n.displaced = append(n.displaced, Other{Owner: shown, Wanted: Wanted{Record: id.record()}, Planned: true})
		}
		if c.decided {
			for _, w := range c.wanted {
				n.wants = append(n.wants, Other{Owner: shown, Wanted: w, Planned: true, ReplaceMX: c.replaceMX})
			}
			continue
		}
		for _, p := range c.published {
			n.wants = append(n.wants, Other{Owner: shown, Wanted: Wanted{Key: p.Key, Record: p.Wanted}})
		}
	}
	return n
}

// settle waits until no owner has become known for a moment. It reports whether the registry has
// changed since it had this count.
func (r registry) settle(since int) bool {
	r.arrivals.settle()
	return r.count() != since
}

// count returns how often the registry has changed.
func (r registry) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.heard
}

// Has tells the editor what an owner has published in a zone, as the owner remembers it. Of the zone,
// only Apex and ID count; the ID may be empty if it is not known yet. Has makes no calls. Terraform
// refreshes and plans one resource at a time. After Has, the other resources do not take the records
// of this one for a stranger's.
func (e *Editor) Has(zone HostedZone, owner string, published []Published) {
	r := e.registry(zone)
	r.mu.Lock()
	before := r.claims[r.key(owner)]
	r.mu.Unlock()
	before.published = published
	r.tell(owner, before)
}

// Wants tells the editor what an owner has in a zone, and what it wants there according to its plan.
// Of the zone, only Apex and ID count; the ID may be empty if it is not known yet. If the owner
// leaves the zone, it wants nothing. The owner is empty if the publication has no ID yet. Wants makes
// no calls.
//
// It returns a problem for each record that cannot exist next to a record that another owner wants;
// see [Publication].
func (e *Editor) Wants(zone HostedZone, p Publication) []Problem {
	owner := p.claimant()
	r := e.registry(zone)
	r.tell(owner, claim{published: p.Previous, wanted: p.Wanted, decided: true, replaceMX: p.ReplaceMX})
	others := r.neighbours(p.owners()...)
	return append(rivalries(zone, e.host.Limits(), p, others.wants), displacements(zone, p, others.displaced)...)
}

// Forget takes back what was told of a publication that will not be made.
func (e *Editor) Forget(zone HostedZone, p Publication) {
	r := e.registry(zone)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard++
	for _, name := range p.owners() {
		delete(r.claims, r.key(name))
	}
}

// Shared returns the records that other owners want at the names of an owner's records in a zone. Of
// the zone, only Apex and ID count; the ID may be empty if it is not known yet. The owner has to
// leave these records when it goes. Shared waits a moment for owners that are about to become known.
func (e *Editor) Shared(zone HostedZone, owner string, published []Published) []Wanted {
	r := e.registry(zone)
	r.arrivals.settle()
	var shared []Wanted
	for _, other := range r.neighbours(owner).wants {
		if slices.ContainsFunc(published, func(p Published) bool {
			return Equivalent(p.Wanted, other.Record) || p.Wanted.isSPF() && other.Record.isSPF() && p.Wanted.Name == other.Record.Name
		}) {
			shared = append(shared, other.Wanted)
		}
	}
	return shared
}

// registry returns the registry of a zone.
func (e *Editor) registry(zone HostedZone) registry {
	e.mu.Lock()
	defer e.mu.Unlock()
	same, known := e.registries[zone.Apex]
	if !known {
		same = &namesakes{arrivals: &e.arrivals, claims: map[claimKey]claim{}, gone: map[string][]Record{}, left: map[string][]Published{}}
		e.registries[zone.Apex] = same
	}
	return registry{same, zone.ID}
}

// wantedBy is whether another owner wants a record.
func wantedBy(others []Other, r Record) bool {
	return slices.ContainsFunc(others, func(o Other) bool { return Equivalent(o.Record, r) })
}

// owns reports whether another owner has published a record. An owner that only wants the record,
// or found it in the zone, does not own it.
func (n neighbours) owns(r Record) bool {
	return slices.ContainsFunc(slices.Concat(n.has, n.left), func(p Published) bool { return !p.Preexisting && Equivalent(p.Record, r) })
}

// concernedBy reports whether another owner has or wants a record. If an owner's record was changed
// into such a record, it belongs to that other owner.
func (n neighbours) concernedBy(r Record) bool {
	return publishedAs(n.has, r) || wantedBy(n.wants, r)
}

// givesUp reports whether another owner has published a record that no known plan wants any more.
// An owner whose plan is not known yet may give it up too. If it does not, its own plan finds the
// conflict.
func (n neighbours) givesUp(r Record) bool {
	return slices.ContainsFunc(n.has, func(p Published) bool { return !p.Preexisting && Equivalent(p.Record, r) }) &&
		!slices.ContainsFunc(n.wants, func(o Other) bool { return o.Planned && Equivalent(o.Record, r) })
}

// mayKeep reports whether an owner that has published a record may still want it, because its plan
// is not known yet.
func (n neighbours) mayKeep(r Record) bool {
	return slices.ContainsFunc(n.wants, func(o Other) bool { return !o.Planned && Equivalent(o.Record, r) })
}
