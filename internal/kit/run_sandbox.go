package kit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// PrivateState is Terraform's private state of an object. The framework's requests and responses
// implement it.
type PrivateState interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

const (
	sandboxKey   = "sandbox"
	aboutSandbox = "which sandbox this object lives in"
)

type sandboxMark struct {
	ID string `json:"id"`
}

// Mark writes to an object's private state which sandbox it is created in. Objects of real services
// have no mark.
func (r *Run) Mark(ctx context.Context, private PrivateState) diag.Diagnostics {
	var diags diag.Diagnostics
	if r.box == nil {
		return diags
	}
	id, err := r.box.ID()
	if err != nil {
		diags.AddError("Unable to read the sandbox", err.Error())
		return diags
	}
	return WriteNote(ctx, private, sandboxKey, aboutSandbox, sandboxMark{ID: id})
}

// Belongs adds an error if an object belongs to another sandbox than the run's, or to real services
// while the run is in a sandbox, or the other way round. Such an object would seem to be gone, and
// the next plan would create it again.
func (r *Run) Belongs(ctx context.Context, private PrivateState) diag.Diagnostics {
	var mark sandboxMark
	_, diags := ReadNote(ctx, private, sandboxKey, aboutSandbox, &mark)
	if diags.HasError() {
		return diags
	}
	const wayOut = "To move the configuration there, start with an empty state (another workspace or state file), or take the object out of this state with a `removed` block."
	if r.box == nil {
		switch {
		case mark.ID == "":
		case r.undecided != "":
			AddError(&diags, "Not known yet whether the object lives in this sandbox", Missing("provider", Setting{Attribute: r.undecided, Unknown: true}))
		default:
			diags.AddError("This object lives in the sandbox",
				"It was created with `sandbox` set in the provider configuration (or POSTMASTER_SANDBOX in the environment), which it no longer is. "+
					"It does not exist at the real service, so it is left in the state as it is.\n\n"+wayOut)
		}
		return diags
	}
	id, err := r.box.ID()
	switch {
	case err != nil:
		diags.AddError("Unable to read the sandbox", err.Error())
	case mark.ID == "":
		diags.AddError("This object is not the sandbox's",
			"It was created at a real service, and the provider now works in the sandbox, where it does not exist. It is left in the state as it is.\n\n"+wayOut)
	case mark.ID != id:
		diags.AddError("This object lives in another sandbox",
			fmt.Sprintf("It was created in another sandbox than %s. It is left in the state as it is. Check `path` of `sandbox` and the working directory; "+
				"if that sandbox's file was deleted, delete the state as well.", r.boxPath))
	}
	return diags
}
