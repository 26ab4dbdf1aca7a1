package dns

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

// defaultAttempts is how often the editor begins to write before it gives up, because others change
// the zone all the time.
const defaultAttempts = 5

// EditorOptions configure an editor. The zero value is ready for use.
type EditorOptions struct {
	// Lookup asks the DNS for what a snapshot does not tell: nested SPF records, the addresses
	// ("A") and aliases ("CNAME") of MX targets outside the zone, and whether others agree to get
	// DMARC reports. If nil, none of this is checked. [Lookup.Values] is one such function.
	Lookup mailrecord.SPFLookupFunc
	// Attempts is how often the editor begins a write; 0 means 5.
	Attempts int
	// Pause waits between attempts, and before the zone is read back if another process may still
	// be writing. If nil, it waits by the clock.
	Pause func(ctx context.Context, d time.Duration)
	// Gather makes each write wait a moment for more publications, so that one write serves them
	// all. Terraform starts its resources side by side, but not in the same instant.
	Gather bool
}

// Editor publishes records at one host. It makes one write at a time in each zone. Publications
// that come during a write go into the next one together. If somebody else has to write to the
// zone, they get a turn between two writes: see [Editor.Alone]. An Editor is safe for concurrent
// use.
type Editor struct {
	host      Host
	options   EditorOptions
	snapshots api.Cache[*Snapshot]
	lookups   api.Cache[[]string]
	byID      api.Cache[HostedZone]

	mu         sync.Mutex
	zones      map[string]*zoneQueue
	registries map[string]*namesakes // by apex
	arrivals   arrivals
}

// NewEditor makes the editor of a host. A process should have only one for each account.
func NewEditor(host Host, options EditorOptions) *Editor {
	if options.Attempts <= 0 {
		options.Attempts = defaultAttempts
	}
	if options.Pause == nil {
		options.Pause = pause
	}
	return &Editor{host: host, options: options, zones: map[string]*zoneQueue{}, registries: map[string]*namesakes{}}
}

// pause waits for d and up to half as long again, so that two processes that have collided do not
// collide again.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d + rand.N(d/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// Host returns the host that the editor writes to.
func (e *Editor) Host() Host { return e.host }

// Zone returns the zone of the account that holds a name; see [Host].FindZone.
func (e *Editor) Zone(ctx context.Context, name string) (HostedZone, error) {
	return e.host.FindZone(ctx, name)
}

// Snapshot returns the zone as it was read last. The zone is read once, and kept until this editor
// writes to it. Callers must not change it. For a host that cannot show the whole zone, about are
// the records that the snapshot has to tell about.
func (e *Editor) Snapshot(ctx context.Context, zone HostedZone, about []Record) (*Snapshot, error) {
	return e.queue(zone).snapshot(ctx, namesAbout(zone, about))
}

// Plan decides what a publication would do to the zone as it was read last, with the other owners
// that are known. It asks the DNS what the zone does not tell: SPF lookups, and MX targets outside
// the zone. If something in the way may belong to another owner, it waits a moment for owners that
// have not announced themselves yet.
func (e *Editor) Plan(ctx context.Context, zone HostedZone, p Publication) (PlannedChange, error) {
	q, owners := e.queue(zone), e.registry(zone)
	snapshot, err := q.snapshot(ctx, p.names(zone))
	if err != nil {
		return PlannedChange{}, err
	}
	limits := e.host.Limits()
	heard := owners.count()
	d, planned := plan(snapshot, limits, p, owners.neighbours(p.owners()...))
	if planned.unattributed && owners.settle(heard) {
		// The owners that have announced themselves may have written to the zone too.
		if snapshot, err = q.snapshot(ctx, p.names(zone)); err != nil {
			return PlannedChange{}, err
		}
		d, planned = plan(snapshot, limits, p, owners.neighbours(p.owners()...))
	}
	planned.Displaced = e.displaced(snapshot, p, planned)
	problems, err := e.check(ctx, d, p, planned)
	planned.Problems = append(planned.Problems, problems...)
	if planned.Err() != nil {
		planned.Changes = ChangeSet{}
	} else {
		owners.displaces(p.claimant(), planned.Displaced)
	}
	return planned, err
}

