package api

import (
	"context"
	"time"
)

// Finishing returns a context for a change that has begun. It outlasts ctx by grace, so that an
// interrupted run still learns the outcome. If ctx has ended already, the change has not begun, and
// the new context has ended too.
func Finishing(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	if ctx.Err() != nil {
		on, cancel := context.WithCancel(context.WithoutCancel(ctx))
		cancel()
		return on, cancel
	}
	return Outlasting(ctx, grace)
}

// Outlasting returns a context for what has to follow a change. It outlasts ctx by grace, even if
// ctx has ended already.
func Outlasting(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	on, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return on, func() { stop(); cancel() }
}

// Pause waits. If ctx ends first, it returns ctx.Err().
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
