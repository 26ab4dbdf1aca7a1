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

// zoneQueue is what an editor keeps for one zone: the requests that wait to write to it, and what
// its owners have published.
type zoneQueue struct {
	editor    *Editor
	zone      HostedZone
	gathering api.Gatherer
	turn      chan struct{} // holds one value while the worker or a caller of Alone may write

	mu         sync.Mutex
	waiting    batch
	came       int // how many requests have come
	seen       int // how many of them had come when the worker last read the zone
	working    bool
	orphans    map[string]string     // SPF records whose owner has withdrawn; see draft
	completed  map[string]completion // completed changes of SPF records; see draft
	unlistable bool                  // the host does not show the zone as a whole
	asked      []string              // names that were asked for where it does not
}

// request is one publication or withdrawal that waits for its turn.
type request struct {
	ctx         context.Context
	number      int       // in the order of arrival
	came        time.Time // when it came
	publication Publication
	done        chan struct{} // closed when the answer is there
	before      []Published   // what the owner had at first; attempts add to publication.Previous
	planned     []Problem     // warnings of earlier attempts, for the case that their change has arrived
	notes       []Problem     // about what happened so far
	merges      []spfChange   // of earlier attempts
	progress    progress      // what the attempts have changed

	result Result
	err    error
}

func (r *request) answer(result Result, err error) {
	r.result, r.err = result, r.inPart(err)
	close(r.done)
}

// submit queues a publication and waits until it is done. If the caller's context ends before its
// turn, nothing has been written. If it ends later, the write goes on without the caller.
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
	// The write is under way. A caller that leaves now does not learn its outcome.
	select {
	case <-r.done:
		return r.result, r.err
	case <-time.After(longestFinish):
		return Result{}, fmt.Errorf("the run was stopped while the zone %s was being written, and the write did not end within %s: apply again, which goes on from what is there: %w",
			q.zone.Apex, longestFinish, ctx.Err())
	}
}

// longestFinish limits the wait for a write that is under way when the run is stopped.
const longestFinish = 30 * time.Second

// leaveQueue removes a request from the queue. It reports whether the request was still there: if
// so, nothing of it has been written.
func (q *zoneQueue) leaveQueue(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	before := len(q.waiting)
	q.waiting = slices.DeleteFunc(slices.Clone(q.waiting), func(other *request) bool { return other == r })
	return len(q.waiting) < before
}

// work writes for all waiting requests, until there are none. A snapshot that was read back after a
// write serves the requests that came before the read. Requests that come later may know of a
// change that it does not show.
func (q *zoneQueue) work(ctx context.Context) {
	var current *Snapshot
	for waiting := q.awaited(); len(waiting) > 0; waiting = q.awaited() {
		current = q.round(ctx, waiting, current)
	}
}

// round is one turn of the worker, from the read to the answers. It returns the zone as it was read
// last, or nil if that is out of date.
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
	// Requests that came during the read are in time for the write.
	return q.commit(ctx, q.ready(q.take(), current), current)
}

// awaited returns the waiting requests, after all that come together have come. If there are none,
// the next request has to start the worker again.
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

// take returns all requests for the next write.
func (q *zoneQueue) take() batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	taken := slices.DeleteFunc(q.waiting, func(r *request) bool { return r.ctx.Err() != nil })
	q.waiting = nil
	return taken
}

// leave saves which SPF records stay for other owners although the owner that created them has
// withdrawn, and which interrupted changes were completed.
func (q *zoneQueue) leave(orphaned map[string]string, finished map[string]completion) {
	q.mu.Lock()
	defer q.mu.Unlock()
	maps.Copy(q.orphans, orphaned)
	maps.Copy(q.completed, finished)
}

// batch is a list of requests that are written together.
type batch []*request

// cameBefore reports whether all requests of a batch came before the read of a snapshot began.
func (b batch) cameBefore(s *Snapshot) bool {
	return !slices.ContainsFunc(b, func(r *request) bool { return !r.came.Before(s.Began) })
}

func (b batch) fail(err error) {
	for _, r := range b {
		r.answer(Result{Warnings: r.notes}, err)
	}
}

// names returns the names that a batch is about; nil for a host that shows the whole zone anyway.
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

// ready returns the requests that the snapshot covers. The others go back to the queue.
func (q *zoneQueue) ready(b batch, s *Snapshot) batch {
	ready := q.covered(b, s)
	q.mu.Lock()
	defer q.mu.Unlock()
	early := slices.DeleteFunc(b, func(r *request) bool { return slices.Contains(ready, r) })
	q.waiting = slices.Concat(early, q.waiting)
	return ready
}

// covered returns the requests that were queued before the worker's last read, and whose names that
// read covers.
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

// sawAt tells the worker that a read which began at that time shows the zone. The read serves the
// requests that had come by then.
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

// look reads the zone for the worker, and notes which requests the read serves.
func (q *zoneQueue) look(ctx context.Context, names []string) (*Snapshot, error) {
	snapshot, err := q.read(ctx, names)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seen = q.came
	return snapshot, err
}
