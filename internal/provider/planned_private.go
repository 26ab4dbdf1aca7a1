package provider

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

// notePlan keeps a value under a key of a plan's private data, for the second plan of the same change: see [approvedPlan].
// Private is that of a ModifyPlanResponse. It reaches the state as well where the change is an update.
func notePlan(ctx context.Context, private privateState, key string, value any) diag.Diagnostics {
	text, err := json.Marshal(value)
	if err != nil {
		var diags diag.Diagnostics
		diags.AddError("Unable to note what is planned", err.Error())
		return diags
	}
	return private.SetKey(ctx, key, text)
}

// approvedPlan reads into value what the approved plan of the same change kept under a key by [notePlan]. Found is true
// only in a second plan, and only where Terraform sends what the first one kept: see [protocol.PlannedPrivate].
func approvedPlan(ctx context.Context, key string, value any) (found bool, diags diag.Diagnostics) {
	text, found, err := protocol.PlannedPrivateKey(ctx, key)
	if err == nil && found {
		err = json.Unmarshal(text, value)
	}
	if err != nil {
		diags.AddError("Unable to read the approved plan",
			fmt.Sprintf("What the plan noted under %q cannot be read, so the apply cannot tell whether it still does what was approved: %s. Plan again.", key, err))
		return false, diags
	}
	return found, diags
}
