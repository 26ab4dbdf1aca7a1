package api_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// running calls Do in a goroutine of its own.
func running(ctx context.Context, n *api.Next[int], ready func(), load func(context.Context) (int, error)) <-chan got {
	result := make(chan got, 1)
	go func() {
		v, err := n.Do(ctx, ready, load)
		result <- got{v, err}
	}()
	return result
}

// Who comes while a run waits to begin joins it; who comes after it began gets the next one.
func TestNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n api.Next[int]
		var runs atomic.Int32
		permits, gate := make(chan struct{}), make(chan struct{})
		ready := func() { <-permits }
		load := func(context.Context) (int, error) {
			run := int(runs.Add(1))
			<-gate
			return run, nil
		}
		var early, late []<-chan got
		for range 50 {
			early = append(early, running(t.Context(), &n, ready, load))
		}
		synctest.Wait()
		if runs.Load() != 0 {
			t.Fatal("a run began before it was ready")
		}
		permits <- struct{}{}
		synctest.Wait() // the first run is under way
		for range 50 {
			late = append(late, running(t.Context(), &n, ready, load))
		}
		synctest.Wait()
		permits <- struct{}{}
		synctest.Wait() // both are
		close(gate)
		for want, group := range [][]<-chan got{early, late} {
			for _, r := range group {
				if g := <-r; g != (got{want + 1, nil}) {
					t.Errorf("group %d got %+v", want+1, g)
				}
			}
		}
		if runs.Load() != 2 {
			t.Errorf("%d runs", runs.Load())
		}
	})
}

// Whatever the timing, a result comes from a run that began after the asking, and runs are shared.
func TestNextBeginsAfterTheAsking(t *testing.T) {
	const readers, rounds = 32, 20
	var n api.Next[int64]
	var clock, runs atomic.Int64
	var turn sync.Mutex // as a lock that runs and writes take
	var wg sync.WaitGroup
	for range readers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for range rounds {
				asked := clock.Add(1)
				began, err := n.Do(context.Background(), turn.Lock, func(context.Context) (int64, error) {
					defer turn.Unlock()
					runs.Add(1)
					began := clock.Add(1)
					time.Sleep(10 * time.Microsecond) // for the others to come meanwhile
					return began, nil
				})
				if err != nil || began < asked {
					t.Errorf("asked at %d, got a run of %d, %v", asked, began, err)
				}
			}
		}()
	}
	wg.Wait()
	if got := runs.Load(); got > readers*rounds/2 {
		t.Errorf("%d runs for %d calls: little was shared", got, readers*rounds)
	}
}

func TestNextCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n api.Next[int]
		permit := make(chan struct{})
		ctx, stop := context.WithCancel(t.Context())
		load := func(ctx context.Context) (int, error) { return 7, ctx.Err() }
		first := running(ctx, &n, func() { <-permit }, load)
		synctest.Wait()
		second := running(t.Context(), &n, func() { t.Error("joined, yet made ready anew") }, load)
		synctest.Wait()
		stop()
		if g := <-first; !errors.Is(g.err, context.Canceled) {
			t.Errorf("the cancelled caller got %+v", g)
		}
		close(permit)
		if g := <-second; g != (got{7, nil}) {
			t.Errorf("the other caller got %+v", g)
		}
	})
}

func TestNextError(t *testing.T) {
	var n api.Next[int]
	down := errors.New("down")
	noWait := func() {}
	if _, err := n.Do(t.Context(), noWait, func(context.Context) (int, error) { return 0, down }); err != down {
		t.Errorf("got %v", err)
	}
	if v, err := n.Do(t.Context(), noWait, fixed(1)); v != 1 || err != nil {
		t.Errorf("the run after a failed one gave %d, %v", v, err)
	}
}

// Writers that join before they let the run begin share the one that all their ends set off.
func TestNextJoin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n api.Next[int]
		var writing sync.WaitGroup // a mutex would stop the clock of the bubble
		writing.Add(20)
		var written, runs atomic.Int32
		load := func(context.Context) (int, error) {
			runs.Add(1)
			return int(written.Load()), nil
		}
		results := make(chan got)
		for range 20 {
			go func() {
				time.Sleep(time.Second)
				written.Add(1)
				wait := n.Join(t.Context(), writing.Wait, load)
				time.Sleep(time.Millisecond)
				writing.Done()
				v, err := wait(t.Context())
				results <- got{v, err}
			}()
		}
		for range 20 {
			if g := <-results; g != (got{20, nil}) {
				t.Errorf("got %+v", g)
			}
		}
		if runs.Load() != 1 {
			t.Errorf("%d runs for writes that were under way together", runs.Load())
		}
	})
}

func TestNextJoinCancelledWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n api.Next[int]
		permit := make(chan struct{})
		wait := n.Join(t.Context(), func() { <-permit }, fixed(7))
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if v, err := wait(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("got %d, %v", v, err)
		}
		close(permit)
		if v, err := wait(t.Context()); v != 7 || err != nil {
			t.Errorf("got %d, %v", v, err)
		}
	})
}
