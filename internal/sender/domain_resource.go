package sender

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/objectvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

var (
	_ resource.ResourceWithConfigure   = (*domainResource)(nil)
	_ resource.ResourceWithImportState = (*domainResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*domainResource)(nil)
)

// domainResource is the resource for a domain that a sender may send mail for. The [Sender] whose
// block is set implements what differs between senders.
type domainResource struct {
	kit.Base
	services senders
}

// NewDomainResource returns the constructor of the resource postmaster_sender_domain.
func NewDomainResource(services []Service) func() resource.Resource {
	return kit.Identified(func() resource.Resource { return &domainResource{services: services} }, senders(services).identity())
}

func (r *domainResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = DomainType
}

func (r *domainResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:            true,
			PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			MarkdownDescription: strings.Join(r.services.words(func(s Service) string { return s.SenderWords().ID }), "; ") + ".",
		},
		"domain": schema.StringAttribute{
			Required:            true,
			Validators:          []validator.String{kit.MailDomainSpelling},
			PlanModifiers:       []planmodifier.String{kit.MailDomainSpelling, kit.ReplaceIfNamedAnew(kit.MailDomainSpelling)},
			MarkdownDescription: "The domain to send from.",
		},
		"dns_records": kit.DNSRecordsAttribute(strings.Join(r.services.words(func(s Service) string { return s.SenderWords().Records }), " ") + " " +
			"If the whole map is known only after apply, pass it to `postmaster_dns_records` as it is. A `for_each` over it then needs the domain to be applied first, with `-target`."),
	}
	var blocks []path.Expression
	for _, name := range kit.Names(r.services) {
		blocks = append(blocks, path.MatchRoot(name))
	}
	one := []validator.Object{objectvalidator.ExactlyOneOf(blocks...)}
	for _, s := range r.services {
		attributes[s.Name()] = s.DomainBlock(one...)
		one = nil // one block checks all of them
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A domain that is registered with a sender, so that the sender may send mail for it. The sender is " + kit.List(kit.Titles(r.services), "or") + ": set exactly one of these blocks.\n\n" +
			"Changes that the sender's API supports are made in place. Any other change replaces the domain, which then has other DNS records; the plan says what stops working. " +
			"`postmaster_domain_verification` shows whether the domain is verified.\n\n" +
			r.services.movable(),
		Attributes: attributes,
	}
}

// sender returns the sender whose block is set. It adds an error if not exactly one is set.
func (r *domainResource) sender(m Domain, diags *diag.Diagnostics) (service Service, s Sender) {
	if diags.HasError() {
		return nil, nil
	}
	service, ok := r.services.of(m)
	if !ok {
		diags.AddError("Not one sender", "A sender domain must have exactly one of the blocks "+kit.List(r.services.names(), "and")+". This could not be checked before the apply.")
		return nil, nil
	}
	return service, service.Sender(r.Run)
}

// ModifyPlan plans the record keys where they are known before the apply. It also warns about the
// effects of a replacement or of a new default domain.
func (r *domainResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	var plan, config, state Domain
	if req.Plan.Raw.IsNull() {
		state = r.services.read(ctx, req.State, &resp.Diagnostics)
		r.RequireAtPlan(state, &resp.Diagnostics)
		r.Run.PlanDelete(state.object(), state.title(), &resp.Diagnostics)
		return
	}
	if r.Run == nil {
		return
	}
	plan = r.services.read(ctx, req.Plan, &resp.Diagnostics)
	config = r.services.read(ctx, req.Config, &resp.Diagnostics)
	service, ok := r.services.of(plan)
	if !ok || resp.Diagnostics.HasError() {
		return // values that are still unknown decide; the apply reports a mistake
	}
	planned, title := service.Sender(r.Run), kit.StartOfSentence(service.Title())
	if req.State.Raw.IsNull() {
		plan.DNSRecords = types.MapUnknown(kit.DNSRecordType)
		planned.PlanNew(ctx, config, &plan, &resp.Diagnostics)
		r.RequireAtPlan(plan, &resp.Diagnostics)
		if !config.Domain.IsUnknown() {
			find := func(ctx context.Context) (string, error) { return planned.Existing(ctx, config) }
			r.Run.PlanCreate(ctx, service.Name(), DomainType, plan.title(), find, nil, &resp.Diagnostics)
		}
		plan.write(ctx, &resp.Plan, resp.Plan.Schema.Type(), &resp.Diagnostics)
		return
	}
	state = r.services.read(ctx, req.State, &resp.Diagnostics)
	state.recall(ctx, req.Private, &resp.Diagnostics)
	plan.Configured = &config
	if resp.Diagnostics.HasError() {
		return
	}
	r.Run.Holds(state.object())
	if before, ok := r.services.of(state); ok && before.Name() != service.Name() {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root(before.Name()))
		r.planReplacement(ctx, state, fmt.Sprintf("A domain does not move from %s to %s.", before.Title(), service.Title()), &resp.Diagnostics)
		return
	}
	changed := planned.CannotChange(ctx, plan, state, &resp.Diagnostics)
	for _, name := range changed {
		block, attribute, _ := strings.Cut(name, ".")
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root(block).AtName(attribute))
	}
	if len(changed) == 0 && !plan.Domain.IsUnknown() && !kit.MailDomainSpelling.Same(plan.Domain, state.Domain) {
		changed = []string{"the domain"}
	}
	if len(changed) > 0 {
		r.planReplacement(ctx, state, fmt.Sprintf("%s's API cannot change %s.", title, strings.Join(changed, ", ")), &resp.Diagnostics)
		return
	}
	plan.DNSRecords = state.DNSRecords
	planned.PlanChange(ctx, &plan, state, &resp.Diagnostics)
	plan.write(ctx, &resp.Plan, resp.Plan.Schema.Type(), &resp.Diagnostics)
	kit.KeepPriorState(req, resp)
	if !resp.Plan.Raw.Equal(req.State.Raw) {
		r.RequireAtPlan(plan, &resp.Diagnostics)
	}
}

