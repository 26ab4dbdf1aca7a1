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

// Base is embedded by every resource. It holds the run.
type Base struct {
	Run *Run
}

// Configure implements resource.ResourceWithConfigure. Without provider data, as in validate, it
// does nothing.
func (b *Base) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	if s, ok := req.ProviderData.(*Run); ok {
		b.Run = s
	}
}

// MarkPlanned records in the plan of a new object which sandbox the object will be created in.
// Create writes the same mark. The plan needs it for replacements of tainted objects: Terraform
// then passes Delete the private state of the planned successor instead of the object's own.
func (b *Base) MarkPlanned(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if b.Run != nil && req.State.Raw.IsNull() && !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(b.Run.Mark(ctx, resp.Private)...)
	}
}

// DataBase is embedded by every data source. It holds the run.
type DataBase struct {
	Run *Run
}

// Configure implements datasource.DataSourceWithConfigure. Without provider data it does nothing.
func (b *DataBase) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	if s, ok := req.ProviderData.(*Run); ok {
		b.Run = s
	}
}

// KeepPriorState restores the whole prior state in a plan in which no configured value changes. The
// framework marks all computed values unknown as soon as any value differs. It does so before plan
// modifiers can say that "Example.COM." still means example.com. Without this function, such a plan
// would be an update. Call it at the end of ModifyPlan.
func KeepPriorState(req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.State.Raw.IsNull() || resp.Plan.Raw.IsNull() || resp.Diagnostics.HasError() {
		return
	}
	config, okConfig := attributesOf(req.Config.Raw)
	plan, okPlan := attributesOf(resp.Plan.Raw)
	state, okState := attributesOf(req.State.Raw)
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

// attributesOf returns the attributes of an object value. The second result is false if the value
// is null, unknown, or not an object.
func attributesOf(v tftypes.Value) (map[string]tftypes.Value, bool) {
	var out map[string]tftypes.Value
	if v.IsNull() || !v.IsKnown() || v.As(&out) != nil {
		return nil, false
	}
	return out, true
}

// AddError adds an error of a client as a diagnostic. The summary is general; the detail is the
// error's text with a full stop.
func AddError(diags *diag.Diagnostics, summary string, err error) {
	if err == context.Canceled || err == context.DeadlineExceeded { //nolint:errorlint // a wrapped one says what was interrupted
		diags.AddError(summary, "The run was interrupted, or its time ran out, before this was done. Run again.")
		return
	}
	diags.AddError(summary, err.Error()+".")
}

// IsNotFound reports whether the service itself has answered that an object does not exist.
func IsNotFound(err error) bool { return errors.Is(err, api.ErrNotFound) }

// ForceDestroyAttribute returns the attribute force_destroy of a resource that holds mail. What
// names the object in the description.
func ForceDestroyAttribute(what string) schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional: true,
		Computed: true,
		Default:  booldefault.StaticBool(false),
		MarkdownDescription: "Allow Terraform to delete or replace " + what + ". Apply it before the destroy that needs it. " +
			"Default: `false`.",
	}
}

// RefuseDestroy adds the error for a delete without force_destroy, and says how to go on. Object
// names the object, lost the data that would be deleted with it.
func RefuseDestroy(diags *diag.Diagnostics, object, lost string) {
	diags.AddAttributeError(path.Root("force_destroy"), "Refused to delete what holds mail",
		fmt.Sprintf("Deleting %s would delete %s, which cannot be brought back.\n\n"+
			"If that is what you want: set force_destroy = true on it, apply, and then destroy or remove it "+
			"(where it is marked as tainted, terraform untaint comes first).\n"+
			"If Terraform should only forget it: replace the resource by a block\n\nremoved {\n  from = ADDRESS # of this resource\n  lifecycle {\n    destroy = false\n  }\n}\n\n"+
			"This forgets all instances of the resource. To forget one item of a for_each, remove its key, name an address of its own in the removed block, and add\n\n"+
			"moved {\n  from = ADDRESS[\"KEY\"]\n  to   = ADDRESS_OF_ITS_OWN # which no resource has, such as postmaster_mail_user.gone\n}", object, lost))
}

// SetAll sets several attributes of a state by name. It is for imports.
func SetAll(ctx context.Context, state *tfsdk.State, values map[string]any) diag.Diagnostics {
	var diags diag.Diagnostics
	for name, v := range values {
		diags.Append(state.SetAttribute(ctx, path.Root(name), v)...)
	}
	return diags
}
