package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ resource.ResourceWithConfigure      = (*dkimKeyResource)(nil)
	_ resource.ResourceWithImportState    = (*dkimKeyResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*dkimKeyResource)(nil)
	_ resource.ResourceWithValidateConfig = (*dkimKeyResource)(nil)
)

const dkimKeyType = "postmaster_dkim_key"

// dkimKeyResource is the key that a mail service signs a domain's mail with.
type dkimKeyResource struct{ base }

func newDKIMKeyResource() resource.Resource { return &dkimKeyResource{} }

func (r *dkimKeyResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = dkimKeyType
}

func (r *dkimKeyResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The DKIM key that a mail service signs a domain's mail with. The private key stays at the service.\n\n" +
			"Before it has a key made, the provider asks the domain's authoritative name servers: a key that is published at the selector is " +
			"not replaced unasked, since mail signed with a new key fails until its record is published. Where the name servers cannot be asked, " +
			"the mail server is asked for an export of the domain, which shows whether it has a key.\n\n" +
			"The mail server has no call to read or delete a key: a key that was changed by hand is not noticed, and destroying this resource " +
			"leaves the key in force.\n\n" +
			"On mail servers of the newest installer, the signer may read its keys from a table of the database, which the API does not write: " +
			"look at KeyTable in /etc/opendkim.conf. Where it does not name a file below /etc/opendkim, a key that is made here signs nothing. " +
			"Check the signature of a mail that was sent before you rely on it.\n\n" +
			"Yandex.Mail for Domain has one key for a domain, which this resource enables, and disables when it is destroyed. Disabled by hand, it is planned to be enabled again. " +
			"A key at the selector that is not that one is not put out of force unasked.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The mail domain's id, such as `mailserver/example.com`.",
			},
			"mail_domain_id": schema.StringAttribute{
				Required:      true,
				Validators:    []validator.String{domainIDSpelling},
				PlanModifiers: []planmodifier.String{domainIDSpelling},
				MarkdownDescription: "The `id` of the `postmaster_mail_domain`. With another domain, this one gets a key in place: the key of the domain before " +
					"is disabled at Yandex.Mail for Domain, and stays in force at the mail server.",
			},
			"keepers": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Any values: when they change, a new key is made in place of the old one. Setting the first ones, as after an import, " +
					"or removing all changes nothing. Mail server only.",
			},
			"replace_existing": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(false),
				MarkdownDescription: "Have a new key made, or the service's enabled, at create even where another one is published or in force. Default: `false`.",
			},
			"selector": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The selector: the key's record is at `SELECTOR._domainkey.DOMAIN`.",
			},
			"public_key": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The public key in base64, as in the record's `p=`.",
			},
			"key_type": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "`rsa` or `ed25519`.",
			},
			"key_bits": schema.Int64Attribute{
				Computed:            true,
				MarkdownDescription: "Length of the key in bits.",
			},
			"dns_records": dnsRecordsAttribute("One: `dkim`." + keysKnownAtPlan),
		},
	}
}

// ValidateConfig refuses what the domain's service cannot do. It is asked again at plan,
// when the id of a domain of the same configuration is known.
func (r *dkimKeyResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config dkimKeyModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if id, ok := config.id(); ok && !resp.Diagnostics.HasError() {
		id.kind().refuse(map[string]attr.Value{"keepers": config.Keepers}, &resp.Diagnostics)
	}
}

