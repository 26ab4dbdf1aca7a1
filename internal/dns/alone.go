package dns

import (
	"context"
	"fmt"
)

// Alone calls write in a turn of its own in the zone's queue: whatever else this editor
// writes to the zone is written and read back either before or after it. It is for what
// somebody else writes on our behalf, such as a sender that publishes its records by
// itself. Turns are taken in the order of coming. What was read of the zone before
// counts no more afterwards. Within write, the zone is read at the host; publishing in
// it from there would wait for ever.
//
// A caller whose context ends before its turn has written nothing. Once it is called,
// write is waited for, as its caller alone learns what has come of it, and whoever comes
// next must not run into it: what it has begun it should bring to an end, in bounded
// time, also where the context has ended.
//
// The error is that of write, or of the context. Other processes, and people at the
// host's web interface, take no turns, and no host tells that they have been there.
func (e *Editor) Alone(ctx context.Context, zone HostedZone, write func() error) error {
	q := e.queue(zone)
	select {
	case q.turn <- struct{}{}:
	case <-ctx.Done():
		return unbegun(ctx, zone)
	}
	defer q.yield()
	if ctx.Err() != nil {
		return unbegun(ctx, zone) // both at the same time
	}
	defer q.outdate()
	return write()
}

// unbegun is the error of a caller whose context ended before its turn.
func unbegun(ctx context.Context, zone HostedZone) error {
	return fmt.Errorf("the wait for a turn to write the zone %s ended before anything was written: %w", zone.Apex, ctx.Err())
}

// outdate forgets what was read of the zone.
func (q *zoneQueue) outdate() {
	q.mu.Lock()
	q.seen = 0
	q.mu.Unlock()
	q.editor.snapshots.Forget(q.cacheKey())
}

// yield gives the turn to the one who has waited for it the longest.
func (q *zoneQueue) yield() { <-q.turn }