// displaced returns the records of others that a publication displaces in the zone as it was before
// this process wrote to it.
func (e *Editor) displaced(s *Snapshot, p Publication, planned PlannedChange) []Identity {
	owners := e.registry(s.Zone)
	before := &Snapshot{Zone: s.Zone, Records: slices.Clone(s.Records), MailHosted: s.MailHosted, Names: s.Names}
	ghosts, told := map[int]bool{}, map[Identity]bool{} // one record may have been told of twice
	for _, gone := range owners.removed() {
		if id := gone.Identity(); s.copies(id) == 0 && !gone.isSPF() && !told[id] {
			told[id] = true
			ghosts[len(before.Records)] = true
			before.Records = append(before.Records, gone)
		}
	}
	if len(ghosts) == 0 {
		return planned.Displaced
	}
	d := newDraft(before)
	d.ghosts = ghosts
	return sortIdentities(slices.Concat(planned.Displaced, d.publish(p, e.host.Limits(), owners.neighbours(p.owners()...)).Displaced))
}

// Publish writes the wanted records to the zone and removes what the owner published before and no
// longer wants. It removes a record only if it is unchanged, and names changed records in the
// result's warnings. It returns when it has read the zone back and found the records.
//
// If the error is a [*ConflictError], the publication was refused and nothing was written. Other
// errors are the host's. If one matches api.ErrOutcomeUnknown, if the context ended, or if the host
// is not atomic, records may have been written. If Publish has seen such records, the error is a
// [*PartialError], which says what the owner has in the zone. Otherwise publishing again adopts
// them. An SPF mechanism that was written would then count as somebody else's and never be removed,
// so Publish removes such a mechanism again if it sees it.
func (e *Editor) Publish(ctx context.Context, zone HostedZone, p Publication) (Result, error) {
	return e.queue(zone).submit(ctx, p)
}

// queue returns what the editor keeps of a zone.
func (e *Editor) queue(zone HostedZone) *zoneQueue {
	e.mu.Lock()
	defer e.mu.Unlock()
	key := zone.ID + " " + zone.Apex
	q, known := e.zones[key]
	if !known {
		q = &zoneQueue{editor: e, zone: zone, turn: make(chan struct{}, 1), orphans: map[string]string{}, completed: map[string]completion{}}
		e.zones[key] = q
	}
	return q
}

// read reads a zone from the host as a whole. If the host does not show whole zones, it reads the
// records at the names.
func (q *zoneQueue) read(ctx context.Context, names []string) (*Snapshot, error) {
	reader, byName := q.editor.host.(NameReader)
	q.mu.Lock()
	unlistable := q.unlistable
	q.mu.Unlock()
	if !unlistable {
		snapshot, err := q.editor.host.Read(ctx, q.zone)
		if !byName || !errors.Is(err, ErrNotListable) {
			return snapshot, err
		}
		q.mu.Lock()
		q.unlistable = true
		q.mu.Unlock()
	}
	snapshot, err := reader.ReadNames(ctx, q.zone, names)
	if err != nil {
		return nil, err
	}
	snapshot.Names = names
	return snapshot, nil
}

// snapshot returns the zone as it was read last, or reads it.
func (q *zoneQueue) snapshot(ctx context.Context, names []string) (*Snapshot, error) {
	cache := &q.editor.snapshots
	key := q.cacheKey()
	for {
		snapshot, err := cache.Get(ctx, key, func(ctx context.Context) (*Snapshot, error) { return q.read(ctx, q.remember(names)) })
		if err != nil || snapshot.tellsAll(names) {
			return snapshot, err
		}
		// The snapshot was read for other names: read it again for all names that were asked for.
		q.remember(names)
		cache.Forget(key)
	}
}

// remember adds to the names that are read together, and returns all of them.
func (q *zoneQueue) remember(names []string) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked = append(q.asked, names...)
	slices.Sort(q.asked)
	q.asked = slices.Compact(q.asked)
	return slices.Clone(q.asked)
}

func (q *zoneQueue) cacheKey() string { return q.zone.ID + " " + q.zone.Apex }

// names returns the names in the zone that decide about a publication.
func (p Publication) names(zone HostedZone) []string {
	var about []Record
	for _, w := range p.Wanted {
		about = append(about, w.Record)
	}
	for _, before := range p.Previous {
		about = append(about, before.Wanted, before.Record)
	}
	return namesAbout(zone, about)
}

// namesAbout returns the names that decide about records: their own names and the targets of MX
// records, and for each of these the names above and their wildcards.
func namesAbout(zone HostedZone, about []Record) []string {
	var names []string
	add := func(name string) {
		if !zone.Holds(name) {
			return
		}
		names = append(names, name)
		for at := name; at != zone.Apex; {
			at = nameAbove(at)
			names = append(names, at, "*."+at)
		}
	}
	for _, r := range about {
		add(r.Name)
		if r.Type == "MX" {
			add(r.Value)
		}
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(name string) bool { return strings.HasPrefix(name, "*.*.") })
}
