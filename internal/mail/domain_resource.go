package mail

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var (
	_ resource.ResourceWithConfigure      = (*domainResource)(nil)
	_ resource.ResourceWithImportState    = (*domainResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*domainResource)(nil)
	_ resource.ResourceWithValidateConfig = (*domainResource)(nil)
)

// domainType is the type name of the resource for a mail domain.
const domainType = "postmaster_mail_domain"

// domainResource is the resource for a domain at a mail service.
type domainResource struct {
	kit.Base
	services services
}

// NewDomainResource returns the constructor of the resource postmaster_mail_domain.
func NewDomainResource(all []Service) func() resource.Resource {
	return kit.Identified(func() resource.Resource { return &domainResource{services: all} }, services(all).domainIdentity())
}

func (r *domainResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = domainType
}

func (r *domainResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A domain at a mail service." +
			r.services.sayEach("\n\n", aboutNewDomains) + "\n\n" +
			"Deleting a domain deletes the mail of all its accounts; it is refused unless `force_destroy` is set, or the service says that the domain's ownership was never proven and that it has no mailboxes. A domain cannot be renamed.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`SERVICE/DOMAIN`, such as " + r.services.example("example.com") + ".",
			},
			"domain": schema.StringAttribute{
				Required:      true,
				Validators:    []validator.String{kit.MailDomainSpelling},
				PlanModifiers: []planmodifier.String{kit.MailDomainSpelling},
				MarkdownDescription: "The domain, in any spelling: case, a trailing dot, and Unicode or punycode make no difference." +
					r.services.say(" ", func(w Words) string { return w.DomainName }),
			},
			"service": schema.StringAttribute{
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{stringvalidator.OneOf(kit.Names(r.services)...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The mail service: " + r.services.alternatives() + ". Default: the only one that is configured when the domain is created. That is " +
					"the only one with a block in the provider configuration or, if none has a block, the only one with credentials in the environment. " +
					"In the sandbox only the blocks count; without any it is `" + r.services[0].Name() + "`.",
			},
			"first_account": r.services.firstAccountAttribute(),
			"mx_hostname": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{kit.HostnameSpelling},
				PlanModifiers:       []planmodifier.String{kit.HostnameSpelling},
				MarkdownDescription: "Name of the host that receives and sends the domain's mail. The records `mx` and `spf` name it." + r.services.only("mx_hostname"),
			},
			"force_destroy": kit.ForceDestroyAttribute("the domain with all its accounts and their mail"),
			"ownership":     r.services.ownershipAttribute(),
			"dns_records":   kit.DNSRecordsAttribute(strings.TrimSpace(r.services.say(" ", func(w Words) string { return w.Records })) + kit.KeysKnownAtPlan),
		},
	}
}

// aboutNewDomains says what is special about creating a domain at a service.
func aboutNewDomains(s Service) string {
	about := s.MailRules().Words.Domain
	if first, ok := s.(FirstAccounter); ok {
		about = strings.TrimSpace(first.FirstAccount() + " So `first_account` with a password is needed at create. " + about)
	}
	return about
}

type domainModel struct {
	ID           types.String `tfsdk:"id"`
	Domain       types.String `tfsdk:"domain"`
	Service      types.String `tfsdk:"service"`
	FirstAccount types.Object `tfsdk:"first_account"`
	MXHostname   types.String `tfsdk:"mx_hostname"`
	ForceDestroy types.Bool   `tfsdk:"force_destroy"`
	Ownership    types.Object `tfsdk:"ownership"`
	DNSRecords   types.Map    `tfsdk:"dns_records"`
}

// serviceOf returns the domain's service, or nil while it is not known.
func (r *domainResource) serviceOf(m domainModel) Service {
	return r.services.named(m.Service.ValueString())
}

// id returns the domain's ID. Ok is false while the domain or its service is not known.
func (m domainModel) id() (DomainID, bool) {
	if m.Domain.IsUnknown() || m.Service.IsUnknown() {
		return DomainID{}, false
	}
	domain, err := kit.CanonicalMailDomain(m.Domain.ValueString())
	return DomainID{Service: m.Service.ValueString(), Domain: domain}, err == nil
}

