package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var (
	_ resource.ResourceWithConfigure   = (*dkimKeyResource)(nil)
	_ resource.ResourceWithImportState = (*dkimKeyResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*dkimKeyResource)(nil)
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
			"leaves the key in force.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The mail domain's id, such as `mailserver/example.com`.",
			},
			"mail_domain_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{domainIDSpelling},
				PlanModifiers:       []planmodifier.String{domainIDSpelling, replaceIfNamedAnew(domainIDSpelling)},
				MarkdownDescription: "The `id` of the `postmaster_mail_domain`.",
			},
			"keepers": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Any values: when they change, a new key is made in place of the old one. Setting the first ones, as after an import, " +
					"or removing all changes nothing.",
			},
			"replace_existing": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(false),
				MarkdownDescription: "Have a new key made at create even where one is published or in force. Default: `false`.",
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
			"dns_records": dnsRecordsAttribute("One: `dkim`."),
		},
	}
}

type dkimKeyModel struct {
	ID              types.String `tfsdk:"id"`
	MailDomainID    types.String `tfsdk:"mail_domain_id"`
	Keepers         types.Map    `tfsdk:"keepers"`
	ReplaceExisting types.Bool   `tfsdk:"replace_existing"`
	Selector        types.String `tfsdk:"selector"`
	PublicKey       types.String `tfsdk:"public_key"`
	KeyType         types.String `tfsdk:"key_type"`
	KeyBits         types.Int64  `tfsdk:"key_bits"`
	DNSRecords      types.Map    `tfsdk:"dns_records"`
}

// id is the domain's ID; ok is false while it is not known.
func (m dkimKeyModel) id() (domainID, bool) {
	if m.MailDomainID.IsUnknown() {
		return domainID{}, false
	}
	id, err := parseDomainID(m.MailDomainID.ValueString())
	return id, err == nil
}

// setUnknownKey makes everything unknown that a new key decides. The key of its record
// is known before and, with the domain, so is the record's name.
func (m *dkimKeyModel) setUnknownKey() {
	name := types.StringUnknown()
	m.ID, m.Selector = types.StringUnknown(), types.StringUnknown()
	if id, ok := m.id(); ok {
		m.ID, m.Selector = types.StringValue(id.String()), types.StringValue(id.kind().dkimSelector)
		name = types.StringValue(dkimName(id))
	}
	m.PublicKey, m.KeyType, m.KeyBits = types.StringUnknown(), types.StringUnknown(), types.Int64Unknown()
	m.DNSRecords = dnsRecordsValue(map[string]dnsRecord{
		"dkim": {Name: name, Type: "TXT", Value: types.StringUnknown(), Priority: types.Int64Null()},
	})
}

// keepKey carries the key over from the state.
func (m *dkimKeyModel) keepKey(state dkimKeyModel) {
	m.ID, m.Selector, m.PublicKey = state.ID, state.Selector, state.PublicKey
	m.KeyType, m.KeyBits, m.DNSRecords = state.KeyType, state.KeyBits, state.DNSRecords
}

// setKey fills in a key that the service has made or shown.
func (m *dkimKeyModel) setKey(id domainID, key *mailrecord.DKIMZoneRecord) {
	m.ID = types.StringValue(id.String())
	m.Selector = types.StringValue(key.Selector)
	m.PublicKey = types.StringValue(key.Key.PublicKey)
	m.KeyType = types.StringValue(key.Key.KeyType)
	m.KeyBits = types.Int64Value(int64(key.Key.Bits))
	m.DNSRecords = dnsRecordsValue(map[string]dnsRecord{
		"dkim": {Name: types.StringValue(dkimName(id)), Type: "TXT", Value: types.StringValue(key.Text), Priority: types.Int64Null()},
	})
}

// dkimName is where the record of a domain's key is.
func dkimName(id domainID) string { return id.kind().dkimSelector + "._domainkey." + id.Domain }

// rotates is whether changed keepers ask for a new key.
func (m dkimKeyModel) rotates(state dkimKeyModel) bool {
	return !m.Keepers.IsNull() && !state.Keepers.IsNull() && !m.Keepers.Equal(state.Keepers)
}

// ModifyPlan makes the key's attributes unknown where a new key is due, and says
// what that means for mail under way.
func (r *dkimKeyResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.AddWarning("The DKIM key stays in force",
			"The mail server has no call to delete a DKIM key. It goes on signing with this one; only Terraform forgets it. "+
				"Keep the DNS record published as long as mail is sent.")
		return
	}
	var state, plan dkimKeyModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
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
}

// Create has the mail server make a key, unless one is published or in force.
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
	// The mail server makes keys for any name, even an empty one.
	if _, err := service.domain(ctx, id.Domain); err != nil {
		addError(&resp.Diagnostics, "Unable to create DKIM key", err)
		return
	}
	if !plan.ReplaceExisting.ValueBool() {
		r.refuseExisting(ctx, id, service, &resp.Diagnostics)
	}
	r.makeKey(ctx, id, service, &plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.services.mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
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
	return id, r.services.openMail(id.Service, diags)
}

// Read keeps the state: the only call that shows a key is the export, which
// archives all of the domain's mail, and the key outlives even the domain.
func (r *dkimKeyResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
}

// Update makes a new key where the keepers have changed.
func (r *dkimKeyResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan dkimKeyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, service := r.open(plan, &resp.Diagnostics)
	switch {
	case resp.Diagnostics.HasError():
		return
	case id.String() != state.ID.ValueString(): // unknown at plan, or it would be a replacement
		resp.Diagnostics.AddAttributeError(path.Root("mail_domain_id"), "The DKIM key belongs to another domain",
			fmt.Sprintf("mail_domain_id turned out to be %s, while this key is that of %s. Apply again: the plan then makes a key for the other domain.", id, state.ID.ValueString()))
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

// Delete does nothing at the mail server, which has no call for it; the plan has
// warned.
func (r *dkimKeyResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
}

// ImportState takes the mail domain's ID. It asks the mail server for an export,
// the one call that shows the key in force; once, not at each refresh.
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
	resp.Diagnostics.Append(r.services.mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
