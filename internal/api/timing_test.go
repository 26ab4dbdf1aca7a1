package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
)

// The clock of these tests is synctest's: a wait of minutes takes no time, and can be measured
// exactly. It starts at midnight UTC, 1 January 2000.

func TestRetryAfter(t *testing.T) {
	date := func(d time.Duration) string {
		return "Retry-After: " + time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(d).Format(http.TimeFormat)
	}
	const never = -1 // the call fails without waiting
	for _, tc := range []struct {
		name     string
		status   int
		header   string
		repeat   api.Repeat
		from, to time.Duration
	}{
		{"429 seconds", 429, seconds(120), api.Never, 120 * time.Second, 121 * time.Second},
		{"429 date", 429, date(90 * time.Second), api.Never, 90 * time.Second, 91 * time.Second},
		{"429 date in the past", 429, date(-time.Hour), api.Never, time.Nanosecond, time.Second},
		{"429 zero", 429, seconds(0), api.Never, 0, time.Second},
		{"429 as long as allowed", 429, seconds(360), api.Never, 360 * time.Second, 361 * time.Second},
		{"429 too long", 429, seconds(361), api.Never, never, 0},
		{"429 date too late", 429, date(24 * time.Hour), api.Never, never, 0},
		{"429 too long for a number", 429, "Retry-After: 99999999999999999999", api.Never, never, 0},
		{"429 unreadable", 429, "Retry-After: soon", api.Never, 250 * time.Millisecond, 750 * time.Millisecond},
		{"429 negative", 429, "Retry-After: -5", api.Never, 250 * time.Millisecond, 750 * time.Millisecond},
		{"429 without", 429, "X-Other: 1", api.Never, 250 * time.Millisecond, 750 * time.Millisecond},
		{"503 read", 503, seconds(120), api.Safely, 120 * time.Second, 121 * time.Second},
		{"503 read, too long", 503, seconds(3600), api.Safely, never, 0},
		{"503 change", 503, seconds(1), api.Never, never, 0},
		{"500 does not ask", 500, seconds(120), api.Safely, 250 * time.Millisecond, 750 * time.Millisecond},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int32
				client := api.New(inMemory(t, scripted(&calls, status(tc.status, tc.header), status(200))))
				r := create()
				r.Repeat = tc.repeat
				start := time.Now()
				_, err := client.Send(t.Context(), r)
				took := time.Since(start)
				if tc.from == never {
					if err == nil || calls.Load() != 1 || took != 0 {
						t.Errorf("%d calls in %s: %v", calls.Load(), took, err)
					}
					return
				}
				if err != nil || calls.Load() != 2 {
					t.Fatalf("%d calls: %v", calls.Load(), err)
				}
				if took < tc.from || took > tc.to {
					t.Errorf("waited %s, want %s to %s", took, tc.from, tc.to)
				}
			})
		})
	}
}

// Pauses grow, differ between callers, and stay below the longest one.
func TestBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var times []time.Time
		cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
			times = append(times, time.Now())
			return apitest.Response(r, 500, ""), nil
		})
		cfg.Retries = 30
		cfg.RetryWaitMin, cfg.RetryWaitMax = time.Second, 8*time.Second
		if _, err := api.New(cfg).Send(t.Context(), list()); err == nil {
			t.Fatal("succeeded")
		}
		if len(times) != 31 {
			t.Fatalf("%d attempts, want 31", len(times))
		}
		distinct := map[time.Duration]bool{}
		var longest time.Duration
		for i := 1; i < len(times); i++ {
			pause := times[i].Sub(times[i-1])
			distinct[pause] = true
			longest = max(longest, pause)
			if pause < time.Second/2 || pause > 8*time.Second {
				t.Errorf("pause %d is %s", i, pause)
			}
			if i == 1 && pause > 3*time.Second/2 {
				t.Errorf("the first pause is %s", pause)
			}
		}
		if len(distinct) < 5 || longest < 2*time.Second {
			t.Errorf("no jitter or no growth: %v", distinct)
		}
	})
}

