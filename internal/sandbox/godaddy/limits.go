package godaddy

import (
	"slices"
	"sync"
	"time"
)

// limits counts the calls of each endpoint and caller, in this process. Calls that were refused for being too many don't count.
type limits struct {
	mu    sync.Mutex
	calls map[string][]time.Time // of the last minute, in their order
}

// allow counts a call if it is one of the most calls of a minute. 0 means any number.
func (l *limits) allow(endpoint string, now time.Time, most int) bool {
	if most == 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := slices.DeleteFunc(l.calls[endpoint], func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	allowed := len(calls) < most
	if allowed {
		calls = append(calls, now)
	}
	if l.calls == nil {
		l.calls = map[string][]time.Time{}
	}
	l.calls[endpoint] = calls
	return allowed
}
