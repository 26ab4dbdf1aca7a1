package fault

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// next returns the fault that hits a call of a service, nil if none does. Counting down is exact
// among all processes that share the state, and a call that no counted fault concerns writes
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
	// Another call may have been quicker since: what holds is what is found under the lock.
	err = store.Update(st, section, func(all *map[string]Conditions) error {
		now := (*all)[service].clone()
		if hit, counted = now.take(method, path); counted {
			(*all)[service] = now
		}
		return nil
	})
	return hit, err
}

// take finds the fault that hits a call and counts it, and the ones that are skipped on the way to
// it, down. It reports whether that changed c. Faults behind the one that hits don't notice the
// call.
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
