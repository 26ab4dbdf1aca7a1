package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
)

var (
	_ resource.ResourceWithConfigure   = (*senderDomainResource)(nil)
	_ resource.ResourceWithImportState = (*senderDomainResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*senderDomainResource)(nil)
)

const senderDomainType = "postmaster_sender_domain"

// senderDomainResource is a domain that a sender may send mail for.
type senderDomainResource struct{ base }

func newSenderDomainResource() resource.Resource { return &senderDomainResource{} }

func (r *senderDomainResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = senderDomainType
}

func (r *senderDomainResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A domain that is registered with a sender, so that it may send mail for it.\n\n" +
			"What the sender's API can change is changed in place; anything else makes a new domain, with other DNS records, and the plan says what stops working. " +
			"Whether the domain is verified is not in this resource but in `postmaster_domain_verification`.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`sendgrid/NUMBER`, or `sendgrid/ON_BEHALF_OF/NUMBER` where that is set.",
			},
			"domain": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{mailDomainSpelling},
				PlanModifiers:       []planmodifier.String{mailDomainSpelling, replaceIfNamedAnew(mailDomainSpelling)},
				MarkdownDescription: "The domain to send from.",
			},
			"sendgrid":    sendgridDomainAttribute(),
			"dns_records": dnsRecordsAttribute("With SendGrid's automatic security: `mail_cname`, `dkim1` and `dkim2`; otherwise known after apply."),
		},
	}
}

type senderDomainModel struct {
	ID         types.String `tfsdk:"id"`
	Domain     types.String `tfsdk:"domain"`
	SendGrid   types.Object `tfsdk:"sendgrid"`
	DNSRecords types.Map    `tfsdk:"dns_records"`
}

func (m senderDomainModel) sendgrid(ctx context.Context, diags *diag.Diagnostics) (g sendgridModel) {
	if m.SendGrid.IsNull() || m.SendGrid.IsUnknown() {
		return unknownSendGrid()
	}
	diags.Append(m.SendGrid.As(ctx, &g, basetypes.ObjectAsOptions{})...)
	return g
}

