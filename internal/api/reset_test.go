package api_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// A 429 may tell by a header of the service's own when its window ends. The clock starts at
// midnight UTC, 1 January 2000, as in every synctest bubble.
func TestRateLimitReset(t *testing.T) {
	start := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	reset := func(d time.Duration) string {
		return "X-Ratelimit-Reset: " + strconv.FormatInt(start.Add(d).Unix(), 10)
	}
	date := func(d time.Duration) string { return "Date: " + start.Add(d).Format(http.TimeFormat) }
	const (
		never    = -1 // the call fails without waiting
		ownFrom  = 250 * time.Millisecond
		ownUntil = 750 * time.Millisecond
	)
	for _, tc := range []struct {
		name     string
		status   int
		headers  []string
		from, to time.Duration
	}{
		{"the end of the window", 429, []string{reset(45 * time.Second)}, 45 * time.Second, 46 * time.Second},
		{"by the service's clock", 429, []string{reset(time.Hour), date(time.Hour - time.Minute)}, time.Minute, 61 * time.Second},
		{"Retry-After first", 429, []string{reset(45 * time.Second), seconds(5)}, 5 * time.Second, 6 * time.Second},
		{"over", 429, []string{reset(-time.Second)}, ownFrom, ownUntil},
		{"unreadable", 429, []string{"X-Ratelimit-Reset: soon"}, ownFrom, ownUntil},
		{"milliseconds", 429, []string{"X-Ratelimit-Reset: 946684845000"}, ownFrom, ownUntil},
		{"too late", 429, []string{reset(time.Hour)}, never, 0},
		{"not of a 503", 503, []string{reset(45 * time.Second)}, ownFrom, ownUntil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int32
				cfg := inMemory(t, scripted(&calls, status(tc.status, tc.headers...), status(200)))
				cfg.RateLimitReset = "X-RateLimit-Reset"
				_, err := api.New(cfg).Send(t.Context(), list())
				took := time.Since(start)
				if tc.from == never {
					if !errors.Is(err, api.ErrRateLimited) || took != 0 || !strings.Contains(err.Error(), "not before 2000-01-01T01:00:00Z") {
						t.Errorf("after %s: %v", took, err)
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

// A service that has no such header is not understood to have one.
func TestRateLimitResetIsOptional(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		begin := time.Now()
		client := api.New(inMemory(t, scripted(&calls, status(429, "X-Ratelimit-Reset: "+strconv.FormatInt(begin.Unix()+60, 10)), status(200))))
		if _, err := client.Send(t.Context(), list()); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begin); took > time.Second {
			t.Errorf("waited %s for a header that nobody named", took)
		}
	})
}
