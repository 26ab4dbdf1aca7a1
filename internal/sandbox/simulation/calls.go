package simulation

import (
	"slices"
	"sync"
	"time"
)

// Calls counts the calls of each caller, in this process. Refused calls do not count. The zero
// value is ready for use.
type Calls struct {
	mu   sync.Mutex
	made map[string][]time.Time // in their order, no older than the longest window
}

// Window allows a caller Most calls in any period of that length; 0: any number.
type Window struct {
	Length time.Duration
	Most   int
}

// Allow counts a call if every window has room for it. Else it returns how long until the window
// that is full has room again.
func (c *Calls) Allow(caller string, now time.Time, windows ...Window) (wait time.Duration, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := c.made[caller]
	var longest time.Duration
	for _, w := range windows {
		if w.Most == 0 {
			continue
		}
		longest = max(longest, w.Length)
		// The call that fills the window keeps this one out for as long as it is in it.
		if first := len(made) - w.Most; first >= 0 && now.Sub(made[first]) < w.Length {
			return w.Length - now.Sub(made[first]), false
		}
	}
	if longest == 0 {
		return 0, true
	}
	if c.made == nil {
		c.made = map[string][]time.Time{}
	}
	made = slices.DeleteFunc(made, func(at time.Time) bool { return now.Sub(at) >= longest })
	c.made[caller] = append(made, now)
	return 0, true
}
