package sandboxtest

import (
	"maps"
	"net/http"
	"sync"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// service is what sandbox.Service is, which the sandbox's own tests could not import from here.
type service interface {
	http.Handler
	Name() string
}

// Stored returns what tells a service the conditions that the store has for it.
func (w *World) Stored(service string) func() fault.Conditions {
	return func() fault.Conditions {
		c, err := fault.Get(w.Store, service)
		if err != nil {
			w.t.Error(err)
		}
		return c
	}
}

// SetStored puts conditions into the store, for all that share it.
func (w *World) SetStored(service string, c fault.Conditions) {
	w.t.Helper()
	if err := fault.Set(w.Store, service, c); err != nil {
		w.t.Fatal(err)
	}
}

// Observed is a service with the faults of its stored conditions; observe is told of each call.
func (w *World) Observed(s service, observe fault.Observer) http.Handler {
	return fault.Observe(s.Name(), observe, fault.Wrap(s.Name(), w.Store, s))
}

// Calls counts calls by what they are called. The zero value is ready for use.
type Calls struct {
	mu   sync.Mutex
	made map[string]int
}

// Add counts a call, and returns how many there have been of it.
func (c *Calls) Add(call string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.made == nil {
		c.made = map[string]int{}
	}
	c.made[call]++
	return c.made[call]
}

// Of returns how often a call has been made.
func (c *Calls) Of(call string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.made[call]
}

// All returns how often each call has been made.
func (c *Calls) All() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.made)
}

// Total returns how many calls have been made.
func (c *Calls) Total() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	total := 0
	for _, n := range c.made {
		total += n
	}
	return total
}

// Take is All, and begins to count anew.
func (c *Calls) Take() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	made := c.made
	c.made = nil
	return made
}

// Insert changes what a service keeps behind its back: in the section of the store of that name.
func Insert[S any](w *World, section string, change func(*S)) {
	w.t.Helper()
	err := store.Update(w.Store, section, func(s *S) error {
		change(s)
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// State returns what a service keeps in the section of that name. No call may be under way.
func State[S any](w *World, section string) (state S) {
	w.t.Helper()
	err := store.View(w.Store, section, func(s *S) error {
		state = *s
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return state
}
