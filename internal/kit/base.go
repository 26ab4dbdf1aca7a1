package kit

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Base is what every resource embeds.
type Base struct {
	Run *Run
}

// Configure implements resource.ResourceWithConfigure. Without provider data
// (validate) it does nothing.
func (b *Base) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if s, ok := req.ProviderData.(*Run); ok {
		b.Run = s
	}
}

// MarkPlanned marks a planned object as the sandbox's, in which it is to be made. For
// one that is tainted meanwhile, Delete is not given what the state remembers of it but
// what the plan of its successor does.
func (b *Base) MarkPlanned(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if b.Run != nil && req.State.Raw.IsNull() && !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(b.Run.Mark(ctx, resp.Private)...)
	}
}

// DataBase is what every data source embeds.
type DataBase struct {
	Run *Run
}

// Configure implements datasource.DataSourceWithConfigure.
func (b *DataBase) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	if s, ok := req.ProviderData.(*Run); ok {
		b.Run = s
	}
}

// KeepPriorState puts the whole prior state back into a plan that changes
// nothing a person has set. The framework marks all computed values unknown as
// soon as any value differs, before plan modifiers have a chance to say that
// "Example.COM." is still example.com; without this, such a plan would be an
// update. It belongs at the end of a ModifyPlan.
func KeepPriorState(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.State.Raw.IsNull() || resp.Plan.Raw.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	config, okConfig := AttributesOf(req.Config.Raw)
	plan, okPlan := AttributesOf(resp.Plan.Raw)
	state, okState := AttributesOf(req.State.Raw)
	if !okConfig || !okPlan || !okState {
		return
	}
	for name, attribute := range req.Plan.Schema.GetAttributes() {
		setByPerson := !attribute.IsComputed() || attribute.IsOptional() && !config[name].IsNull()
		if setByPerson && !plan[name].Equal(state[name]) {
			return
		}
		// A default, or a value that the provider derived from the configuration.
		if !setByPerson && plan[name].IsFullyKnown() && !plan[name].Equal(state[name]) {
			return
		}
	}
	resp.Plan.Raw = req.State.Raw.Copy()
}

func AttributesOf(v tftypes.Value) (map[string]tftypes.Value, bool) {
	var out map[string]tftypes.Value
	if v.IsNull() || !v.IsKnown() || v.As(&out) != nil {
		return nil, false
	}
	return out, true
}

// AddError turns an error of a client into a diagnostic: a general summary, and
// the error's own sentence.
func AddError(diags *diag.Diagnostics, summary string, err error) {
	if err == context.Canceled || err == context.DeadlineExceeded { //nolint:errorlint // a wrapped one says what was interrupted
		diags.AddError(summary, "The run was interrupted, or its time ran out, before this was done. Run again.")
		return
	}
	diags.AddError(summary, err.Error()+".")
}

// IsNotFound is whether a service verifiably says that an object is gone.
func IsNotFound(err error) bool { return errors.Is(err, api.ErrNotFound) }

// ForceDestroyAttribute guards what holds mail.
func ForceDestroyAttribute(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		Computed: true,
		Default:  booldefault.StaticBool(false),
		MarkdownDescription: "Allow Terraform to delete or replace " + what + ". Has to be applied before the destroy that needs it. " +
			"Default: `false`.",
	}
}

// RefuseDestroy is the guard's error, with the way out.
func RefuseDestroy(diags *diag.Diagnostics, object, lost string) {
	diags.AddAttributeError(path.Root("force_destroy"), "Refused to delete what holds mail",
		fmt.Sprintf("Deleting %s would delete %s, which cannot be brought back.\n\n"+
			"If that is what you want: set force_destroy = true on it, apply, and then destroy or remove it "+
			"(where it is marked as tainted, terraform untaint comes first).\n"+
			"If Terraform should only forget it: replace the resource by a block\n\nremoved {\n  from = ADDRESS # of this resource\n  lifecycle {\n    destroy = false\n  }\n}", object, lost))
}

// SetAll sets several attributes, for imports.
func SetAll(ctx context.Context, state *tfsdk.State, values map[string]any) diag.Diagnostics {
	var diags diag.Diagnostics
	for name, v := range values {
		diags.Append(state.SetAttribute(ctx, path.Root(name), v)...)
	}
	return diags
}
