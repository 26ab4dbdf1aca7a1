package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

var (
	_ resource.ResourceWithConfigure      = (*mailDomainResource)(nil)
	_ resource.ResourceWithImportState    = (*mailDomainResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*mailDomainResource)(nil)
	_ resource.ResourceWithValidateConfig = (*mailDomainResource)(nil)
)

const mailDomainType = "postmaster_mail_domain"

// mailDomainResource is a domain of a mail service.
type mailDomainResource struct{ base }

func newMailDomainResource() resource.Resource { return &mailDomainResource{} }

func (r *mailDomainResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = mailDomainType
}

func (r *mailDomainResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A domain at a mail service.\n\n" +
			"The mail server creates a domain together with its first account, so `first_account` with a password is needed at create. " +
			"Yandex.Mail for Domain registers a domain without one, and wants to see a proof that the domain is yours: " +
			"publish `dns_records`, and let a `postmaster_domain_verification` wait for it.\n\n" +
			"Deleting a domain deletes the mail of all its accounts; it is refused unless `force_destroy` is set, or the service says that the domain was never proven and has no mailboxes. A domain cannot be renamed.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`SERVICE/DOMAIN`, such as `mailserver/example.com`.",
			},
			"domain": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{mailDomainSpelling},
				PlanModifiers:       []planmodifier.String{mailDomainSpelling},
				MarkdownDescription: "The domain, in any spelling: case, a trailing dot, and Unicode or punycode make no difference. At the mail server: at most 50 characters (in punycode), and at least two between the dots.",
			},
			"service": schema.StringAttribute{
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{stringvalidator.OneOf(mailKindNames()...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The mail service: `mailserver`, or `yandex` for Yandex.Mail for Domain. Default: the only one that is configured when the domain is created: " +
					"the only one with a block in the provider configuration or, if neither has a block, the only one with credentials in the environment. " +
					"The sandbox goes by the blocks alone; without any it is `mailserver`.",
			},
			"first_account": firstAccountAttribute(),
			"mx_hostname": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{hostnameSpelling},
				PlanModifiers:       []planmodifier.String{hostnameSpelling},
				MarkdownDescription: "Name of the host that takes and sends the domain's mail. It gives the records `mx` and `spf`. Mail server only.",
			},
			"force_destroy": forceDestroyAttribute("the domain with all its accounts and their mail"),
			"ownership":     ownershipAttribute(),
			"dns_records": dnsRecordsAttribute("At the mail server with `mx_hostname`: `mx` and `spf`. At Yandex.Mail for Domain: `mx`, `spf` and `ownership`, " +
				"which only a domain lacks that was imported after its proof." + keysKnownAtPlan),
		},
	}
}

type mailDomainModel struct {
	ID           types.String `tfsdk:"id"`
	Domain       types.String `tfsdk:"domain"`
	Service      types.String `tfsdk:"service"`
	FirstAccount types.Object `tfsdk:"first_account"`
	MXHostname   types.String `tfsdk:"mx_hostname"`
	ForceDestroy types.Bool   `tfsdk:"force_destroy"`
	Ownership    types.Object `tfsdk:"ownership"`
	DNSRecords   types.Map    `tfsdk:"dns_records"`
}

// kind is that of the service; nil while it is not known.
func (m mailDomainModel) kind() *mailKind { return mailKindNamed(m.Service.ValueString()) }

// id is the domain's ID; ok is false while the domain or its service is not known.
func (m mailDomainModel) id() (domainID, bool) {
	if m.Domain.IsUnknown() || m.Service.IsUnknown() {
		return domainID{}, false
	}
	domain, err := canonicalMailDomain(m.Domain.ValueString())
	return domainID{Service: m.Service.ValueString(), Domain: domain}, err == nil
}

// object names the domain of a state.
func (m mailDomainModel) object() object { return object{mailDomainType, m.ID.ValueString()} }

// title begins a sentence about the domain.
func (m mailDomainModel) title() string {
	id, _ := m.id()
	return "The domain " + id.Domain
}

