package octeth

import (
	"slices"
	"sync"
	"time"
)

// limits counts the calls of each caller, in this process. Calls that were refused for being too many don't count.
type limits struct {
	mu    sync.Mutex
	calls map[string][]time.Time // of the last minute, in their order
}

// allow counts a call if it is one of the most calls of a minute, else it says when the next one may come. 0 means any
// number.
func (l *limits) allow(caller string, now time.Time, most int) (wait time.Duration, ok bool) {
	if most == 0 {
		return 0, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.calls == nil {
		l.calls = map[string][]time.Time{}
	}
	calls := slices.DeleteFunc(l.calls[caller], func(at time.Time) bool { return now.Sub(at) >= time.Minute })
	l.calls[caller] = calls
	if len(calls) >= most {
		return time.Minute - now.Sub(calls[len(calls)-most]), false
	}
	l.calls[caller] = append(calls, now)
	return 0, true
}
