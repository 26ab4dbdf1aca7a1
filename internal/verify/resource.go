package verify

import (
	"context"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var (
	_ resource.ResourceWithConfigure  = (*verificationResource)(nil)
	_ resource.ResourceWithModifyPlan = (*verificationResource)(nil)
)

// defaultTimeout is how long to wait for a verification by default. The attribute timeouts
// overrides it.
const defaultTimeout = 10 * time.Minute

// timeoutDescription describes the timeouts.
const timeoutDescription = "How long to wait until the service has verified the domain, such as `90s`. Default: `10m`."

// failedSummary is the summary of errors that prevent a verification.
const failedSummary = "Unable to verify the domain"

// verificationResource is the resource for a service's finding that a domain's records are right.
type verificationResource struct {
	kit.Base
	services verifiers
}

// NewResource returns the constructor of the resource postmaster_domain_verification.
func NewResource(services []Service) func() resource.Resource {
	return func() resource.Resource { return &verificationResource{services: services} }
}

func (r *verificationResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "postmaster_domain_verification"
}

func (r *verificationResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	id := r.services.spelling()
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes a service verify a domain, and waits until it has.\n\n" +
			"The provider first looks up the records at the domain's name servers, and asks the service once they are published. If the domain is not verified in time, " +
			"the error names each record that fails, with the expected value, the value found, and the name servers asked. The domain is left as it is, and the next apply goes on from there. " +
			"If the service revokes the verification later, the next plan verifies again.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The domain's id.",
			},
			"domain_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{id},
				PlanModifiers:       []planmodifier.String{id, kit.ReplaceUnlessTheSame(id)},
				MarkdownDescription: "The `id` of " + r.services.resources() + ".",
			},
			"dns_records": schema.MapNestedAttribute{
				Optional: true,
				MarkdownDescription: "The records that were published for the domain, usually `postmaster_dns_records.NAME.published`. This reference makes the verification wait for them, " +
					"and verify again when they change.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":     schema.StringAttribute{Optional: true, MarkdownDescription: "Absolute name."},
					"type":     schema.StringAttribute{Optional: true, MarkdownDescription: "Record type."},
					"value":    schema.StringAttribute{Optional: true, MarkdownDescription: "Value."},
					"priority": schema.Int64Attribute{Optional: true, MarkdownDescription: "Preference of an MX record."},
				}},
			},
			"required": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(true),
				MarkdownDescription: "Whether it is an error if the service does not verify the domain in time, or has switched it off. With `false` it is a warning, and the next apply tries again. Default: `true`.",
			},
			"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, CreateDescription: timeoutDescription,
				Update: true, UpdateDescription: timeoutDescription,
			}),
			"valid": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the service has verified the domain.",
			},
			"verified_at": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "When the provider saw that (RFC 3339); null while the domain is not verified.",
			},
		},
	}
}

type verificationModel struct {
	ID         types.String   `tfsdk:"id"`
	DomainID   types.String   `tfsdk:"domain_id"`
	DNSRecords types.Map      `tfsdk:"dns_records"`
	Required   types.Bool     `tfsdk:"required"`
	Timeouts   timeouts.Value `tfsdk:"timeouts"`
	Valid      types.Bool     `tfsdk:"valid"`
	VerifiedAt types.String   `tfsdk:"verified_at"`
}

// ModifyPlan plans another verification if the records have changed, or if the service has revoked
// the last one.
func (r *verificationResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, state verificationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.DomainID.IsUnknown() {
		plan.ID = plan.DomainID
	}
	again := req.State.Raw.IsNull() || !state.Valid.ValueBool() || !plan.DNSRecords.Equal(state.DNSRecords)
	if again {
		plan.Valid, plan.VerifiedAt = types.BoolUnknown(), types.StringUnknown()
	} else {
		plan.Valid, plan.VerifiedAt = state.Valid, state.VerifiedAt
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	if !again {
		kit.KeepPriorState(req, resp)
		return
	}
	service, _, _ := strings.Cut(plan.DomainID.ValueString(), "/") // "" while it is unknown
	r.Run.RequireAtPlan(service, failedSummary, &resp.Diagnostics)
}

// Create waits for the verification.
func (r *verificationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan verificationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, d := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(d...)
	if r.verify(ctx, &plan, Wait{Timeout: timeout}, &resp.Diagnostics) {
		resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

// verify waits for the verification and completes the model. Ok is false if nothing is to be saved.
func (r *verificationResource) verify(ctx context.Context, m *verificationModel, w Wait, diags *diag.Diagnostics) (ok bool) {
	if diags.HasError() {
		return false
	}
	domain, err := r.services.find(ctx, r.Run, m.DomainID.ValueString(), true)
	if err != nil {
		kit.AddError(diags, failedSummary, err)
		return false
	}
	lookup, err := r.Run.Lookup()
	if err != nil {
		kit.AddError(diags, failedSummary, err)
		return false
	}
	w.Domain, w.Lookup, w.refers = domain, lookup, !m.DNSRecords.IsNull()
	failing, err := w.Run(ctx)
	m.ID = m.DomainID
	switch {
	case err != nil:
		kit.AddError(diags, failedSummary, err)
		return false
	case failing == "":
		m.Valid, m.VerifiedAt = types.BoolValue(true), types.StringValue(r.Run.Now().UTC().Format(time.RFC3339))
		return true
	case m.Required.ValueBool():
		diags.AddAttributeError(path.Root("domain_id"), "The domain is not verified", failing+"\n\nThe domain is left as it is, and the next apply goes on from here.")
		return false
	}
	diags.AddAttributeWarning(path.Root("domain_id"), "The domain is not verified", failing+"\n\nThe next apply tries again.")
	m.Valid, m.VerifiedAt = types.BoolValue(false), types.StringNull()
	return true
}

// Read asks the service whether the domain is verified. It does not start a verification.
func (r *verificationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state verificationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	domain, err := r.services.find(ctx, r.Run, state.DomainID.ValueString(), false)
	switch {
	case kit.IsNotFound(err): // the verification ends with its domain
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to read the verification", err)
		return
	}
	if !domain.Valid() {
		state.Valid, state.VerifiedAt = types.BoolValue(false), types.StringNull()
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update verifies again if the plan says so. Other changes concern the provider only.
func (r *verificationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state verificationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.Valid.IsUnknown() {
		timeout, d := plan.Timeouts.Update(ctx, defaultTimeout)
		resp.Diagnostics.Append(d...)
		anew := !plan.DNSRecords.Equal(state.DNSRecords)
		if !r.verify(ctx, &plan, Wait{Timeout: timeout, anew: anew}, &resp.Diagnostics) {
			// The verification in the state is of other records, or was revoked already. Save that
			// it is not valid, so that the next plan verifies again: Terraform does not taint a
			// resource after a failed update.
			state.Valid, state.VerifiedAt = types.BoolValue(false), types.StringNull()
			resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
			return
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete does nothing. A verification is the service's finding, which ends with the domain.
func (r *verificationResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}
