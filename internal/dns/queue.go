package dns

import (
	"context"
	"maps"
	"slices"
	"sync"
)

// zoneQueue is what an editor keeps of one zone: who waits to write to it, and what
// its owners have published.
type zoneQueue struct {
	editor *Editor
	zone   HostedZone

	mu         sync.Mutex
	waiting    []*request
	working    bool
	claims     map[string][]Wanted // by owner: what was published in the life of the editor
	unlistable bool                // the host does not show the zone as a whole
	names      []string            // that were asked for where it does not
}

// request is one publication or withdrawal that waits for its turn.
type request struct {
	ctx         context.Context
	publication Publication
	done        chan struct{} // closed when the answer is there
	notes       []Problem     // what happened on the way

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
	r := &request{ctx: ctx, publication: p, done: make(chan struct{})}
	q.mu.Lock()
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
		return Result{}, errWaitEnded(q.zone, ctx.Err())
	}
}

// work writes for all that wait, until nobody does.
func (q *zoneQueue) work(ctx context.Context) {
	var current *Snapshot
	for {
		names := q.awaited()
		if names == nil {
			return
		}
		if current == nil || slices.ContainsFunc(names, func(name string) bool { return !current.tells(name) }) {
			var err error
			if current, err = q.read(ctx, names); err != nil {
				q.take().fail(err)
				continue
			}
		}
		// Those who came during the read are in time for the write.
		current = q.commit(ctx, q.take().about(current, q), current)
	}
}

// awaited returns the names that the waiting requests are about. When nobody waits
// it is nil, and the next one who comes has to start the work again.
func (q *zoneQueue) awaited() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = slices.DeleteFunc(q.waiting, func(r *request) bool { return r.ctx.Err() != nil })
	if len(q.waiting) == 0 {
		q.working = false
		return nil
	}
	return batch(q.waiting).names(q.zone)
}

// take returns all that wait for the next write.
func (q *zoneQueue) take() batch {
	q.mu.Lock()
	defer q.mu.Unlock()
	taken := slices.DeleteFunc(q.waiting, func(r *request) bool { return r.ctx.Err() != nil })
	q.waiting = nil
	return taken
}

// others returns what other owners than these publish in the zone, as far as this
// editor did it.
func (q *zoneQueue) others(owners ...string) []Wanted {
	q.mu.Lock()
	defer q.mu.Unlock()
	var others []Wanted
	for _, other := range slices.Sorted(maps.Keys(q.claims)) {
		if !slices.Contains(owners, other) {
			others = append(others, q.claims[other]...)
		}
	}
	return others
}

// claim notes what an owner has published.
func (q *zoneQueue) claim(p Publication) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(p.Wanted) == 0 {
		delete(q.claims, p.Owner)
	} else if p.Owner != "" {
		q.claims[p.Owner] = p.Wanted
	}
}

// batch is requests that are written together.
type batch []*request

func (b batch) names(zone HostedZone) []string {
	names := []string{zone.Apex}
	for _, r := range b {
		names = append(names, r.publication.names(zone)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// about returns those of whose names the snapshot tells; the others wait for the
// next one.
func (b batch) about(s *Snapshot, q *zoneQueue) batch {
	var ready, early batch
	for _, r := range b {
		if slices.ContainsFunc(r.publication.names(q.zone), func(name string) bool { return !s.tells(name) }) {
			early = append(early, r)
		} else {
			ready = append(ready, r)
		}
	}
	if len(early) > 0 {
		q.mu.Lock()
		q.waiting = slices.Concat(early, q.waiting)
		q.mu.Unlock()
	}
	return ready
}

func (b batch) fail(err error) {
	for _, r := range b {
		r.answer(Result{}, err)
	}
}
