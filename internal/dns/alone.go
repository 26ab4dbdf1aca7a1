package dns

import (
	"context"
	"fmt"
)

// Alone calls write when no other write to the zone is under way in this editor: everything else
// that the editor writes to the zone is written and read back either before or after it. Use it
// when somebody else writes on our behalf, such as a sender that publishes its records itself.
// Callers take turns in the order in which they come. Afterwards the editor forgets what it had
// read of the zone. Within write, read the zone at the host; publishing in this zone from within
// write would wait forever.
//
// If the context of the caller ends before its turn, nothing has been written. Once write was
// called, Alone waits for it even if the context has ended, because only the caller learns the
// outcome, and the next writer must not run into it. So write has to end in bounded time.
//
// The error is that of write, or of the context. Other processes, and people at the host's web
// interface, take no turns, and no host tells whether they have written.
func (e *Editor) Alone(ctx context.Context, zone HostedZone, write func() error) error {
	q := e.queue(zone)
	select {
	case q.turn <- struct{}{}:
	case <-ctx.Done():
		return unbegun(ctx, zone)
	}
	defer q.yield()
	if ctx.Err() != nil {
		return unbegun(ctx, zone) // the turn came at the moment in which the context ended
	}
	defer q.outdate()
	return write()
}

// unbegun returns the error for a caller whose context ended before its turn.
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

// yield passes the turn to the caller that has waited longest.
func (q *zoneQueue) yield() { <-q.turn }
