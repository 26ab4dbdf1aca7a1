package mailserverapi

import (
	"context"
	"testing"
	"time"
)

// The creation of a domain makes several changes; together they get the time of one.
func TestChangesWithinAChangeShareItsTime(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	short, long := &Client{grace: time.Millisecond}, &Client{grace: time.Hour}
	outer, cancel := short.finishing(ctx)
	defer cancel()
	inner, cancelInner := long.finishing(outer)
	defer cancelInner()
	if outer.Err() != nil || inner.Err() != nil {
		t.Fatal("ended before the caller gave up")
	}
	stop()
	<-outer.Done()
	select {
	case <-inner.Done():
	case <-time.After(10 * time.Second):
		t.Error("the inner change goes on after the outer one's time")
	}
}
