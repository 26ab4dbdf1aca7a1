package namecheap

import (
	"slices"
	"sync"
	"time"
)

// limits counts the calls of each account, in this process. Calls that were refused for being too many don't count.
type limits struct {
	mu    sync.Mutex
	calls map[string][]time.Time // of the last day, in their order
}

func (l *limits) allow(user string, now time.Time, b behaviour) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := l.calls[user]
	recent := slices.IndexFunc(calls, func(at time.Time) bool { return now.Sub(at) < 24*time.Hour })
	if recent < 0 {
		recent = len(calls)
	}
	calls = calls[recent:]
	for _, window := range []struct {
		length time.Duration
		most   int
	}{{time.Minute, b.perMinute}, {time.Hour, b.perHour}, {24 * time.Hour, b.perDay}} {
		// The call that fills the window, if it is still in it, keeps this one out.
		if at := len(calls) - window.most; window.most > 0 && at >= 0 && now.Sub(calls[at]) < window.length {
			return false
		}
	}
	if l.calls == nil {
		l.calls = map[string][]time.Time{}
	}
	l.calls[user] = append(calls, now)
	return true
}
