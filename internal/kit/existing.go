package kit

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

// LookTime is how long a plan waits for the lists in which it looks for what is to be
// created. A service that is not there yet must not hold up the plan that makes it.
const LookTime = 10 * time.Second

// Object names what a resource manages: its type and its ID.
type Object struct{ ResourceType, Id string }

// inventory is what one walk of Terraform, a plan or an apply, has shown of the objects in
// the state and in the configuration. Terraform shows them one by one and in any order, so
// whoever comes second has to say what the two together mean. The zero value is ready for
// use.
type inventory struct {
	mu     sync.Mutex
	seen   map[Object]*whereabouts
	silent map[string]bool // services whose lists could not be read
}

// whereabouts is what is known of one object.
type whereabouts struct {
	Held    bool // some address of the state has it
	Leaving bool // that address is to delete it
	Wanted  bool // some address is to create it although it is there
}

// Note changes what is known of an object, and returns all of it.
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

// unreadable is whether the lists of a service could not be read in this walk.
func (v *inventory) unreadable(service string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.silent[service]
}

// giveUp has nobody else wait for the lists of a service.
func (v *inventory) giveUp(service string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.silent == nil {
		v.silent = map[string]bool{}
	}
	v.silent[service] = true
}

// Holds notes that the state has an object.
func (r *Run) Holds(o Object) {
	if r != nil {
		r.Inventory.Note(o, func(w *whereabouts) { w.Held = true })
	}
}

// Deletes notes that an object of the state is to be deleted.
func (r *Run) Deletes(o Object) {
	if r != nil {
		r.Inventory.Note(o, func(w *whereabouts) { w.Held, w.Leaving = true, true })
	}
}

// PlanDelete notes that an object of the state is to be deleted. It is an error if another
// address is to create it: which of the two comes first is left to chance.
func (r *Run) PlanDelete(o Object, name string, diags *diag.Diagnostics) {
	if r == nil {
		return
	}
	r.Deletes(o)
	if r.Inventory.Note(o, nil).Wanted {
		addMoved(diags, name)
	}
}

// PlanCreate looks, in the lists that a refresh shares, for an object that is to be created.
// If it is there, the create cannot work, unless the object is first deleted for it: that is
// so when a resource is replaced, which is not told apart from a second resource for the
// same object. So what the state has is left to planDelete and to the apply. The find
// function returns the ID of what is there, or "". A hint is added to the error; it may be nil.
//
// Changes that are applied at once are not looked at. Each of them would read lists that the
// one before has changed, and the create looks by itself.
func (r *Run) PlanCreate(ctx context.Context, service, resourceType, name string, find func(context.Context) (id string, err error), hint error, diags *diag.Diagnostics) {
	if r == nil || diags.HasError() || protocol.Applying(ctx) || r.Inventory.unreadable(service) {
		return
	}
	waiting, cancel := context.WithTimeout(ctx, LookTime)
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

// AddExists reports an object that is in the way of a create, as addExists does unless this
// run is known to delete it at another address.
func (r *Run) AddExists(diags *diag.Diagnostics, resourceType, name, id string, err error) {
	if r.Inventory.Note(Object{resourceType, id}, nil).Leaving {
		addMoved(diags, name)
		return
	}
	addExists(diags, resourceType, name, id, err)
}

// ListOnce reads a list for planCreate once in a walk of Terraform. What the walk changes in
// the meantime is no reason to read it again.
func ListOnce[V any](ctx context.Context, s *Run, key string, load func(context.Context) (V, error)) (V, error) {
	v, err := s.looked.Get(ctx, key, func(ctx context.Context) (any, error) { return load(ctx) })
	list, _ := v.(V) // nil after an error
	return list, err
}

const (
	existsSummary = "The object exists already"
	movedBlock    = "moved {\n  from = OLD_ADDRESS\n  to   = NEW_ADDRESS\n}"
)

// ImportBlock is what to write to take over an object that exists. The provider
// knows its id, but not the address in the configuration.
func ImportBlock(resourceType, id string) string {
	return fmt.Sprintf("import {\n  to = %s.NAME # the address of this resource\n  id = %q\n}", resourceType, id)
}

// addExists reports an object that is in the way of a create. Name begins a sentence. An
// import comes second: imported at a new address, an object is still deleted at its old one.
func addExists(diags *diag.Diagnostics, resourceType, name, id string, err error) {
	detail := fmt.Sprintf("%s exists already.\n\n"+
		"If this resource was renamed or moved, for example to another key of for_each, the state has the object at its old address. "+
		"Do not import it then, because Terraform would still delete it at the old address. Write instead\n\n%s\n\n"+
		"Otherwise it was made outside of Terraform, or by a run that ended before it could save its state. "+
		"If no other resource of this state has it, manage it from here on by writing this beside the resource and applying again:\n\n%s", name, movedBlock, ImportBlock(resourceType, id))
	if err != nil {
		detail += "\n\n" + err.Error() + "."
	}
	diags.AddError(existsSummary, detail)
}

// addMoved reports an object that a run would delete at one address and create at another.
func addMoved(diags *diag.Diagnostics, name string) {
	diags.AddError(existsSummary, fmt.Sprintf("%s exists already, and this run would delete it at one address and create it at another.\n\n"+
		"If the resource was renamed or moved, for example to another key of for_each, keep the object by writing\n\n%s\n\n"+
		"If it really is to be deleted and made anew, do so in two runs: first remove the old resource and apply, then add the new one.", name, movedBlock))
}
