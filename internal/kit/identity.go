package kit

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Identity is the identity of a resource's objects, as Terraform 1.12 and later and OpenTofu keep it
// beside the state. It holds the same as the object's ID, in attributes that a person can write.
// Attributes that are not set are "" in the maps.
type Identity struct {
	// Required and Optional describe the attributes, by name. All are strings.
	Required, Optional map[string]string
	// Mutable says that an update can give an object another identity.
	Mutable bool
	// Of returns the identity of an object. Attribute returns a string attribute of its state, or ""
	// if that is null or unknown.
	Of func(attribute func(name string) string) (map[string]string, error)
	// ImportID returns the import ID of the object with an identity.
	ImportID func(identity map[string]string) (string, error)
}

// schema returns the schema of the identity.
func (i Identity) schema() identityschema.Schema {
	attributes := map[string]identityschema.Attribute{}
	for name, description := range i.Required {
		attributes[name] = identityschema.StringAttribute{RequiredForImport: true, Description: description}
	}
	for name, description := range i.Optional {
		attributes[name] = identityschema.StringAttribute{OptionalForImport: true, Description: description}
	}
	return identityschema.Schema{Attributes: attributes}
}

// set writes the identity of the object in a state.
func (i Identity) set(ctx context.Context, identity *tfsdk.ResourceIdentity, object tfsdk.State, diags *diag.Diagnostics) {
	values, err := i.Of(func(name string) string {
		var value types.String
		diags.Append(object.GetAttribute(ctx, path.Root(name), &value)...)
		return value.ValueString()
	})
	if diags.HasError() {
		return
	}
	if err != nil {
		diags.AddError("Unusable id in the state", err.Error()+".")
		return
	}
	i.write(ctx, identity, values)
}

// write writes an identity.
func (i Identity) write(ctx context.Context, identity *tfsdk.ResourceIdentity, values map[string]string) {
	raw := map[string]tftypes.Value{}
	for _, name := range i.names() {
		raw[name] = tftypes.NewValue(tftypes.String, nil)
		if values[name] != "" {
			raw[name] = tftypes.NewValue(tftypes.String, values[name])
		}
	}
	identity.Raw = tftypes.NewValue(identity.Schema.Type().TerraformType(ctx), raw)
}

// names returns the names of all attributes, sorted.
func (i Identity) names() []string {
	return slices.Sorted(maps.Keys(i.schema().Attributes))
}

// read returns the attributes of an identity.
func (i Identity) read(ctx context.Context, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics) map[string]string {
	values := map[string]string{}
	for _, name := range i.names() {
		var value types.String
		diags.Append(identity.GetAttribute(ctx, path.Root(name), &value)...)
		values[name] = value.ValueString()
	}
	return values
}

// Identified returns the constructor of a resource whose objects have an identity. It sets the
// identity wherever the resource sets its state, and turns an import by identity into one by ID. So
// no method of the resource can forget it: Terraform fails an apply whose result lacks the identity.
func Identified(constructor func() resource.Resource, identity Identity) func() resource.Resource {
	return func() resource.Resource { return &identified{Resource: constructor(), identity: identity} }
}

var (
	_ resource.ResourceWithConfigure        = (*identified)(nil)
	_ resource.ResourceWithConfigValidators = (*identified)(nil)
	_ resource.ResourceWithIdentity         = (*identified)(nil)
	_ resource.ResourceWithImportState      = (*identified)(nil)
	_ resource.ResourceWithModifyPlan       = (*identified)(nil)
	_ resource.ResourceWithMoveState        = (*identified)(nil)
	_ resource.ResourceWithUpgradeState     = (*identified)(nil)
	_ resource.ResourceWithValidateConfig   = (*identified)(nil)
)

// identified is a resource with an identity. It has all optional methods of the framework, and
// passes them on to the resource if that has them.
type identified struct {
	resource.Resource
	identity Identity
}

func (r *identified) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	r.Resource.Metadata(ctx, req, resp)
	resp.ResourceBehavior.MutableIdentity = r.identity.Mutable
}

func (r *identified) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = r.identity.schema()
}

// identify sets the identity of what the state holds.
func (r *identified) identify(ctx context.Context, identity *tfsdk.ResourceIdentity, state tfsdk.State, diags *diag.Diagnostics) {
	if identity == nil || state.Raw.IsNull() {
		return
	}
	// An object that was created in part is saved together with the error.
	var d diag.Diagnostics
	r.identity.set(ctx, identity, state, &d)
	diags.Append(d...)
}

func (r *identified) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	r.Resource.Create(ctx, req, resp)
	r.identify(ctx, resp.Identity, resp.State, &resp.Diagnostics)
}

func (r *identified) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	r.Resource.Read(ctx, req, resp)
	state := resp.State
	if state.Raw.IsNull() {
		state = req.State // the framework wants the identity of an object that is gone, too
	}
	r.identify(ctx, resp.Identity, state, &resp.Diagnostics)
}

func (r *identified) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	r.Resource.Update(ctx, req, resp)
	r.identify(ctx, resp.Identity, resp.State, &resp.Diagnostics)
}

// ImportState takes an ID or an identity.
func (r *identified) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	importer, ok := r.Resource.(resource.ResourceWithImportState)
	if !ok {
		resp.Diagnostics.AddError("No import", "This resource cannot be imported.")
		return
	}
	if req.ID == "" && req.Identity != nil && !req.Identity.Raw.IsNull() {
		values := r.identity.read(ctx, req.Identity, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		var err error
		if req.ID, err = r.identity.ImportID(values); err != nil {
			resp.Diagnostics.AddError("Unusable import identity", err.Error()+".")
			return
		}
	}
	importer.ImportState(ctx, req, resp)
	r.identify(ctx, resp.Identity, resp.State, &resp.Diagnostics)
}

func (r *identified) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	if next, ok := r.Resource.(resource.ResourceWithConfigure); ok {
		next.Configure(ctx, req, resp)
	}
}

func (r *identified) ConfigValidators(ctx context.Context) []resource.ConfigValidator {
	if next, ok := r.Resource.(resource.ResourceWithConfigValidators); ok {
		return next.ConfigValidators(ctx)
	}
	return nil
}

func (r *identified) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if next, ok := r.Resource.(resource.ResourceWithModifyPlan); ok {
		next.ModifyPlan(ctx, req, resp)
	}
}

// MoveState sets the identity of what was moved.
func (r *identified) MoveState(ctx context.Context) []resource.StateMover {
	next, ok := r.Resource.(resource.ResourceWithMoveState)
	if !ok {
		return nil
	}
	movers := next.MoveState(ctx)
	for i, mover := range movers {
		movers[i].StateMover = func(ctx context.Context, req resource.MoveStateRequest, resp *resource.MoveStateResponse) {
			mover.StateMover(ctx, req, resp)
			r.identify(ctx, resp.TargetIdentity, resp.TargetState, &resp.Diagnostics)
		}
	}
	return movers
}

func (r *identified) UpgradeState(ctx context.Context) map[int64]resource.StateUpgrader {
	if next, ok := r.Resource.(resource.ResourceWithUpgradeState); ok {
		return next.UpgradeState(ctx)
	}
	return nil
}

func (r *identified) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	if next, ok := r.Resource.(resource.ResourceWithValidateConfig); ok {
		next.ValidateConfig(ctx, req, resp)
	}
}
