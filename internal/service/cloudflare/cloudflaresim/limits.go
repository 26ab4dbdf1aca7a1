package cloudflaresim

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// The settings of [fault.Conditions] that the service knows.
const (
	// SettingRequests is how many calls a token may make in five minutes; 1200 by default, 0 for
	// any number.
	SettingRequests = "requests"
	// SettingRecords is how many records a zone may have; 1000 by default.
	SettingRecords = "records"
	// SettingBatch is how many changes one batch may hold; 200 by default, and 3500 in a zone on a
	// paid plan.
	SettingBatch = "batch"
)

const (
	// window is the time in which calls are counted, and for which everything is refused after one
	// too many.
	window          = 5 * time.Minute
	defaultRequests = 1200
	defaultRecords  = 1000
	freeBatch       = 200
	paidBatch       = 3500
)

// behaviour holds the conditions in the form that the handlers need.
type behaviour struct {
	requests, records, batch int // batch is 0 if the plan decides
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{requests: defaultRequests, records: defaultRecords}
	if err := c.Numbers(0, map[string]*int{SettingRequests: &b.requests, SettingRecords: &b.records}); err != nil {
		return behaviour{}, err
	}
	return b, c.Numbers(1, map[string]*int{SettingBatch: &b.batch})
}

// batchLimit is how many changes one batch in a zone of that plan may hold.
func (b behaviour) batchLimit(plan string) int {
	switch {
	case b.batch > 0:
		return b.batch
	case plan == planFree:
		return freeBatch
	}
	return paidBatch
}

// limits count the calls of each token. Each process counts its own.
type limits struct {
	mu     sync.Mutex
	counts map[string]*counted
}

type counted struct {
	calls int
	ends  time.Time // of the window, or of the block
	over  bool
}

// count lets a call through, or refuses it until the block is over. It tells in the header how much
// is left.
func (l *limits) count(header http.Header, credentials string, now time.Time, b behaviour) error {
	if b.requests == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]*counted{}
	}
	n := l.counts[credentials]
	if n == nil || !now.Before(n.ends) {
		n = &counted{ends: now.Add(window)}
		l.counts[credentials] = n
	}
	if n.calls++; n.calls > b.requests && !n.over {
		n.over, n.ends = true, now.Add(window)
	}
	left := int((n.ends.Sub(now) + time.Second - 1) / time.Second)
	header.Set("Ratelimit", fmt.Sprintf(`"default";r=%d;t=%d`, max(b.requests-n.calls, 0), left))
	header.Set("Ratelimit-Policy", fmt.Sprintf(`"default";q=%d;w=%d`, b.requests, int(window/time.Second)))
	if !n.over {
		return nil
	}
	no := refuse(http.StatusTooManyRequests, 971, "Please wait and consider throttling your request speed")
	no.header = http.Header{"Retry-After": {strconv.Itoa(left)}}
	return no
}