// RequireAtPlan adds an error if the apply is sure to lack credentials.
func (r *domainResource) RequireAtPlan(m Domain, diags *diag.Diagnostics) {
	if s, ok := r.services.of(m); ok {
		r.Run.RequireAtPlan(s.Name(), kit.StartOfSentence(s.Title())+" is not configured", diags)
	}
}

// planReplacement says what stops working when the domain is replaced.
//
// A value that is unknown in the first plan may turn out, when Terraform plans again at apply, to
// force replacement. Terraform then ends the apply before it changes the domain. If this is
// certainly the second plan, planReplacement adds an error. Otherwise it adds a warning that
// explains the error which Terraform may report.
func (r *domainResource) planReplacement(ctx context.Context, state Domain, because string, diags *diag.Diagnostics) {
	id, domain := state.ID.ValueString(), state.Domain.ValueString()
	if protocol.Applying(ctx) {
		diags.AddError("The domain turns out to need a replacement", fmt.Sprintf("%s The plan kept %s (%s), because the new value was not known when the plan was made. "+
			"Nothing was done to the domain. Plan and apply again: the next plan replaces it, and says what stops working.", because, domain, id))
		return
	}
	detail := fmt.Sprintf("%s The domain %s (%s) is deleted and another one created, with other DNS records. "+
		"Until these are published and verified, mail from %s is sent without the domain's own signature, and receivers may reject it.", because, domain, id, domain)
	if _, read := runOf(r.Run).read.Load(id); !read {
		detail += "\n\nIf Terraform reports an inconsistent final plan below: the new value was not known when the plan was made, and turns out to need a new domain. " +
			"Nothing was done to the domain. Plan and apply again."
	}
	diags.AddWarning("A new sender domain is made", detail)
}

// Create registers the domain.
func (r *domainResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	plan := r.services.read(ctx, req.Plan, &resp.Diagnostics)
	_, s := r.sender(plan, &resp.Diagnostics)
	if s == nil || !s.Create(ctx, &plan, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	plan.keep(ctx, resp.Private, &resp.Diagnostics)
	plan.write(ctx, &resp.State, resp.State.Schema.Type(), &resp.Diagnostics)
}

// Read refreshes the domain.
func (r *domainResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	state := r.services.read(ctx, req.State, &resp.Diagnostics)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	state.recall(ctx, req.Private, &resp.Diagnostics)
	_, s := r.sender(state, &resp.Diagnostics)
	if s == nil {
		return
	}
	runOf(r.Run).read.Store(state.ID.ValueString(), true)
	r.Run.Holds(state.object())
	gone := s.Read(ctx, &state, &resp.Diagnostics)
	switch {
	case resp.Diagnostics.HasError():
	case gone:
		resp.State.RemoveResource(ctx)
	default:
		state.keep(ctx, resp.Private, &resp.Diagnostics)
		state.write(ctx, &resp.State, resp.State.Schema.Type(), &resp.Diagnostics)
	}
}

// Update changes in place what the sender's API can change.
func (r *domainResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	plan := r.services.read(ctx, req.Plan, &resp.Diagnostics)
	state := r.services.read(ctx, req.State, &resp.Diagnostics)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	state.recall(ctx, req.Private, &resp.Diagnostics)
	service, s := r.sender(plan, &resp.Diagnostics)
	if s == nil {
		return
	}
	if before, ok := r.services.of(state); !ok || before.Name() != service.Name() {
		resp.Diagnostics.AddError("Another sender than before", fmt.Sprintf("The domain %s (%s) cannot move to %s in place. This was not known at plan. "+
			"Apply again: the next plan replaces the domain.", state.Domain.ValueString(), state.ID.ValueString(), service.Title()))
		return
	}
	if s.Update(ctx, &plan, state, &resp.Diagnostics) {
		plan.keep(ctx, resp.Private, &resp.Diagnostics)
		plan.write(ctx, &resp.State, resp.State.Schema.Type(), &resp.Diagnostics)
	}
}

// Delete deletes the domain at the sender.
func (r *domainResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	state := r.services.read(ctx, req.State, &resp.Diagnostics)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	state.recall(ctx, req.Private, &resp.Diagnostics)
	if _, s := r.sender(state, &resp.Diagnostics); s != nil {
		r.Run.Deletes(state.object())
		s.Delete(ctx, state, &resp.Diagnostics)
	}
}

// ImportState takes the domain's ID. The domain's name can stand in place of the number if only one
// domain has that name.
func (r *domainResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	name, _, _ := strings.Cut(req.ID, "/")
	service, ok := kit.Named(r.services, name)
	var m Domain
	if ok {
		m, ok = service.Sender(r.Run).Import(ctx, req.ID, &resp.Diagnostics)
	}
	if !ok {
		r.services.refuseImport(req.ID, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	m.keep(ctx, resp.Private, &resp.Diagnostics)
	m.write(ctx, &resp.State, resp.State.Schema.Type(), &resp.Diagnostics)
}
