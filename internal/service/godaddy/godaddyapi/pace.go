package godaddyapi

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

const (
	// callsPerMinute is GoDaddy's limit for each endpoint.
	callsPerMinute = 60
	// minute is slightly longer than a minute, because calls do not all take the same time to
	// arrive.
	minute = time.Minute + time.Second
)

// pace limits how many calls of an endpoint begin in any minute. Within that limit it does not
// spread calls: 50 new records are sent at once, and not over a minute.
type pace struct {
	perMinute int // negative: any number
	now       func() time.Time
	pause     func(ctx context.Context, d time.Duration) error

	mu    sync.Mutex
	turns map[string][]time.Time // by endpoint: the last perMinute turns
}

func newPace(config Config) *pace {
	p := &pace{perMinute: config.CallsPerMinute, now: config.Now, pause: config.Pause, turns: map[string][]time.Time{}}
	if p.perMinute == 0 {
		p.perMinute = callsPerMinute
	}
	if p.now == nil {
		p.now = time.Now
	}
	if p.pause == nil {
		p.pause = api.Pause
	}
	return p
}

// wait returns when the next call of an endpoint may begin, or when ctx has ended. In both cases
// its turn is used up.
func (p *pace) wait(ctx context.Context, endpoint string) error {
	if err := ctx.Err(); err != nil || p.perMinute < 0 {
		return err
	}
	p.mu.Lock()
	now := p.now()
	turn, turns := now, p.turns[endpoint]
	if len(turns) == p.perMinute {
		if free := turns[0].Add(minute); free.After(now) {
			turn = free
		}
		turns = turns[1:]
	}
	p.turns[endpoint] = append(turns, turn)
	p.mu.Unlock()
	if !turn.After(now) {
		return nil
	}
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(turn) {
		return fmt.Errorf("GoDaddy allows %d calls a minute, and the next one would begin only in %s: run again with a longer timeout, or with a lower -parallelism",
			p.perMinute, turn.Sub(now).Round(time.Second))
	}
	return p.pause(ctx, turn.Sub(now))
}