// setComputed fills in all that follows from the configuration, as far as it is
// known.
func (m *mailDomainModel) setComputed() {
	name := types.StringUnknown()
	m.ID = types.StringUnknown()
	if id, ok := m.id(); ok {
		m.ID = types.StringValue(id.String())
		name = types.StringValue(id.Domain)
	}
	m.DNSRecords = types.MapUnknown(dnsRecordType)
	if kind := m.kind(); kind != nil {
		m.DNSRecords = kind.records(name, *m)
	}
}

// Create makes the domain, with its first account where the service wants one.
func (r *mailDomainResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config mailDomainModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed()
	planMailDomainCreate(ctx, plan, config, &resp.Diagnostics) // again, for what was unknown at plan
	first := firstMailbox(ctx, plan, config, &resp.Diagnostics)
	id, service := r.open(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	proof, err := service.createDomain(ctx, id.Domain, first)
	switch {
	case errors.Is(err, api.ErrConflict):
		r.run.addExists(&resp.Diagnostics, mailDomainType, plan.title(), id.String(), err)
	case err != nil:
		addError(&resp.Diagnostics, "Unable to create mail domain", err)
	default:
		if id.kind().ownership {
			plan.Ownership = proof.value()
		}
		plan.setComputed()
		resp.Diagnostics.Append(r.run.Mark(ctx, resp.Private)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

// open gives the ID and the service that a domain of the plan or the state is worked
// on with.
func (r *mailDomainResource) open(m mailDomainModel, diags *diag.Diagnostics) (domainID, mailService) {
	id, ok := m.id()
	if !ok {
		diags.AddAttributeError(path.Root("domain"), "Not a mail domain", fmt.Sprintf("%q is not a mail domain.", m.Domain.ValueString()))
		return id, nil
	}
	return id, mailOf(r.run).openMail(id.Service, diags)
}

// Read looks whether the domain is in the service's list, and its first account in the
// domain's. The plan then creates an account again that somebody has deleted.
func (r *mailDomainResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state mailDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, service := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.holds(state.object())
	err := service.findDomain(ctx, id.Domain)
	switch {
	case isNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read mail domain", err)
		return
	}
	if r.firstAccountIsGone(ctx, state, &resp.Diagnostics) {
		state.FirstAccount = types.ObjectNull(firstAccountTypes())
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

// Update sets the first account's password where that has changed, and creates the
// account where it is gone; everything else that can change is the provider's own.
func (r *mailDomainResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config mailDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed()
	refuseMailDomainRename(ctx, plan, state, &resp.Diagnostics) // again, for what was unknown at plan
	r.updateFirstAccount(ctx, plan, config, state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete deletes the domain, its accounts and their mail.
func (r *mailDomainResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state mailDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Once more, as a replacement that was asked for with -replace, or because of
	// a taint, does not pass the plan with a prior state.
	r.guardDestroy(ctx, state, true, &resp.Diagnostics)
	id, service := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.deletes(state.object())
	if err := service.deleteDomain(ctx, id.Domain); err != nil && !errors.Is(err, api.ErrNotFound) {
		addError(&resp.Diagnostics, "Unable to delete mail domain", err)
	}
}

// ImportState takes an ID such as "mailserver/example.com". It asks the service how to
// prove the ownership, which no refresh does.
func (r *mailDomainResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, err := parseDomainID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	service := mailOf(r.run).openMail(id.Service, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	proof, err := service.proof(ctx, id.Domain)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to import mail domain", err)
		return
	}
	m := mailDomainModel{
		Domain:       types.StringValue(id.Domain),
		Service:      types.StringValue(id.Service),
		FirstAccount: types.ObjectNull(firstAccountTypes()),
		MXHostname:   types.StringNull(),
		ForceDestroy: types.BoolValue(false),
		Ownership:    types.ObjectNull(ownershipTypes),
	}
	if proof.asked() {
		m.Ownership = proof.value()
	}
	m.setComputed()
	resp.Diagnostics.Append(r.run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
