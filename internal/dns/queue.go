package dns

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// zoneQueue is what an editor keeps of one zone: who waits to write to it, and what
// its owners have published.
type zoneQueue struct {
	editor    *Editor
	zone      HostedZone
	gathering api.Gatherer
	turn      chan struct{} // has room for the one who may write: the worker, or somebody alone

	mu         sync.Mutex
	waiting    batch
	came       int // how many requests have come
	seen       int // how many of them had when the worker last read the zone
	working    bool
	orphans    map[string]string     // SPF records whose owner has withdrawn; see draft
	completed  map[string]completion // changes of SPF records that were interrupted; see draft
	unlistable bool                  // the host does not show the zone as a whole
	asked      []string              // names that were asked for where it does not
}

// request is one publication or withdrawal that waits for its turn.
type request struct {
	ctx         context.Context
	number      int       // in the order of coming
	came        time.Time // when it came
	publication Publication
	done        chan struct{} // closed when the answer is there
	before      []Published   // what the owner had when it asked; an attempt adds to publication.Previous
	planned     []Problem     // what attempts before the last had to say of the change, if it arrives
	notes       []Problem     // what happened on the way
	merges      []spfChange   // by attempts before the last

	result Result
	err    error
}

func (r *request) answer(result Result, err error) {
	r.result, r.err = result, err
	close(r.done)
}

// submit queues a publication and waits for its turn and its end. A caller whose
// context ends before its turn has written nothing; later, the write goes on
// without it.
func (q *zoneQueue) submit(ctx context.Context, p Publication) (Result, error) {
	if len(p.Wanted) == 0 && len(p.Previous) == 0 {
		return Result{}, nil
	}
	r := &request{ctx: ctx, publication: p, before: p.Previous, done: make(chan struct{}), came: time.Now()}
	q.gathering.Arrive()
	q.mu.Lock()
	q.came++
	r.number = q.came
	q.waiting = append(q.waiting, r)
	if !q.working {
		q.working = true
		go q.work(context.WithoutCancel(ctx))
	}
	q.mu.Unlock()
	select {
	case <-r.done:
		return r.result, r.err
	case <-ctx.Done():
	}
	if q.leaveQueue(r) {
		return Result{}, unbegun(ctx, q.zone)
	}
	// The write is under way. Who leaves now does not know what has come of it.
	select {
	case <-r.done:
		return r.result, r.err
	case <-time.After(longestFinish):
		return Result{}, fmt.Errorf("the run was stopped while the zone %s was being written, and the write did not end within %s: apply again, which goes on from what is there: %w",
			q.zone.Apex, longestFinish, ctx.Err())
	}
}

// longestFinish bounds the wait for a write that is under way when the run is stopped.
const longestFinish = 30 * time.Second

// leaveQueue takes a request out of those that wait, and reports whether it was still among
// them: nothing of it has been written then.
func (q *zoneQueue) leaveQueue(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	before := len(q.waiting)
	q.waiting = slices.DeleteFunc(slices.Clone(q.waiting), func(other *request) bool { return other == r })
	return len(q.waiting) < before
}

// work writes for all that wait, until nobody does. What was read back after a write
// serves those who came before; whoever comes later may know of an edit that it does
// not show.
func (q *zoneQueue) work(ctx context.Context) {
	var current *Snapshot
	for waiting := q.awaited(); len(waiting) > 0; waiting = q.awaited() {
		current = q.round(ctx, waiting, current)
	}
}

// round is one turn of the worker, from the reading to the answers. It returns the
// zone as it was read last, or nil when that is out of date.
func (q *zoneQueue) round(ctx context.Context, waiting batch, current *Snapshot) *Snapshot {
	q.turn <- struct{}{}
	defer q.yield()
	if len(q.covered(waiting, current)) < len(waiting) {
		var err error
		if current, err = q.look(ctx, q.names(waiting)); err != nil {
			q.take().fail(err)
			return nil
		}
	}
	// Those who came during the read are in time for the write.
	return q.commit(ctx, q.ready(q.take(), current), current)
}

// awaited returns those that wait, once all who come together are here. When it is
// nobody, the next one who comes has to start the work again.
func (q *zoneQueue) awaited() batch {
	if q.editor.options.Gather {
		q.gathering.Wait()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = slices.DeleteFunc(q.waiting, func(r *request) bool { return r.ctx.Err() != nil })
	q.working = len(q.waiting) > 0
	return slices.Clone(q.waiting)
}

// take returns all that wait for the next write.
func (q *zoneQueue) take() batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	taken := slices.DeleteFunc(q.waiting, func(r *request) bool { return r.ctx.Err() != nil })
	q.waiting = nil
	return taken
}

// leave notes which SPF records that an owner began it has left to others, and which
// changes it has finished for others too.
func (q *zoneQueue) leave(orphaned map[string]string, finished map[string]completion) {
	q.mu.Lock()
	defer q.mu.Unlock()
	maps.Copy(q.orphans, orphaned)
	maps.Copy(q.completed, finished)
}

// batch is requests that are written together.
type batch []*request

// cameBefore is whether all of a batch had come when a reading of the zone began.
func (b batch) cameBefore(s *Snapshot) bool {
	return !slices.ContainsFunc(b, func(r *request) bool { return !r.came.Before(s.Began) })
}

func (b batch) fail(err error) {
	for _, r := range b {
		r.answer(Result{Warnings: r.notes}, err)
	}
}

// names returns the names that a batch is about; nil at a host that shows the whole
// zone anyway.
func (q *zoneQueue) names(b batch) []string {
	if _, byName := q.editor.host.(NameReader); !byName {
		return nil
	}
	names := []string{q.zone.Apex}
	for _, r := range b {
		names = append(names, r.publication.names(q.zone)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ready returns the requests that the snapshot covers; the others go back to wait for
// the next one.
func (q *zoneQueue) ready(b batch, s *Snapshot) batch {
	ready := q.covered(b, s)
	q.mu.Lock()
	defer q.mu.Unlock()
	early := slices.DeleteFunc(b, func(r *request) bool { return slices.Contains(ready, r) })
	q.waiting = slices.Concat(early, q.waiting)
	return ready
}

// covered returns the requests that can be decided by what the worker last read:
// those who had come by then, and of whose names it tells.
func (q *zoneQueue) covered(b batch, s *Snapshot) batch {
	q.mu.Lock()
	seen := q.seen
	q.mu.Unlock()
	var covered batch
	for _, r := range b {
		if s != nil && r.number <= seen && s.tellsAll(q.names(batch{r})) {
			covered = append(covered, r)
		}
	}
	return covered
}

// sawAt notes for the worker that a reading which began at that time shows the zone:
// it serves those who had come by then.
func (q *zoneQueue) sawAt(began time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seen = q.came
	for _, r := range q.waiting {
		if !r.came.Before(began) {
			q.seen = min(q.seen, r.number-1)
		}
	}
}

// look is read for the worker, who notes whom the answer serves.
func (q *zoneQueue) look(ctx context.Context, names []string) (*Snapshot, error) {
	snapshot, err := q.read(ctx, names)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seen = q.came
	return snapshot, err
}
