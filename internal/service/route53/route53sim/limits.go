package route53sim

import (
	"strconv"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
)

// The settings and switches of [fault.Conditions] that the service knows.
const (
	// SettingRequests is how many calls of one kind an account may make at once; 50 by default, 0 for
	// any number. Ten more are allowed each second.
	SettingRequests = "requests"
	// SettingRecords is how many record sets a zone may have; 10000 by default.
	SettingRecords = "records"
	// SettingPending is how long a change is PENDING; a minute by default.
	SettingPending = "pending"
	// SwitchListedErrors lists what is wrong with a batch in a document of its own, as the API's
	// documentation has it. The API mostly puts it into one text in brackets.
	SwitchListedErrors = "listed_errors"
)

const (
	defaultRequests = 50
	refillPerSecond = 10
	defaultRecords  = 10000
	defaultPending  = time.Minute
)

// behaviour holds the conditions in the form that the handlers need.
type behaviour struct {
	requests, records int
	pending           time.Duration
	listedErrors      bool
}

// CheckConditions says which setting has a value that the service cannot use.
func CheckConditions(c fault.Conditions) error {
	_, err := newBehaviour(c)
	return err
}

func newBehaviour(c fault.Conditions) (behaviour, error) {
	b := behaviour{requests: defaultRequests, records: defaultRecords, pending: defaultPending, listedErrors: c.Switches[SwitchListedErrors]}
	if err := c.Numbers(0, map[string]*int{SettingRequests: &b.requests, SettingRecords: &b.records}); err != nil {
		return behaviour{}, err
	}
	if err := c.Durations(map[string]*time.Duration{SettingPending: &b.pending}); err != nil {
		return behaviour{}, err
	}
	return b, nil
}

func (b behaviour) unlimited() bool { return b.requests == 0 }

// buckets hold the calls that each account may still make, of each kind. Each process counts its own.
type buckets struct {
	mu    sync.Mutex
	level map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

// take lets a call through if its bucket is not empty.
func (b *buckets) take(name string, now time.Time, size int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.level == nil {
		b.level = map[string]bucket{}
	}
	of, known := b.level[name]
	if !known {
		of = bucket{left: float64(size), at: now}
	}
	of.left = min(float64(size), of.left+now.Sub(of.at).Seconds()*refillPerSecond)
	of.at = now
	enough := of.left >= 1
	if enough {
		of.left--
	}
	b.level[name] = of
	return enough
}

func itoa(n int) string { return strconv.Itoa(n) }
