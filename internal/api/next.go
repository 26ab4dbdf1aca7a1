package api

import (
	"context"
	"sync"
)

// Next shares calls among those who need one that begins after they asked: the
// read-backs after writes. Whoever comes while a call is waiting to begin joins
// it; whoever comes after it began gets the next one. The zero value is ready
// for use.
type Next[V any] struct {
	mu      sync.Mutex
	waiting *call[V]
}

type call[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// Do returns what load returned, from a run that began after Do was called.
// ready is called first, on the same goroutine: while it blocks, others may
// still join. The run has a context of its own; ctx ends the wait alone.
func (n *Next[V]) Do(ctx context.Context, ready func(), load func(context.Context) (V, error)) (V, error) {
	return n.Join(ctx, ready, load)(ctx)
}

// Join does the first half of Do: it enters the caller for the next run, and
// returns the wait for its result. A writer that keeps ready blocked while it
// joins gets the very run that its own end sets off, and not the one after.
func (n *Next[V]) Join(ctx context.Context, ready func(), load func(context.Context) (V, error)) (wait func(context.Context) (V, error)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := n.waiting
	if c == nil {
		c = &call[V]{done: make(chan struct{})}
		n.waiting = c
		go func() {
			defer close(c.done)
			ready()
			n.mu.Lock()
			n.waiting = nil
			n.mu.Unlock()
			c.value, c.err = load(context.WithoutCancel(ctx))
		}()
	}
	return func(ctx context.Context) (V, error) {
		select {
		case <-c.done:
			return c.value, c.err
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
	}
}
