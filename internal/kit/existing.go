package kit

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

// lookTime is how long a plan waits for the lists in which it looks for an object that is to be
// created. A service that does not run yet must not block the plan that creates it.
const lookTime = 10 * time.Second

// Object identifies what a resource manages, by the resource's type and the object's ID.
type Object struct{ ResourceType, ID string }

// inventory collects what Terraform shows in one walk, a plan or an apply, of the objects in the
// state and in the configuration. Terraform shows them one by one in any order. So the second call
// about an object has to report what both together mean. The zero value is ready for use.
type inventory struct {
	mu     sync.Mutex
	seen   map[Object]*whereabouts
	silent map[string]bool // services whose lists could not be read in this walk
}

// whereabouts is what is known about one object.
type whereabouts struct {
	Held    bool // an address in the state has it
	Leaving bool // that address will delete it
	Wanted  bool // an address will create it, although it exists
}

// Note applies change to what is known about an object, and returns the result. Change may be nil.
func (v *inventory) Note(o Object, change func(*whereabouts)) whereabouts {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.seen == nil {
		v.seen = map[Object]*whereabouts{}
	}
	known, ok := v.seen[o]
	if !ok {
		known = &whereabouts{}
		v.seen[o] = known
	}
	if change != nil {
		change(known)
	}
	return *known
}

// unreadable reports whether the lists of a service could not be read in this walk.
func (v *inventory) unreadable(service string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.silent[service]
}

// giveUp records that the lists of a service could not be read. No other plan of this walk waits
// for them.
func (v *inventory) giveUp(service string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.silent == nil {
		v.silent = map[string]bool{}
	}
	v.silent[service] = true
}

// Holds records that an object is in the state.
func (r *Run) Holds(o Object) {
	if r != nil {
		r.Inventory.Note(o, func(w *whereabouts) { w.Held = true })
	}
}

// Deletes records that an object in the state will be deleted.
func (r *Run) Deletes(o Object) {
	if r != nil {
		r.Inventory.Note(o, func(w *whereabouts) { w.Held, w.Leaving = true, true })
	}
}

// PlanDelete records that an object in the state will be deleted. It adds an error if another
// address will create the same object, because the order of the two is left to chance. Name starts
// a sentence about the object.
func (r *Run) PlanDelete(o Object, name string, diags *diag.Diagnostics) {
	if r == nil {
		return
	}
	r.Deletes(o)
	if r.Inventory.Note(o, nil).Wanted {
		addMoved(diags, name)
	}
}

// PlanCreate looks for an object that is to be created, in the lists that a refresh also uses. If
// the object exists, the create fails, unless the object is deleted first. That is the case in a
// replacement. A plan cannot tell a replacement from a second resource for the same object. So an
// object that is in the state is left to PlanDelete and to the apply. Find returns the ID of the
// existing object, or "". Hint is added to the error; it may be nil.
//
// The plan that Terraform repeats at apply skips the check. Earlier changes of the apply would have
// outdated the lists, and the create looks for the object itself.
func (r *Run) PlanCreate(ctx context.Context, service, resourceType, name string, find func(context.Context) (id string, err error), hint error, diags *diag.Diagnostics) {
	if r == nil || diags.HasError() || protocol.Applying(ctx) || r.Inventory.unreadable(service) {
		return
	}
	waiting, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	id, err := find(waiting)
	switch {
	case IsNotFound(err), err == nil && id == "":
		return
	case err != nil:
		r.Inventory.giveUp(service)
		return
	}
	o := Object{resourceType, id}
	switch known := r.Inventory.Note(o, func(w *whereabouts) { w.Wanted = true }); {
	case known.Leaving:
		addMoved(diags, name)
	case !known.Held:
		addExists(diags, resourceType, name, id, hint)
	}
}

// AddExists reports an object that already exists and so prevents a create. If this run deletes the
// object at another address, it reports that instead.
func (r *Run) AddExists(diags *diag.Diagnostics, resourceType, name, id string, err error) {
	if r.Inventory.Note(Object{resourceType, id}, nil).Leaving {
		addMoved(diags, name)
		return
	}
	addExists(diags, resourceType, name, id, err)
}

// ListOnce reads a list for PlanCreate once in a walk of Terraform. It does not read the list again
// after changes of the same walk.
func ListOnce[V any](ctx context.Context, s *Run, key string, load func(context.Context) (V, error)) (V, error) {
	v, err := s.looked.Get(ctx, key, func(ctx context.Context) (any, error) { return load(ctx) })
	list, _ := v.(V) // nil after an error
	return list, err
}

const (
	existsSummary = "The object exists already"
	movedBlock    = "moved {\n  from = OLD_ADDRESS\n  to   = NEW_ADDRESS\n}"
)

// ImportBlock returns the import block for an object that exists. The provider knows the object's
// ID but not the resource's address, so the block has a placeholder.
func ImportBlock(resourceType, id string) string {
	return fmt.Sprintf("import {\n  to = %s.NAME # the address of this resource\n  id = %q\n}", resourceType, id)
}

// addExists reports an object that already exists and so prevents a create. Name starts the
// sentence. The message suggests an import only second: if a renamed resource were imported at its
// new address, Terraform would still delete the object at the old one.
func addExists(diags *diag.Diagnostics, resourceType, name, id string, err error) {
	detail := fmt.Sprintf("%s exists already.\n\n"+
		"If this resource was renamed or moved, for example to another key of for_each, the state has the object at its old address. "+
		"Do not import it then, because Terraform would still delete it at the old address. Write instead\n\n%s\n\n"+
		"Otherwise it was made outside of Terraform, or by a run that ended before it could save its state. "+
		"If no other resource in this state manages it, import it: write this beside the resource and apply again:\n\n%s", name, movedBlock, ImportBlock(resourceType, id))
	if err != nil {
		detail += "\n\n" + err.Error() + "."
	}
	diags.AddError(existsSummary, detail)
}

// addMoved reports an object that a run would delete at one address and create at another.
func addMoved(diags *diag.Diagnostics, name string) {
	diags.AddError(existsSummary, fmt.Sprintf("%s exists already, and this run would delete it at one address and create it at another.\n\n"+
		"If the resource was renamed or moved, for example to another key of for_each, keep the object by writing\n\n%s\n\n"+
		"If it should really be deleted and created again, use two runs: first remove the old resource and apply, then add the new one.", name, movedBlock))
}