func TestTimeLimitOfAnAttempt(t *testing.T) {
	until := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	for _, tc := range []struct {
		name          string
		client, call  time.Duration
		want          time.Duration
		wantInMessage string
	}{
		{"default", 0, 0, time.Minute, "within the time limit of 1m0s"},
		{"the client's", 5 * time.Second, 0, 5 * time.Second, "of 5s"},
		{"the call's", 5 * time.Second, 30 * time.Minute, 30 * time.Minute, "of 30m0s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := inMemory(t, until)
				cfg.Timeout = tc.client
				r := list()
				r.Timeout = tc.call
				start := time.Now()
				_, err := api.New(cfg).Send(t.Context(), r)
				if got := time.Since(start); got != tc.want {
					t.Errorf("gave up after %s, want %s", got, tc.want)
				}
				if err == nil || !strings.Contains(err.Error(), tc.wantInMessage) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// The end of the operation is told apart from the end of an attempt.
func TestDeadlineOfTheOperation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := api.New(inMemory(t, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})).Send(ctx, create())
		if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("got %v", err)
		}
		if !strings.Contains(err.Error(), "its time ran out") {
			t.Errorf("got %v", err)
		}
	})
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		cfg := inMemory(t, scripted(&calls, status(200)))
		cfg.Rate, cfg.Burst = 2, 3
		client := api.New(cfg)
		start := time.Now()
		done := make(chan error)
		for range 11 {
			go func() {
				_, err := client.Send(t.Context(), list())
				done <- err
			}()
		}
		for range 11 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		// Three at once, then eight at two a second.
		if got := time.Since(start); got != 4*time.Second {
			t.Errorf("11 calls took %s, want 4s", got)
		}
	})
}

// Slow calls do not let the rate be exceeded afterwards: what waits for a slot has not passed the
// rate limit yet.
func TestRateLimitBehindFullSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var times []time.Time
		cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			times = append(times, time.Now())
			n := len(times)
			mu.Unlock()
			if n <= 2 {
				time.Sleep(30 * time.Second)
			}
			return apitest.Response(r, 200, ""), nil
		})
		cfg.Rate, cfg.Concurrency = 1, 2
		client := api.New(cfg)
		done := make(chan error)
		for range 6 {
			go func() {
				_, err := client.Send(t.Context(), list())
				done <- err
			}()
		}
		for range 6 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		for i := 1; i < len(times); i++ {
			// One token is kept for quiet times, hence two calls at once after 30 s.
			if i >= 2 && times[i].Sub(times[i-2]) < time.Second {
				t.Errorf("three calls within a second at %v", times[i-2:i+1])
			}
		}
	})
}

// A call whose turn comes after its deadline fails at once and was not sent.
func TestNoTurnBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		cfg := inMemory(t, scripted(&calls, status(200)))
		cfg.Rate = 1.0 / 60
		client := api.New(cfg)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		if _, err := client.Send(ctx, create()); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		_, err := client.Send(ctx, create())
		if time.Since(start) != 0 || calls.Load() != 1 || errors.Is(err, api.ErrOutcomeUnknown) {
			t.Errorf("%d calls after %s: %v", calls.Load(), time.Since(start), err)
		}
		if err == nil || !strings.Contains(err.Error(), "longer timeout") {
			t.Errorf("got %v", err)
		}
	})
}

// slowBody takes a second for its content and counts itself as under way until it is closed.
type slowBody struct {
	underWay *atomic.Int32
	sent     bool
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.sent {
		return 0, io.EOF
	}
	time.Sleep(time.Second)
	b.sent = true
	return copy(p, "x"), nil
}

func (b *slowBody) Close() error {
	b.underWay.Add(-1)
	return nil
}

// A call is under way until its body has been read; changes and reads share the slots.
func TestConcurrencyLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var underWay, most atomic.Int32
		cfg := inMemory(t, func(r *http.Request) (*http.Response, error) {
			n := underWay.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			resp := apitest.Response(r, 200, "")
			resp.Body = &slowBody{underWay: &underWay}
			return resp, nil
		})
		cfg.Concurrency = 3
		client := api.New(cfg)
		start := time.Now()
		done := make(chan error)
		for i := range 12 {
			r := create()
			if i%2 == 0 {
				r = list()
			}
			go func() {
				_, err := client.Send(t.Context(), r)
				done <- err
			}()
		}
		for range 12 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if most.Load() != 3 || underWay.Load() != 0 {
			t.Errorf("at most %d at once, %d left", most.Load(), underWay.Load())
		}
		if got := time.Since(start); got != 4*time.Second {
			t.Errorf("12 calls of 1s, 3 at a time, took %s", got)
		}
	})
}
