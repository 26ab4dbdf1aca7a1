package sendgridsim

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// limits count the calls of each user, by kind. Each process counts its own.
type limits struct {
	mu     sync.Mutex
	counts map[string]*counted
}

type counted struct {
	calls int
	ends  time.Time // of the window
}

// count allows a call, or refuses it until its window ends. The header tells how many are left, and
// when the window ends. There is no Retry-After.
func (l *limits) count(header http.Header, what string, now time.Time, b behaviour) error {
	if b.requests == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]*counted{}
	}
	n := l.counts[what]
	if ends := now.Truncate(b.window).Add(b.window); n == nil || !n.ends.Equal(ends) {
		n = &counted{ends: ends}
		l.counts[what] = n
	}
	n.calls++
	header.Set("X-RateLimit-Limit", strconv.Itoa(b.requests))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(b.requests-n.calls, 0)))
	// In whole seconds, and never before the window has ended.
	header.Set("X-RateLimit-Reset", strconv.FormatInt(n.ends.Add(time.Second-1).Unix(), 10))
	if n.calls > b.requests {
		return refuse(http.StatusTooManyRequests, "", "too many requests")
	}
	return nil
}