// object identifies the domain in the state.
func (m domainModel) object() kit.Object {
	return kit.Object{ResourceType: domainType, ID: m.ID.ValueString()}
}

// title returns the start of a sentence about the domain.
func (m domainModel) title() string {
	id, _ := m.id()
	return "The domain " + id.Domain
}

// setComputed sets the attributes that follow from the configuration, as far as it is known. The
// service is nil while it is not known.
func (m *domainModel) setComputed(s Service) {
	name := types.StringUnknown()
	m.ID = types.StringUnknown()
	if id, ok := m.id(); ok {
		m.ID = types.StringValue(id.String())
		name = types.StringValue(id.Domain)
	}
	m.DNSRecords = types.MapUnknown(kit.DNSRecordType)
	if s != nil {
		m.DNSRecords = kit.DNSRecordsValue(nil)
		if records := s.MailRules().Records; records != nil {
			m.DNSRecords = records(DomainFacts{Name: name, MXHostname: m.MXHostname, Ownership: proofIn(m.Ownership)})
		}
	}
}

// Create creates the domain, with its first mailbox if the service requires one.
func (r *domainResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config domainModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed(r.serviceOf(plan))
	r.checkNew(ctx, plan, config, &resp.Diagnostics) // repeated for values that were unknown at plan
	first := firstMailbox(ctx, plan, config, &resp.Diagnostics)
	id, client := r.open(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	proof, err := client.CreateDomain(ctx, id.Domain, first)
	switch {
	case errors.Is(err, api.ErrConflict):
		r.Run.AddExists(&resp.Diagnostics, domainType, plan.title(), id.String(), err)
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to create mail domain", err)
	default:
		service := r.serviceOf(plan)
		if _, asks := service.(OwnershipProver); asks {
			plan.Ownership = proof.value()
		}
		plan.setComputed(service)
		resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

// open returns the domain's ID and the client of its service.
func (r *domainResource) open(m domainModel, diags *diag.Diagnostics) (DomainID, Mail) {
	id, ok := m.id()
	if !ok {
		diags.AddAttributeError(path.Root("domain"), "Not a mail domain", fmt.Sprintf("%q is not a mail domain.", m.Domain.ValueString()))
		return id, nil
	}
	return id, r.services.open(r.Run, id.Service, diags)
}

// Read looks for the domain in the service's list, and for the first mailbox in the domain's list.
// If somebody has deleted the mailbox, the next plan creates it again.
func (r *domainResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state domainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, client := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Run.Holds(state.object())
	err := client.FindDomain(ctx, id.Domain)
	switch {
	case kit.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to read mail domain", err)
		return
	}
	if r.firstAccountIsGone(ctx, state, &resp.Diagnostics) {
		state.FirstAccount = types.ObjectNull(firstAccountTypes())
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

// Update sets the first mailbox's password if it has changed, and creates the mailbox if it is
// missing. All other changes concern the provider only.
func (r *domainResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config domainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed(r.serviceOf(plan))
	refuseRename(ctx, plan, state, &resp.Diagnostics) // repeated for values that were unknown at plan
	r.updateFirstAccount(ctx, plan, config, state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete deletes the domain, its mailboxes and their mail.
func (r *domainResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state domainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Check again. A replacement because of -replace or a taint does not show the prior state to
	// ModifyPlan.
	r.guardDestroy(ctx, state, true, &resp.Diagnostics)
	id, client := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Run.Deletes(state.object())
	if err := client.DeleteDomain(ctx, id.Domain); err != nil && !errors.Is(err, api.ErrNotFound) {
		kit.AddError(&resp.Diagnostics, "Unable to delete mail domain", err)
	}
}

// ImportState takes an ID such as "SERVICE/example.com". It asks the service for the proof of
// ownership, which no refresh does.
func (r *domainResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, err := r.services.parseDomainID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	r.services.open(r.Run, id.Service, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	service := r.services.named(id.Service)
	var proof OwnershipProof
	if prover, asks := service.(OwnershipProver); asks {
		if proof, err = prover.OwnershipProof(ctx, r.Run, id.Domain); err != nil {
			kit.AddError(&resp.Diagnostics, "Unable to import mail domain", err)
			return
		}
	}
	m := domainModel{
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
	m.setComputed(service)
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