// ModifyPlan makes the key's attributes unknown where a new key is due, and says
// what that means for mail under way.
func (r *dkimKeyResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.markPlanned(ctx, req, resp)
	var state, plan dkimKeyModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		warnOfDestroy(state, &resp.Diagnostics)
		if id, ok := state.id(); ok && id.kind().dkimSwitch {
			r.run.requireAtPlan(id.Service, mailServiceMissing, &resp.Diagnostics)
		}
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, known := plan.id()
	if known && !req.State.Raw.IsNull() && id.String() != state.ID.ValueString() {
		warnOfDestroy(state, &resp.Diagnostics)
	}
	switch {
	case req.State.Raw.IsNull() || !plan.MailDomainID.Equal(state.MailDomainID) || plan.Keepers.IsUnknown():
		plan.setUnknownKey()
	case plan.rotates(state):
		plan.setUnknownKey()
		resp.Diagnostics.AddAttributeWarning(path.Root("keepers"), "A new DKIM key takes effect at once", r.rotationWarning(ctx, state))
	default:
		plan.keepKey(state)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	keepPriorState(req, resp)
	if known && !resp.Plan.Raw.Equal(req.State.Raw) {
		r.run.requireAtPlan(id.Service, mailServiceMissing, &resp.Diagnostics)
	}
}

// warnOfDestroy says where destroying undoes nothing.
func warnOfDestroy(state dkimKeyModel, diags *diag.Diagnostics) {
	if id, ok := state.id(); ok && !id.kind().dkimSwitch {
		diags.AddWarning("The DKIM key stays in force",
			"The mail server has no call to delete a DKIM key. It goes on signing with this one; only Terraform forgets it. "+
				"Keep the DNS record published as long as mail is sent.")
	}
}

// Create has the service sign with a key, unless another one is published or in force.
func (r *dkimKeyResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan dkimKeyModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, service := r.open(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.establish(ctx, id, service, &plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// establish has the service sign the mail of a domain that this resource has no key of,
// unless another key is published or in force, and fills the key in.
func (r *dkimKeyResource) establish(ctx context.Context, id domainID, service mailService, m *dkimKeyModel, diags *diag.Diagnostics) {
	// The mail server makes keys for any name, even for one that it has no domain of.
	if err := service.findDomain(ctx, id.Domain); err != nil {
		addError(diags, "Unable to create DKIM key", err)
		return
	}
	if id.kind().dkimSwitch {
		r.switchOn(ctx, id, service, m, diags)
		return
	}
	if !m.ReplaceExisting.ValueBool() {
		r.refuseExisting(ctx, id, service, diags)
	}
	r.makeKey(ctx, id, service, m, diags)
}

// move establishes a key for another domain, and then disables the key of the domain
// before, where the service can. A replacement would do the same, but it cannot be planned
// while the domain is not known: Terraform does not let an update become one at apply.
// After an error the state is as it was, so that the next apply does both again.
func (r *dkimKeyResource) move(ctx context.Context, state dkimKeyModel, id domainID, service mailService, m *dkimKeyModel, diags *diag.Diagnostics) {
	r.establish(ctx, id, service, m, diags)
	before, err := parseDomainID(state.ID.ValueString())
	if err != nil || !before.kind().dkimSwitch || diags.HasError() {
		return
	}
	former := mailOf(r.run).openMail(before.Service, diags)
	if diags.HasError() {
		return
	}
	if err := former.stopDKIM(ctx, before.Domain); err != nil && !isNotFound(err) {
		diags.AddError("Unable to disable DKIM", fmt.Sprintf("%s. DKIM is enabled for %s, and may still be for %s. The next apply goes on from here.", err, id.Domain, before.Domain))
	}
}

// makeKey has a key made and fills it in. It does nothing after an error.
func (r *dkimKeyResource) makeKey(ctx context.Context, id domainID, service mailService, m *dkimKeyModel, diags *diag.Diagnostics) {
	if diags.HasError() {
		return
	}
	key, err := service.startDKIM(ctx, id.Domain)
	if err != nil {
		addError(diags, "Unable to create DKIM key", err)
		return
	}
	m.setKey(id, key)
}

func (r *dkimKeyResource) open(m dkimKeyModel, diags *diag.Diagnostics) (domainID, mailService) {
	id, err := parseDomainID(m.MailDomainID.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("mail_domain_id"), "Not the id of a mail domain", err.Error()+".")
		return id, nil
	}
	return id, mailOf(r.run).openMail(id.Service, diags)
}

// Read looks at a key that can be switched. Any other stays in the state as it is: the
// only call that shows it is the mail server's export, which archives all of the
// domain's mail, and the key outlives even the domain.
func (r *dkimKeyResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state dkimKeyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	if id, ok := state.id(); resp.Diagnostics.HasError() || ok && !id.kind().dkimSwitch {
		return
	}
	id, service := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	key, err := service.dkimKey(ctx, id.Domain)
	switch {
	case isNotFound(err), err == nil && key == nil: // with the domain, or switched off
		resp.State.RemoveResource(ctx)
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read the DKIM key", err)
	default:
		state.setKey(id, key)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

// Update makes a new key where the keepers have changed, and one for another domain where
// that is meant now.
func (r *dkimKeyResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan dkimKeyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, service := r.open(plan, &resp.Diagnostics)
	switch {
	case resp.Diagnostics.HasError():
		return
	case id.String() != state.ID.ValueString():
		r.move(ctx, state, id, service, &plan, &resp.Diagnostics)
	case plan.rotates(state):
		r.makeKey(ctx, id, service, &plan, &resp.Diagnostics)
	default:
		plan.keepKey(state)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete switches the key off where that is possible; elsewhere the plan has warned that
// it stays in force.
func (r *dkimKeyResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state dkimKeyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	if id, ok := state.id(); resp.Diagnostics.HasError() || ok && !id.kind().dkimSwitch {
		return
	}
	id, service := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := service.stopDKIM(ctx, id.Domain); err != nil && !isNotFound(err) {
		addError(&resp.Diagnostics, "Unable to disable DKIM", err)
	}
}

// ImportState takes the mail domain's ID. It asks the mail server for an export, the one
// call of its that shows the key in force; once, not at each refresh.
func (r *dkimKeyResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, err := parseDomainID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	m := dkimKeyModel{
		MailDomainID:    types.StringValue(id.String()),
		Keepers:         types.MapNull(types.StringType),
		ReplaceExisting: types.BoolValue(false),
	}
	_, service := r.open(m, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	key, err := service.dkimKey(ctx, id.Domain)
	switch {
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read the DKIM key", err)
	case key == nil:
		resp.Diagnostics.AddError("No DKIM key to import",
			fmt.Sprintf("There is no DKIM key for %s. Remove the import block: one is then made at create.", id.Domain))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	m.setKey(id, key)
	resp.Diagnostics.Append(r.run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
