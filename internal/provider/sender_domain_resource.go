package provider

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

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/protocol"
)

var (
	_ resource.ResourceWithConfigure   = (*senderDomainResource)(nil)
	_ resource.ResourceWithImportState = (*senderDomainResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*senderDomainResource)(nil)
)

const senderDomainType = "postmaster_sender_domain"

// senderDomainResource is a domain that a sender may send mail for. In what senders
// differ, it leaves to the [sender] whose block is set.
type senderDomainResource struct{ base }

func newSenderDomainResource() resource.Resource { return &senderDomainResource{} }

func (r *senderDomainResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = senderDomainType
}

func (r *senderDomainResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A domain that is registered with a sender, so that it may send mail for it: with SendGrid or with Octeth, of whose blocks it has exactly one.\n\n" +
			"What the sender's API can change is changed in place; anything else makes a new domain, with other DNS records, and the plan says what stops working. " +
			"Whether the domain is verified is not in this resource but in `postmaster_domain_verification`.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`sendgrid/NUMBER`, or `sendgrid/ON_BEHALF_OF/NUMBER` where that is set; `octeth/RECORD_TYPE/NUMBER`, " +
					"or `octeth/campaign/DOMAIN` where the installation has no number for it.",
			},
			"domain": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{mailDomainSpelling},
				PlanModifiers:       []planmodifier.String{mailDomainSpelling, replaceIfNamedAnew(mailDomainSpelling)},
				MarkdownDescription: "The domain to send from.",
			},
			serviceSendGrid: sendgridDomainAttribute(objectvalidator.ExactlyOneOf(path.MatchRoot(serviceSendGrid), path.MatchRoot(serviceOcteth))),
			serviceOcteth:   octethDomainAttribute(With[HostService](dnsHosts)),
			"dns_records": dnsRecordsAttribute("With SendGrid's automatic security: `mail_cname`, `dkim1` and `dkim2`, which are known at plan and can feed `for_each` over the records of any DNS provider. " +
				"With manual security and at Octeth the whole map is known after apply: give it to `postmaster_dns_records` as it is; a `for_each` over it needs the domain to be applied first, with `-target`. " +
				"At Octeth the keys are the names of the records below the domain, such as `key1._domainkey.sl`, with `" + octethProofKey + "` in the place of the label that Octeth draws by lot."),
		},
	}
}

type senderDomainModel struct {
	ID         types.String `tfsdk:"id"`
	Domain     types.String `tfsdk:"domain"`
	SendGrid   types.Object `tfsdk:"sendgrid"`
	Octeth     types.Object `tfsdk:"octeth"`
	DNSRecords types.Map    `tfsdk:"dns_records"`

	// note is what private state remembers of the domain for its sender, who alone
	// reads and writes it.
	note []byte
	// configured is what a person wrote, in a plan that is being made.
	configured *senderDomainModel
}

// senderNoteKey is where private state has the note of a domain's sender.
const senderNoteKey = "sender"

// recall fills in the note of a domain in the state.
func (m *senderDomainModel) recall(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	note, d := private.GetKey(ctx, senderNoteKey)
	diags.Append(d...)
	m.note = note
}

// keep has private state remember the note, if the sender has one.
func (m *senderDomainModel) keep(ctx context.Context, private privateState, diags *diag.Diagnostics) {
	if m.note != nil {
		diags.Append(private.SetKey(ctx, senderNoteKey, m.note)...)
	}
}

// object names the domain of a state.
func (m senderDomainModel) object() object { return object{senderDomainType, m.ID.ValueString()} }

// title begins a sentence about the domain.
func (m senderDomainModel) title() string {
	name, err := canonicalMailDomain(m.Domain.ValueString())
	if err != nil {
		name = m.Domain.ValueString()
	}
	return "The domain " + name
}

// sender is that of the block which is set; an error if there is not one.
func (r *senderDomainResource) sender(m senderDomainModel, diags *diag.Diagnostics) sender {
	if diags.HasError() {
		return nil
	}
	s := r.run.senderNamed(m.service())
	if s == nil {
		diags.AddError("Not one sender", "A sender domain has exactly one of the blocks "+strings.Join(senderNames(), " and ")+", which could not be told before the apply.")
	}
	return s
}

