// Package fault makes simulated services slow, limited or broken on request, as real ones sometimes
// are.
//
// The [Conditions] of each service are part of the sandbox's state. They apply to every process
// that shares it, and a person can write them into the file. [Wrap] applies them to a service.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// section is the part of the state that holds the conditions, by service.
const section = "conditions"

// Conditions change how a service works. The zero value changes nothing. The tag "doc" says what a
// field does: see [Fields].
type Conditions struct {
	Latency   Duration          `json:"latency,omitzero" doc:"the wait before each call is handled"`
	RateLimit *RateLimit        `json:"rate_limit,omitempty" doc:"refuses calls beyond a rate with the status 429. It works like a bucket of tokens, and each process counts its own calls"`
	Faults    []Fault           `json:"faults,omitempty" doc:"what goes wrong. They are tried in order, and the first that matches a call and is due hits it"`
	Switches  map[string]bool   `json:"switches,omitempty" doc:"the service's own switches, by name"`
	Settings  map[string]string `json:"settings,omitempty" doc:"the service's own settings, by name. Numbers and durations are written as text"`
}

// RateLimit answers 429 to calls beyond Requests in Per.
type RateLimit struct {
	Requests   int      `json:"requests" doc:"how many calls the bucket holds: 1 or more"`
	Per        Duration `json:"per" doc:"the time in which an empty bucket fills again"`
	RetryAfter Duration `json:"retry_after,omitzero" doc:"sent as Retry-After, rounded up to whole seconds. Default: no such header"`
	Body       string   `json:"body,omitempty" doc:"the answer's body. Default: a JSON object with an error"`
}

// Fault is one thing that goes wrong.
type Fault struct {
	Method string `json:"method,omitempty" doc:"hits only calls with this method. Default: any"`
	Path   string `json:"path,omitempty" doc:"hits only calls whose path below the service matches this pattern: * stands for any text without a slash, ? for one character. Default: any"`
	Skip   int    `json:"skip,omitempty" doc:"how many matching calls pass unharmed first. Default: 0"`
	Count  int    `json:"count,omitempty" doc:"how many matching calls are hit before the fault is over. Default: 0, for ever"`
	Kind   Kind   `json:"kind" doc:"what happens to the call: one of the kinds below"`

	Status     int               `json:"status,omitempty" doc:"the answer's status, 200 to 599. Default: see the kind"`
	RetryAfter Duration          `json:"retry_after,omitzero" doc:"sent as Retry-After, rounded up to whole seconds. Default: no such header"`
	Header     map[string]string `json:"header,omitempty" doc:"more headers of the answer, by name"`
	Body       string            `json:"body,omitempty" doc:"the answer's body. Default: see the kind"`
	Delay      Duration          `json:"delay,omitzero" doc:"the wait before the fault. For hang, hang-after and slow-body: see the kind"`
}

// Kind is what happens to a call. [Kinds] describes them. Of some kinds the service never gets the
// call. Of the others, whose names end in "-after" or tell of the body, it does its work and the
// answer is spoiled, so that the outcome is unknown to the client.
//
// Go's HTTP client repeats a GET by itself if a reused connection is cut. Its caller then does not
// notice a fault with a Count of 1.
type Kind string

// The kinds of faults.
const (
	Status        Kind = "status"
	StatusAfter   Kind = "status-after"
	EmptyError    Kind = "empty-500"
	Redirect      Kind = "redirect"
	Cut           Kind = "cut"
	CutAfter      Kind = "cut-after"
	Hang          Kind = "hang"
	HangAfter     Kind = "hang-after"
	SlowBody      Kind = "slow-body"
	TruncatedBody Kind = "truncated-body"
	InvalidJSON   Kind = "invalid-json"
	EndlessBody   Kind = "endless-body"
)

// Duration is a time.Duration that is written as text in JSON: "20ms".
type Duration time.Duration

// MarshalText writes the duration as time.Duration does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what time.ParseDuration reads and refuses negative durations.
func (d *Duration) UnmarshalText(text []byte) error {
	parsed, err := time.ParseDuration(string(text))
	if err != nil {
		return err
	}
	if parsed < 0 {
		return fmt.Errorf("duration %q is negative", text)
	}
	*d = Duration(parsed)
	return nil
}

// Set replaces the conditions of a service. It refuses those that [Conditions.Validate] rejects.
func Set(st *store.Store, service string, c Conditions) error {
	if err := c.Validate(); err != nil {
		return fmt.Errorf("conditions of the simulated %s: %w", service, err)
	}
	return store.Update(st, section, func(all *map[string]Conditions) error {
		if *all == nil {
			*all = map[string]Conditions{}
		}
		(*all)[service] = c.clone()
		return nil
	})
}

// Get returns the conditions of a service, with the faults that are still to come. The caller may
// keep and change them.
func Get(st *store.Store, service string) (Conditions, error) {
	var c Conditions
	err := store.View(st, section, func(all *map[string]Conditions) error {
		c = (*all)[service].clone()
		return nil
	})
	return c, err
}

func (c Conditions) clone() Conditions {
	if c.RateLimit != nil {
		limit := *c.RateLimit
		c.RateLimit = &limit
	}
	c.Faults = slices.Clone(c.Faults)
	for i := range c.Faults {
		c.Faults[i].Header = maps.Clone(c.Faults[i].Header)
	}
	c.Switches = maps.Clone(c.Switches)
	c.Settings = maps.Clone(c.Settings)
	return c
}

// Validate reports everything in the conditions that can never work: unknown kinds, malformed
// patterns, impossible numbers.
func (c Conditions) Validate() error {
	var errs []error
	if l := c.RateLimit; l != nil && (l.Requests < 1 || l.Per <= 0) {
		errs = append(errs, errors.New("rate_limit: requests and per must be greater than zero"))
	}
	for i, f := range c.Faults {
		if err := f.validate(); err != nil {
			errs = append(errs, fmt.Errorf("faults[%d]: %w", i, err))
		}
	}
	return errors.Join(errs...)
}

func (f Fault) validate() error {
	if !slices.ContainsFunc(kinds, func(k KindDescription) bool { return k.Kind == f.Kind }) {
		return fmt.Errorf("unknown kind %q; there are %q", f.Kind, kindNames())
	}
	if _, err := path.Match(f.Path, ""); err != nil {
		return fmt.Errorf("path %q: %w", f.Path, err)
	}
	if f.Skip < 0 || f.Count < 0 {
		return errors.New("skip and count must not be negative")
	}
	if f.Status != 0 && (f.Status < 200 || f.Status > 599) {
		return fmt.Errorf("status %d is none that ends a call (200 to 599)", f.Status)
	}
	if f.Kind == Redirect && !slices.ContainsFunc(slices.Collect(maps.Keys(f.Header)), isLocation) {
		return errors.New("a redirect needs the header Location")
	}
	return nil
}

func isLocation(header string) bool { return http.CanonicalHeaderKey(header) == "Location" }

func (f Fault) matches(method, urlPath string) bool {
	if f.Method != "" && !strings.EqualFold(f.Method, method) {
		return false
	}
	if f.Path == "" {
		return true
	}
	ok, _ := path.Match(f.Path, urlPath) // Validate has tried the pattern
	return ok
}