// ModifyPlan foresees the keys of the records where it can, and says what a
// replacement, or a new default, takes away.
func (r *senderDomainResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		return
	}
	var plan, state senderDomainModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	planned := plan.sendgrid(ctx, &resp.Diagnostics)
	if req.State.Raw.IsNull() {
		var config senderDomainModel
		resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
		plan.DNSRecords = config.sendgrid(ctx, &resp.Diagnostics).foreseenRecords()
		r.warnOfDefault(ctx, planned, sendgridModel{}, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	before := state.sendgrid(ctx, &resp.Diagnostics)
	if changed := planned.replacedBy(before); len(changed) > 0 || !plan.Domain.IsUnknown() && !mailDomainSpelling.same(plan.Domain, state.Domain) {
		warnOfReplacement(state, changed, &resp.Diagnostics)
		return
	}
	plan.DNSRecords = state.DNSRecords
	if planned.changesRecords(before) {
		plan.DNSRecords = types.MapUnknown(dnsRecordType)
	}
	r.warnOfDefault(ctx, planned, before, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	keepPriorState(req, resp)
}

func warnOfReplacement(state senderDomainModel, changed []string, diags *diag.Diagnostics) {
	because := "the domain"
	if len(changed) > 0 {
		because = "sendgrid." + strings.Join(changed, ", sendgrid.")
	}
	diags.AddWarning("A new sender domain is made",
		fmt.Sprintf("SendGrid's API cannot change %s. The domain %s (%s) is deleted and another one made, with other DNS records: "+
			"until these are published and verified, mail from %s is sent without the domain's own signature, and receivers may reject it.",
			because, state.Domain.ValueString(), state.ID.ValueString(), state.Domain.ValueString()))
}

// warnOfDefault names the domain that ceases to be the default. It goes into the
// warning only: planned values must not depend on what is found.
func (r *senderDomainResource) warnOfDefault(ctx context.Context, planned, before sendgridModel, diags *diag.Diagnostics) {
	if r.services == nil || !planned.Default.ValueBool() || before.Default.ValueBool() || planned.OnBehalfOf.IsUnknown() {
		return
	}
	client, err := r.services.SendGrid()
	if err != nil {
		return // whoever creates says so
	}
	domains, err := planned.client(client).Domains(ctx)
	if err != nil {
		return
	}
	for _, d := range domains {
		if d.Default && !differs(planned.Username, types.StringValue(d.Username)) {
			diags.AddAttributeWarning(path.Root("sendgrid").AtName("default"), "Another domain ceases to be the default",
				fmt.Sprintf("SendGrid has one default domain an account. That of %s is %s (%s/%d) now, which loses it.", d.Username, d.Domain, serviceSendGrid, d.ID))
		}
	}
}

// Create registers the domain, in one call.
func (r *senderDomainResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan senderDomainModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	planned := plan.sendgrid(ctx, &resp.Diagnostics)
	client := r.open(planned, &resp.Diagnostics)
	domain, err := canonicalMailDomain(plan.Domain.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("domain"), "Not a mail domain", err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	created, err := client.Create(ctx, planned.newDomain(domain))
	var exists *sendgrid.ExistsError
	switch {
	case errors.As(err, &exists) && len(exists.Existing) == 1:
		id := senderID{serviceSendGrid, planned.OnBehalfOf.ValueString(), exists.Existing[0].ID}
		addExists(&resp.Diagnostics, senderDomainType, "The domain "+domain, id.String(), err)
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to create sender domain", err)
		return
	}
	if lacking := lackingKeys(plan.DNSRecords, created.Records); len(lacking) > 0 {
		r.undo(ctx, client, created, lacking, &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(r.services.mark(ctx, resp.Private)...)
	r.save(ctx, &plan, planned.orElse(planned.from(created, client.Region())), client, created, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// undo deletes a domain that is not as it was planned.
func (r *senderDomainResource) undo(ctx context.Context, client *sendgrid.Client, d sendgrid.Domain, lacking []string, diags *diag.Diagnostics) {
	detail := fmt.Sprintf("SendGrid has created %s without the records %s, which its documentation promises.", d.Domain, strings.Join(lacking, ", "))
	// Also where the run has been stopped meanwhile: nothing else knows of it.
	if err := client.Delete(context.WithoutCancel(ctx), d.ID); err != nil {
		detail += fmt.Sprintf(" It could not be deleted again (%s): delete %s/%d by hand.", err, serviceSendGrid, d.ID)
	} else {
		detail += " It has been deleted again."
	}
	diags.AddError("Unable to create sender domain", detail)
}

// save fills in a domain as SendGrid has it. The ID of one that has an ID stays.
func (r *senderDomainResource) save(ctx context.Context, m *senderDomainModel, filled sendgridModel, client *sendgrid.Client, d sendgrid.Domain, diags *diag.Diagnostics) {
	if m.ID.IsNull() || m.ID.IsUnknown() {
		m.ID = types.StringValue(senderID{serviceSendGrid, filled.OnBehalfOf.ValueString(), d.ID}.String())
	}
	if id, err := parseSenderID(m.ID.ValueString()); err == nil {
		r.services.rememberSender(id, client)
	}
	object, moreDiags := types.ObjectValueFrom(ctx, sendgridTypes, filled)
	diags.Append(moreDiags...)
	m.SendGrid = object
	m.DNSRecords = recordsOf(d, m.DNSRecords, diags)
}

func (r *senderDomainResource) open(m sendgridModel, diags *diag.Diagnostics) *sendgrid.Client {
	client, err := r.services.SendGrid()
	if err != nil {
		addError(diags, "SendGrid is not configured", err)
		return nil
	}
	return m.client(client)
}

// Read looks the domain up in the account's list.
func (r *senderDomainResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state senderDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
	prior := state.sendgrid(ctx, &resp.Diagnostics)
	client := r.open(prior, &resp.Diagnostics)
	id, err := parseSenderID(state.ID.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Unusable id in the state", err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	d, err := client.Domain(ctx, id.Number)
	switch {
	case isNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read sender domain", err)
		return
	}
	if state.Domain.IsNull() {
		state.Domain = types.StringValue(d.Domain)
	}
	state.DNSRecords = types.MapUnknown(dnsRecordType) // whatever there is now
	r.save(ctx, &state, prior.from(d, client.Region()), client, d, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update changes in place what the API can change.
func (r *senderDomainResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state senderDomainModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
	planned, before := plan.sendgrid(ctx, &resp.Diagnostics), state.sendgrid(ctx, &resp.Diagnostics)
	id, err := parseSenderID(state.ID.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Unusable id in the state", err.Error()+".")
	}
	client := r.open(planned, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	d, err := planned.apply(ctx, client, id.Number, before)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to change sender domain", err)
		return
	}
	records := plan.DNSRecords
	r.save(ctx, &plan, planned.orElse(planned.from(d, client.Region())), client, d, &resp.Diagnostics)
	if !records.IsUnknown() {
		plan.DNSRecords = records // the change was not to touch them; a refresh shows whether it did
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete deletes the domain at the sender.
func (r *senderDomainResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state senderDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
	client := r.open(state.sendgrid(ctx, &resp.Diagnostics), &resp.Diagnostics)
	id, err := parseSenderID(state.ID.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Unusable id in the state", err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	if err := client.Delete(ctx, id.Number); err != nil && !isNotFound(err) {
		addError(&resp.Diagnostics, "Unable to delete sender domain", err)
	}
}

// ImportState takes "sendgrid/45373692", or "sendgrid/example.com" where there is
// one domain of that name, each also with the account on whose behalf it is
// managed before the last slash. The region is that of the endpoint that knows it.
func (r *senderDomainResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	name, ok := parseSenderName(req.ID)
	if !ok {
		resp.Diagnostics.AddError("Unusable import id", fmt.Sprintf("%q is not one: it looks like sendgrid/45373692 or sendgrid/example.com, "+
			"and with on_behalf_of like sendgrid/SUBUSER/45373692.", req.ID))
		return
	}
	client, err := r.services.SendGrid()
	if err != nil {
		addError(&resp.Diagnostics, "SendGrid is not configured", err)
		return
	}
	client, d, err := inEitherRegion(client.For("", name.OnBehalfOf), func(c *sendgrid.Client) (sendgrid.Domain, error) {
		if id, err := parseSenderID(req.ID); err == nil {
			return c.Domain(ctx, id.Number)
		}
		domain, err := canonicalMailDomain(name.Name)
		if err != nil {
			return sendgrid.Domain{}, err
		}
		return c.DomainNamed(ctx, domain)
	})
	if err != nil {
		addError(&resp.Diagnostics, "Unable to import sender domain", err)
		return
	}
	prior := nullSendGrid()
	if name.OnBehalfOf != "" {
		prior.OnBehalfOf = types.StringValue(name.OnBehalfOf)
	}
	m := senderDomainModel{Domain: types.StringValue(d.Domain), DNSRecords: types.MapUnknown(dnsRecordType)}
	r.save(ctx, &m, prior.from(d, client.Region()), client, d, &resp.Diagnostics)
	resp.Diagnostics.Append(r.services.mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
