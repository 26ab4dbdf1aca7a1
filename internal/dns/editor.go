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

// defaultAttempts is how often the editor begins to write before it gives up: a
// zone that changes more often while it is written is somebody else's battle.
const defaultAttempts = 5

// EditorOptions say how an editor works. The zero value is ready for use.
type EditorOptions struct {
	// Lookup asks the DNS for what a snapshot does not tell: nested SPF records,
	// the addresses ("A") and aliases ("CNAME") of MX targets outside the zone, and
	// whether others agree to get DMARC reports. Nil: none of it is checked.
	// [Lookup.Values] is one.
	Lookup mailrecord.SPFLookupFunc
	// Attempts is how often a write is begun; 0 means 5.
	Attempts int
	// Pause waits between attempts, and before the zone is read back where
	// another process may still be writing. Nil waits by the clock.
	Pause func(ctx context.Context, d time.Duration)
	// Gather has each write wait a moment for publications that are about to
	// come, so that one write serves them all. Terraform starts its resources
	// side by side, but not in the same instant.
	Gather bool
}

// Editor publishes records at one host. It writes each zone once at a time:
// publications that come while a write is under way are joined into the next one, and
// whoever has somebody else write to the zone takes a turn between two; see Alone.
// It is safe for concurrent use.
type Editor struct {
	host      Host
	options   EditorOptions
	snapshots api.Cache[*Snapshot]
	lookups   api.Cache[[]string]

	mu         sync.Mutex
	zones      map[string]*zoneQueue
	registries map[string]*registry // by apex
	arrivals   arrivals
}

// NewEditor makes the editor of a host. There should be no other one for the same
// account in the process.
func NewEditor(host Host, options EditorOptions) *Editor {
	if options.Attempts <= 0 {
		options.Attempts = defaultAttempts
	}
	if options.Pause == nil {
		options.Pause = pause
	}
	return &Editor{host: host, options: options, zones: map[string]*zoneQueue{}, registries: map[string]*registry{}}
}

// pause waits, and up to half as long again, so that two processes that got into
// each other's way do not do so again.
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

// Snapshot returns the zone as it was read last; it is read once and kept until
// this editor writes to it. Nobody may change it. About are the records that it is
// to tell about, at a host that cannot show the whole zone.
func (e *Editor) Snapshot(ctx context.Context, zone HostedZone, about []Record) (*Snapshot, error) {
	return e.queue(zone).snapshot(ctx, namesAbout(zone, about))
}

// Plan is the function [Plan] for the zone as it was read last, and for what is known of
// other owners. In addition it asks the DNS what the zone does not tell: SPF lookups, and
// MX targets outside the zone. Where something is in the way that may be another owner's,
// it waits a moment for owners that are about to be heard of.
func (e *Editor) Plan(ctx context.Context, zone HostedZone, p Publication) (PlannedChange, error) {
	q, owners := e.queue(zone), e.registry(zone.Apex)
	snapshot, err := q.snapshot(ctx, p.names(zone))
	if err != nil {
		return PlannedChange{}, err
	}
	limits := e.host.Limits()
	heard := owners.count()
	d, planned := plan(snapshot, limits, p, owners.neighbours(p.owners()...))
	if planned.unattributed && owners.settle(heard) {
		// Whoever was heard of may have written to the zone too.
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

// displaced are the records of others that a publication displaces in the zone as it was
// before this process wrote to it.
func (e *Editor) displaced(s *Snapshot, p Publication, planned PlannedChange) []Identity {
	owners := e.registry(s.Zone.Apex)
	before := &Snapshot{Zone: s.Zone, Records: slices.Clone(s.Records), MailHosted: s.MailHosted, Names: s.Names}
	ghosts := map[int]bool{}
	for _, gone := range owners.removed() {
		if s.copies(gone.Identity()) == 0 && !gone.isSPF() {
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

// Publish brings the wanted records into the zone and withdraws what the owner
// published before and wants no more. It returns when the zone was read back and
// has them.
//
// A [*ConflictError] refuses the publication; nothing of it was written. Other
// errors are the host's; where they match api.ErrOutcomeUnknown, or the context
// ended, or the host is not atomic, records may have been written: publishing again
// adopts them. An SPF mechanism that was written then counts as somebody else's and
// is never withdrawn; where it is seen that one was, it is therefore taken out again.
func (e *Editor) Publish(ctx context.Context, zone HostedZone, p Publication) (Result, error) {
	return e.queue(zone).submit(ctx, p)
}

// Withdraw removes what an owner published, each record only while it is as it was
// left; others are left and named in the result's warnings. Owner is that of the
// publications.
func (e *Editor) Withdraw(ctx context.Context, zone HostedZone, owner string, previous []Published) (Result, error) {
	return e.queue(zone).submit(ctx, Publication{Owner: owner, Previous: previous})
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

// read reads a zone from the host: as a whole, or where the host does not show it
// as a whole, what there is at the names.
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
		// It was read for other names: once more, for all that were asked for.
		q.remember(names)
		cache.Forget(key)
	}
}

// remember adds to the names that are asked for together, and returns all.
func (q *zoneQueue) remember(names []string) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.asked = append(q.asked, names...)
	slices.Sort(q.asked)
	q.asked = slices.Compact(q.asked)
	return slices.Clone(q.asked)
}

func (q *zoneQueue) cacheKey() string { return q.zone.ID + " " + q.zone.Apex }

// names are those of the zone that decide about a publication.
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

// namesAbout are the names that decide about records: their own, the targets of MX
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
