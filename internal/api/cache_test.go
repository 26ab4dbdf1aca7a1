package api_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

type got struct {
	value int
	err   error
}

// getting reads a key in a goroutine of its own.
func getting(ctx context.Context, c *api.Cache[int], key string, load func(context.Context) (int, error)) <-chan got {
	result := make(chan got, 1)
	go func() {
		v, err := c.Get(ctx, key, load)
		result <- got{v, err}
	}()
	return result
}

// fixed is a load for calls that must find v themselves.
func fixed(v int) func(context.Context) (int, error) {
	return func(context.Context) (int, error) { return v, nil }
}

func TestCacheOneLoadForManyReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c api.Cache[int]
		var loads atomic.Int32
		gate := make(chan struct{})
		load := func(context.Context) (int, error) {
			loads.Add(1)
			<-gate
			return 7, nil
		}
		var results []<-chan got
		for range 100 {
			results = append(results, getting(t.Context(), &c, "domains", load))
		}
		synctest.Wait()
		close(gate)
		for _, r := range results {
			if g := <-r; g != (got{7, nil}) {
				t.Errorf("got %+v", g)
			}
		}
		if g := <-getting(t.Context(), &c, "domains", fixed(8)); g != (got{7, nil}) {
			t.Errorf("a later reader got %+v", g)
		}
		if loads.Load() != 1 {
			t.Errorf("%d loads", loads.Load())
		}
	})
}

// Readers who come just as a load ends do not begin another. They spread over the moment by chance,
// hence the many rounds.
func TestCacheLoadThatEndsAsReadersCome(t *testing.T) {
	for range 3000 {
		var c api.Cache[int]
		var loads atomic.Int32
		var wg sync.WaitGroup
		start := make(chan struct{})
		for range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				<-start
				_, _ = c.Get(context.Background(), "domains", func(context.Context) (int, error) {
					return int(loads.Add(1)), nil
				})
			}()
		}
		close(start)
		wg.Wait()
		if loads.Load() != 1 {
			t.Fatalf("%d loads", loads.Load())
		}
	}
}

func TestCacheKeysAreApart(t *testing.T) {
	var c api.Cache[int]
	for i, key := range []string{"1 a", "a", "", "0 a"} {
		if v, err := c.Get(t.Context(), key, fixed(i)); v != i || err != nil {
			t.Errorf("%q: got %d, %v", key, v, err)
		}
	}
	c.Forget("a")
	for i, key := range []string{"1 a", "a", "", "0 a"} {
		want := i
		if key == "a" {
			want = 99
		}
		if v, err := c.Get(t.Context(), key, fixed(99)); v != want || err != nil {
			t.Errorf("%q: got %d, %v, want %d", key, v, err, want)
		}
	}
}

// A load that began before a write ended is for those who asked before.
func TestCacheForgetDuringALoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c api.Cache[int]
		oldGate, newGate := make(chan struct{}), make(chan struct{})
		before := getting(t.Context(), &c, "domains", func(context.Context) (int, error) { <-oldGate; return 1, nil })
		synctest.Wait()
		c.Forget("domains")
		after := getting(t.Context(), &c, "domains", func(context.Context) (int, error) { <-newGate; return 2, nil })
		synctest.Wait()

		close(oldGate)
		if g := <-before; g != (got{1, nil}) {
			t.Errorf("the earlier reader got %+v", g)
		}
		synctest.Wait()
		select {
		case g := <-after:
			t.Fatalf("the later reader got %+v from a load that began before", g)
		default:
		}
		close(newGate)
		if g := <-after; g != (got{2, nil}) {
			t.Errorf("the later reader got %+v", g)
		}
		if v, _ := c.Get(t.Context(), "domains", fixed(3)); v != 2 {
			t.Errorf("%d was kept, want 2", v)
		}
	})
}

// The old load may also end last.
func TestCacheOldLoadEndsAfterTheNew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c api.Cache[int]
		gate := make(chan struct{})
		before := getting(t.Context(), &c, "domains", func(context.Context) (int, error) { <-gate; return 1, nil })
		synctest.Wait()
		c.Forget("domains")
		if v, _ := c.Get(t.Context(), "domains", fixed(2)); v != 2 {
			t.Errorf("got %d", v)
		}
		close(gate)
		<-before
		if v, _ := c.Get(t.Context(), "domains", fixed(3)); v != 2 {
			t.Errorf("%d was kept, want 2", v)
		}
	})
}

func TestCacheCancelledReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type tag struct{}
		var c api.Cache[int]
		gate := make(chan struct{})
		ctx, stop := context.WithCancel(context.WithValue(t.Context(), tag{}, "first reader's"))
		load := func(ctx context.Context) (int, error) {
			<-gate
			if ctx.Value(tag{}) != "first reader's" {
				return 0, errors.New("the load has no logger of its reader")
			}
			return 7, ctx.Err()
		}
		first := getting(ctx, &c, "domains", load)
		synctest.Wait()
		second := getting(t.Context(), &c, "domains", load)
		synctest.Wait()
		stop()
		if g := <-first; !errors.Is(g.err, context.Canceled) {
			t.Errorf("the cancelled reader got %+v", g)
		}
		close(gate)
		if g := <-second; g != (got{7, nil}) {
			t.Errorf("the other reader got %+v", g)
		}
	})
}

func TestCacheErrorsAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c api.Cache[int]
		down := errors.New("down")
		gate := make(chan struct{})
		fail := func(context.Context) (int, error) { <-gate; return 5, down }
		a, b := getting(t.Context(), &c, "domains", fail), getting(t.Context(), &c, "domains", fail)
		synctest.Wait()
		close(gate)
		for _, r := range []<-chan got{a, b} {
			if g := <-r; g != (got{0, down}) {
				t.Errorf("got %+v", g)
			}
		}
		if v, err := c.Get(t.Context(), "domains", fixed(6)); v != 6 || err != nil {
			t.Errorf("got %d, %v", v, err)
		}
	})
}

func TestCachePut(t *testing.T) {
	var c api.Cache[int]
	g := c.Generation("domains")
	c.Put("domains", g, 1)
	if v, _ := c.Get(t.Context(), "domains", fixed(9)); v != 1 {
		t.Errorf("got %d, want what was put", v)
	}
	c.Forget("domains")
	c.Put("domains", g, 1) // began before the write
	if v, _ := c.Get(t.Context(), "domains", fixed(9)); v != 9 {
		t.Errorf("got %d, which is older than the write", v)
	}
}

func TestCacheOfInterfaces(t *testing.T) {
	var c api.Cache[error]
	v, err := c.Get(t.Context(), "nil", func(context.Context) (error, error) { return nil, nil })
	if v != nil || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// What a reader gets was never read before the last write that ended before the reader asked.
func TestCacheUnderWrites(t *testing.T) {
	var c api.Cache[int64]
	var written atomic.Int64 // the service's state
	var wg sync.WaitGroup
	for range 4 {
		wg.Add(2)
		go func() {
			defer wg.Done()
			for range 300 {
				written.Add(1)
				c.Forget("domains")
			}
		}()
		go func() {
			defer wg.Done()
			for range 300 {
				_, err := c.Get(context.Background(), "domains", func(context.Context) (int64, error) {
					return written.Load(), nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	if v, _ := c.Get(context.Background(), "domains", func(context.Context) (int64, error) { return written.Load(), nil }); v != written.Load() {
		t.Errorf("%d is kept, but %d was written", v, written.Load())
	}
}