// ModifyPlan foresees the keys of the records where it can, and says what a
// replacement, or a new default, takes away.
func (r *senderDomainResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.markPlanned(ctx, req, resp)
	var plan, config, state senderDomainModel
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		r.requireAtPlan(state, &resp.Diagnostics)
		r.run.planDelete(state.object(), state.title(), &resp.Diagnostics)
		return
	}
	if r.run == nil {
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	planned := r.run.senderNamed(plan.service())
	if planned == nil || resp.Diagnostics.HasError() {
		return // what is still open decides; whoever applies says if it is wrong
	}
	if req.State.Raw.IsNull() {
		plan.DNSRecords = types.MapUnknown(dnsRecordType)
		planned.planNew(ctx, config, &plan, &resp.Diagnostics)
		r.requireAtPlan(plan, &resp.Diagnostics)
		if !config.Domain.IsUnknown() {
			find := func(ctx context.Context) (string, error) { return planned.existing(ctx, config) }
			r.run.planCreate(ctx, plan.service(), senderDomainType, plan.title(), find, nil, &resp.Diagnostics)
		}
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	state.recall(ctx, req.Private, &resp.Diagnostics)
	plan.configured = &config
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.holds(state.object())
	if before := r.run.senderNamed(state.service()); before != nil && plan.service() != state.service() {
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root(state.service()))
		r.planReplacement(ctx, state, fmt.Sprintf("A domain does not move from %s to %s.", before.title(), planned.title()), &resp.Diagnostics)
		return
	}
	changed := planned.cannotChange(ctx, plan, state, &resp.Diagnostics)
	for _, name := range changed {
		block, attribute, _ := strings.Cut(name, ".")
		resp.RequiresReplace = append(resp.RequiresReplace, path.Root(block).AtName(attribute))
	}
	if len(changed) == 0 && !plan.Domain.IsUnknown() && !mailDomainSpelling.same(plan.Domain, state.Domain) {
		changed = []string{"the domain"}
	}
	if len(changed) > 0 {
		r.planReplacement(ctx, state, fmt.Sprintf("%s's API cannot change %s.", planned.title(), strings.Join(changed, ", ")), &resp.Diagnostics)
		return
	}
	plan.DNSRecords = state.DNSRecords
	planned.planChange(ctx, &plan, state, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	keepPriorState(req, resp)
	if !resp.Plan.Raw.Equal(req.State.Raw) {
		r.requireAtPlan(plan, &resp.Diagnostics)
	}
}

// requireAtPlan refuses a plan of which it is known that its apply lacks credentials.
func (r *senderDomainResource) requireAtPlan(m senderDomainModel, diags *diag.Diagnostics) {
	if s := r.run.senderNamed(m.service()); s != nil {
		r.run.requireAtPlan(m.service(), s.title()+" is not configured", diags)
	}
}

// planReplacement says what a replacement takes away.
//
// A value that is not known when a plan is made may turn out, when Terraform plans
// again to apply it, to be one that the domain cannot be changed to. Terraform then
// ends the apply, before anything is done to the domain. Where it is certain that this
// is the second plan, the error is one of ours. Otherwise the warning explains what
// Terraform is going to report.
func (r *senderDomainResource) planReplacement(ctx context.Context, state senderDomainModel, because string, diags *diag.Diagnostics) {
	id, domain := state.ID.ValueString(), state.Domain.ValueString()
	if protocol.Applying(ctx) {
		diags.AddError("The domain turns out to need a replacement", fmt.Sprintf("%s The plan was to keep %s (%s), as the new value was not known when it was made. "+
			"Nothing was done to the domain. Plan and apply again: the next plan replaces it, and says what that takes away.", because, domain, id))
		return
	}
	detail := fmt.Sprintf("%s The domain %s (%s) is deleted and another one made, with other DNS records: "+
		"until these are published and verified, mail from %s is sent without the domain's own signature, and receivers may reject it.", because, domain, id, domain)
	if _, read := sendersOf(r.run).read.Load(id); !read {
		detail += "\n\nIf Terraform reports an inconsistent final plan below: the new value was not known when the plan was made, and turns out to need a new domain. " +
			"Nothing was done to the domain. Plan and apply again."
	}
	diags.AddWarning("A new sender domain is made", detail)
}

// Create registers the domain.
func (r *senderDomainResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan senderDomainModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	s := r.sender(plan, &resp.Diagnostics)
	if s == nil || !s.create(ctx, &plan, &resp.Diagnostics) {
		return
	}
	resp.Diagnostics.Append(r.run.Mark(ctx, resp.Private)...)
	plan.keep(ctx, resp.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Read looks what has become of the domain.
func (r *senderDomainResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state senderDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	state.recall(ctx, req.Private, &resp.Diagnostics)
	s := r.sender(state, &resp.Diagnostics)
	if s == nil {
		return
	}
	sendersOf(r.run).read.Store(state.ID.ValueString(), true)
	r.run.holds(state.object())
	gone := s.read(ctx, &state, &resp.Diagnostics)
	switch {
	case resp.Diagnostics.HasError():
	case gone:
		resp.State.RemoveResource(ctx)
	default:
		state.keep(ctx, resp.Private, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

// Update changes in place what the API can change.
func (r *senderDomainResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state senderDomainModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	state.recall(ctx, req.Private, &resp.Diagnostics)
	s := r.sender(plan, &resp.Diagnostics)
	if s == nil {
		return
	}
	if plan.service() != state.service() {
		resp.Diagnostics.AddError("Another sender than before", fmt.Sprintf("The domain %s (%s) does not move to %s in place, which could not be told at plan. "+
			"Apply again: the next plan makes a new domain.", state.Domain.ValueString(), state.ID.ValueString(), s.title()))
		return
	}
	if s.update(ctx, &plan, state, &resp.Diagnostics) {
		plan.keep(ctx, resp.Private, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

// Delete deletes the domain at the sender.
func (r *senderDomainResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state senderDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	state.recall(ctx, req.Private, &resp.Diagnostics)
	if s := r.sender(state, &resp.Diagnostics); s != nil {
		r.run.deletes(state.object())
		s.delete(ctx, state, &resp.Diagnostics)
	}
}

// ImportState takes the ID of a domain, or its name in the place of its number where
// there is one domain of that name: "sendgrid/45373692", "octeth/campaign/example.com".
func (r *senderDomainResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	service, _, _ := strings.Cut(req.ID, "/")
	s := r.run.senderNamed(service)
	if s == nil {
		refuseImport(req.ID, &resp.Diagnostics)
		return
	}
	m := s.importDomain(ctx, req.ID, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.run.Mark(ctx, resp.Private)...)
	m.keep(ctx, resp.Private, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// refuseImport says what import ids look like.
func refuseImport(id string, diags *diag.Diagnostics) {
	diags.AddError("Unusable import id", fmt.Sprintf("%q is not one: at SendGrid it looks like sendgrid/45373692 or sendgrid/example.com, "+
		"and with on_behalf_of like sendgrid/SUBUSER/45373692; at Octeth like octeth/campaign/12 or octeth/email-gateway/example.com.", id))
}
