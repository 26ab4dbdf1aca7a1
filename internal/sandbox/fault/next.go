package fault

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// next returns the fault that hits a call of a service, nil if there is none. The counts are exact
// among all processes that share the state. A call that concerns no fault with a count writes
// nothing.
func next(st *store.Store, service, method, path string) (*Fault, error) {
	var hit *Fault
	var counted bool
	err := store.View(st, section, func(all *map[string]Conditions) error {
		now := (*all)[service].clone()
		hit, counted = now.take(method, path)
		return nil
	})
	if err != nil || !counted {
		return hit, err
	}
	// Another call may have changed it since. What counts is what is found under the lock.
	err = store.Update(st, section, func(all *map[string]Conditions) error {
		now := (*all)[service].clone()
		if hit, counted = now.take(method, path); counted {
			(*all)[service] = now
		}
		return nil
	})
	return hit, err
}

// take finds the fault that hits a call, and counts it and the skipped ones before it down. It
// reports whether that changed c. Faults after the one that hits do not notice the call.
func (c *Conditions) take(method, path string) (hit *Fault, changed bool) {
	for i, f := range c.Faults {
		if !f.matches(method, path) {
			continue
		}
		if f.Skip > 0 {
			c.Faults[i].Skip--
			changed = true
			continue
		}
		switch f.Count {
		case 0: // for ever
		case 1:
			c.Faults = slices.Delete(c.Faults, i, i+1)
			changed = true
		default:
			c.Faults[i].Count--
			changed = true
		}
		return &f, changed
	}
	return nil, changed
}
