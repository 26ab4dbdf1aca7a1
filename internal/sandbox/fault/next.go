package fault

import (
	"slices"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

// next returns the conditions of a service for one call, and the fault that hits it, if any. Counting down is exact among
// all processes that share the state, and a call that no counted fault concerns writes nothing.
func next(st *store.Store, service, method, path string) (Conditions, *Fault, error) {
	var now Conditions
	var hit *Fault
	counts := false
	err := store.View(st, section, func(all *map[string]Conditions) error {
		now = (*all)[service].clone()
		if err := now.Validate(); err != nil {
			return err
		}
		hit, counts = now.take(method, path)
		return nil
	})
	if err != nil || !counts {
		return now, hit, err
	}
	// Another call may have been quicker since: what holds is what is found under the lock.
	err = store.Update(st, section, func(all *map[string]Conditions) error {
		now = (*all)[service].clone()
		if err := now.Validate(); err != nil {
			return err
		}
		if hit, counts = now.take(method, path); counts {
			(*all)[service] = now.clone()
		}
		return nil
	})
	return now, hit, err
}

// take finds the fault that hits a call and counts it, and the ones that are skipped on the way to it, down. It reports
// whether that changed c. Faults behind the one that hits don't notice the call.
func (c *Conditions) take(method, path string) (hit *Fault, changed bool) {
	for i := range c.Faults {
		f := &c.Faults[i]
		if !f.matches(method, path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			changed = true
			continue
		}
		copied := *f
		switch f.Count {
		case 0:
		case 1:
			c.Faults = slices.Delete(c.Faults, i, i+1)
			changed = true
		default:
			f.Count--
			changed = true
		}
		return &copied, changed
	}
	return nil, changed
}
