package api_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

func TestContextsThatOutlastTheirCaller(t *testing.T) {
	for name, c := range map[string]struct {
		of    func(context.Context, time.Duration) (context.Context, context.CancelFunc)
		ended bool // the caller has given up before
		lasts time.Duration
	}{
		"a change":                        {of: api.Finishing, lasts: time.Minute},
		"a change that has not begun":     {of: api.Finishing, ended: true},
		"what is due after it":            {of: api.Outlasting, lasts: time.Minute},
		"what is due, and nobody is left": {of: api.Outlasting, ended: true, lasts: time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				caller, giveUp := context.WithCancel(t.Context())
				if c.ended {
					giveUp()
				}
				ctx, done := c.of(caller, time.Minute)
				defer done()
				begin := time.Now()
				giveUp()
				<-ctx.Done()
				if lasted := time.Since(begin); lasted != c.lasts {
					t.Errorf("it lasts %s, want %s", lasted, c.lasts)
				}
			})
		})
	}
}

func TestPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		if err := api.Pause(t.Context(), time.Minute); err != nil || time.Since(begin) != time.Minute {
			t.Errorf("%s, %v", time.Since(begin), err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begin = time.Now()
		if err := api.Pause(ctx, time.Minute); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != time.Second {
			t.Errorf("%s, %v", time.Since(begin), err)
		}
	})
}
