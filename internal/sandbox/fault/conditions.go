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

// Conditions change how a service works. The zero value changes nothing.
type Conditions struct {
	// Latency is the wait before each call is handled.
	Latency Duration `json:"latency,omitzero"`
	// RateLimit, if set, refuses calls beyond a rate.
	RateLimit *RateLimit `json:"rate_limit,omitempty"`
	// Faults are tried in order. The first one that matches a call and is due hits the call.
	Faults []Fault `json:"faults,omitempty"`
	// Switches and Settings are the service's own, under the names that it gives them.
	Switches map[string]bool   `json:"switches,omitempty"`
	Settings map[string]string `json:"settings,omitempty"`
}

// RateLimit answers 429 to calls beyond Requests in Per. It works like a bucket of that many
// tokens, which fills again within that time. Each process counts its own calls.
type RateLimit struct {
	Requests   int      `json:"requests"`
	Per        Duration `json:"per"`
	RetryAfter Duration `json:"retry_after,omitzero"` // sent in whole seconds; no header if zero
	Body       string   `json:"body,omitempty"`
}

// Fault is one thing that goes wrong.
type Fault struct {
	Method string `json:"method,omitempty"` // empty: any
	Path   string `json:"path,omitempty"`   // a pattern of path.Match for the service's own path; empty: any
	Skip   int    `json:"skip,omitempty"`   // how many matching calls pass unharmed first
	Count  int    `json:"count,omitempty"`  // how many matching calls are hit before the fault is over; 0: each one, for ever
	Kind   Kind   `json:"kind"`

	Status     int               `json:"status,omitempty"`     // of the answer; 0: see the kind
	RetryAfter Duration          `json:"retry_after,omitzero"` // sent in whole seconds; no header if zero
	Header     map[string]string `json:"header,omitempty"`     // of the answer, besides what the kind sets
	Body       string            `json:"body,omitempty"`       // of the answer; empty: see the kind
	Delay      Duration          `json:"delay,omitzero"`       // see the kind; for most, the wait before it
}

// Kind is what happens to a call. With "before" kinds the service never gets the call. With "after"
// kinds it does its work and the answer is spoiled, so that the outcome is unknown to the client.
//
// Go's HTTP client repeats a GET by itself if a reused connection is cut. Its caller then does not
// notice a fault with a Count of 1.
type Kind string

const (
	// Status answers with Status (default 500), Header and Body. Before.
	Status Kind = "status"
	// StatusAfter does so after the service's work; by default 502 and a proxy's HTML page.
	StatusAfter Kind = "status-after"
	// EmptyError answers 500 without a body. Before.
	EmptyError Kind = "empty-500"
	// Redirect answers with Status (default 302) and the Location in Header. Before.
	Redirect Kind = "redirect"
	// Cut closes the connection without an answer. Before.
	Cut Kind = "cut"
	// CutAfter closes the connection without an answer. After.
	CutAfter Kind = "cut-after"
	// Hang leaves the call without an answer until the client gives up, or for Delay (default 5
	// minutes), then cuts. Before.
	Hang Kind = "hang"
	// HangAfter does so after the service's work.
	HangAfter Kind = "hang-after"
	// SlowBody sends the service's answer in twenty pieces with Delay (default 100ms) before each.
	// After.
	SlowBody Kind = "slow-body"
	// TruncatedBody announces the whole of the service's answer, sends half and cuts. After.
	TruncatedBody Kind = "truncated-body"
	// InvalidJSON answers with the service's status and Body (default: an object that is not
	// closed). After.
	InvalidJSON Kind = "invalid-json"
	// EndlessBody answers Status (default 200) and JSON that goes on until the client gives up, or
	// for 1 GiB, then cuts. Before.
	EndlessBody Kind = "endless-body"
)

var kinds = []Kind{Status, StatusAfter, EmptyError, Redirect, Cut, CutAfter, Hang, HangAfter, SlowBody, TruncatedBody, InvalidJSON, EndlessBody}

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
	if !slices.Contains(kinds, f.Kind) {
		return fmt.Errorf("unknown kind %q; there are %q", f.Kind, kinds)
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
