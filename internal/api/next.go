package api

import (
	"context"
	"sync"
)

// Next shares calls among callers who each need one that begins after they asked, such as reads
// after writes. Callers join a call until it begins; later callers share the next one. The zero
// value is ready for use.
type Next[V any] struct {
	mu      sync.Mutex
	waiting *call[V]
}

type call[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// Do returns the result of a load that began after Do was called. It calls ready first, on the same
// goroutine: while ready blocks, others may still join. The load has its own context; the end of
// ctx ends only the wait.
func (n *Next[V]) Do(ctx context.Context, ready func(), load func(context.Context) (V, error)) (V, error) {
	return n.Join(ctx, ready, load)(ctx)
}

// Join is the first half of Do: it enters the caller for the next load, and returns a function that
// waits for the result. A writer that keeps ready blocked while it joins gets the load that follows
// its own write, and not the one after that.
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
