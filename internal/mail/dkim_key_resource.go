package mail

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

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
)

var (
	_ resource.ResourceWithConfigure      = (*dkimKeyResource)(nil)
	_ resource.ResourceWithImportState    = (*dkimKeyResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*dkimKeyResource)(nil)
	_ resource.ResourceWithValidateConfig = (*dkimKeyResource)(nil)
)

// dkimKeyType is the type name of the resource for a DKIM key.
const dkimKeyType = "postmaster_dkim_key"

// dkimKeyResource is the resource for the key that a mail service signs a domain's mail with.
type dkimKeyResource struct {
	kit.Base
	services services
}

// NewDKIMKeyResource returns the constructor of the resource postmaster_dkim_key.
func NewDKIMKeyResource(all []Service) func() resource.Resource {
	return kit.Identified(func() resource.Resource { return &dkimKeyResource{services: all} }, services(all).keyIdentity())
}

func (r *dkimKeyResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = dkimKeyType
}

func (r *dkimKeyResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The DKIM key that a mail service signs a domain's mail with. The private key stays at the service.\n\n" +
			"Before the provider makes a key, it asks the domain's authoritative name servers. A key that is published at the selector is " +
			"replaced only on request, because mail signed with a new key fails until its record is published." +
			r.services.say("\n\n", func(w Words) string { return w.DKIMKey }),
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The mail domain's id, such as " + r.services.example("example.com") + ".",
			},
			"mail_domain_id": schema.StringAttribute{
				Required:      true,
				Validators:    []validator.String{r.services.domainIDSpelling()},
				PlanModifiers: []planmodifier.String{DomainIDSpelling},
				MarkdownDescription: "The `id` of the `postmaster_mail_domain`. If it changes, the new domain gets a key in an update in place." +
					r.services.sayEach(" ", aboutFormerKeys),
			},
			"keepers": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Arbitrary values: when they change, a new key replaces the old one. Setting them for the first time, as after an import, " +
					"or removing all of them changes nothing." + r.services.only("keepers"),
			},
			"replace_existing": schema.BoolAttribute{
				Optional:            true,
				Computed:            true,
				Default:             booldefault.StaticBool(false),
				MarkdownDescription: "At create, make a new key, or enable the service's key, even if another one is published or in force. Default: `false`.",
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
			"dns_records": kit.DNSRecordsAttribute("One: `dkim`." + kit.KeysKnownAtPlan),
		},
	}
}

// aboutFormerKeys says what a service does with the old domain's key when the resource changes to
// another domain.
func aboutFormerKeys(s Service) string {
	switch s.(type) {
	case DKIMSwitcher:
		return "At " + s.Title() + " the key of the old domain is disabled."
	case DKIMMaker:
		return "At " + s.Title() + " the key of the old domain stays in force."
	}
	return ""
}

// ValidateConfig refuses what the domain's service does not support. If the domain is in the same
// configuration, its id is known only at plan, and the plan checks again.
func (r *dkimKeyResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config dkimKeyModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, err := r.services.parseDomainID(config.MailDomainID.ValueString())
	if err != nil { // not known yet, or refused by the validator
		return
	}
	service := r.services.named(id.Service)
	if r.services.signer(id.Service) == nil {
		resp.Diagnostics.AddAttributeError(path.Root("mail_domain_id"), "Not possible at "+service.Title(), "It signs no mail. Remove this resource.")
		return
	}
	refuseAttributes(service, map[string]attr.Value{"keepers": config.Keepers}, &resp.Diagnostics)
}

// ModifyPlan makes the key's attributes unknown if a new key is due, and warns about mail that is
// under way.
func (r *dkimKeyResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	var state, plan dkimKeyModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		r.warnOfDestroy(state, &resp.Diagnostics)
		if domain, ok := r.domainOf(state); ok && domain.isSwitched() {
			r.Run.RequireAtPlan(domain.Service, serviceMissing, &resp.Diagnostics)
		}
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	domain, known := r.domainOf(plan)
	if known && !req.State.Raw.IsNull() && domain.String() != state.ID.ValueString() {
		r.warnOfDestroy(state, &resp.Diagnostics)
	}
	switch {
	case req.State.Raw.IsNull() || !plan.MailDomainID.Equal(state.MailDomainID) || plan.Keepers.IsUnknown():
		plan.setUnknownKey(domain, known)
	case plan.rotates(state):
		plan.setUnknownKey(domain, known)
		resp.Diagnostics.AddAttributeWarning(path.Root("keepers"), "A new DKIM key takes effect at once", r.rotationWarning(ctx, state))
	default:
		plan.keepKey(state)
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	kit.KeepPriorState(req, resp)
	if known && !resp.Plan.Raw.Equal(req.State.Raw) {
		r.Run.RequireAtPlan(domain.Service, serviceMissing, &resp.Diagnostics)
	}
}

// warnOfDestroy warns if destroying the resource leaves the key in force.
func (r *dkimKeyResource) warnOfDestroy(state dkimKeyModel, diags *diag.Diagnostics) {
	if domain, ok := r.domainOf(state); ok && !domain.isSwitched() {
		diags.AddWarning("The DKIM key stays in force",
			kit.StartOfSentence(domain.signer.Title())+" has no call to delete a DKIM key. It goes on signing with this one; only Terraform forgets it. "+
				"Keep the DNS record published as long as mail is sent.")
	}
}

// Create makes the service sign with a key, unless another key is published or in force.
func (r *dkimKeyResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan dkimKeyModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	domain, client := r.open(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.establish(ctx, domain, client, &plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// establish makes the service sign the mail of a domain for which this resource has no key yet, and
// sets the key's attributes. It adds an error if another key is published or in force.
func (r *dkimKeyResource) establish(ctx context.Context, d signedDomain, client Mail, m *dkimKeyModel, diags *diag.Diagnostics) {
	// A service may make keys for any name, even if it has no such domain.
	if err := client.FindDomain(ctx, d.Domain); err != nil {
		kit.AddError(diags, "Unable to create DKIM key", err)
		return
	}
	switch signer := d.signer.(type) {
	case DKIMSwitcher:
		r.switchOn(ctx, d, signer, m, diags)
	case DKIMMaker:
		if !m.ReplaceExisting.ValueBool() {
			r.refuseExisting(ctx, d, signer, diags)
		}
		r.makeKey(ctx, d, signer, m, diags)
	}
}

// move establishes a key for another domain, and then disables the key of the old domain if the
// service can do that. A replacement would do the same. But it cannot be planned while the domain
// is unknown, because Terraform does not let an update become a replacement at apply. After an
// error the state is unchanged, so that the next apply does both steps again.
func (r *dkimKeyResource) move(ctx context.Context, state dkimKeyModel, d signedDomain, client Mail, m *dkimKeyModel, diags *diag.Diagnostics) {
	r.establish(ctx, d, client, m, diags)
	before, err := r.signedDomain(state.ID.ValueString())
	if err != nil || diags.HasError() {
		return
	}
	former, switched := before.signer.(DKIMSwitcher)
	if !switched {
		return
	}
	keys, err := former.DKIMSwitch(r.Run)
	if err != nil {
		kit.AddError(diags, serviceMissing, err)
		return
	}
	if err := keys.DisableDKIM(ctx, before.Domain); err != nil && !kit.IsNotFound(err) {
		diags.AddError("Unable to disable DKIM", fmt.Sprintf("%s. DKIM is enabled for %s, and may still be for %s. The next apply goes on from here.", err, d.Domain, before.Domain))
	}
}

// makeKey makes a new key and sets its attributes. It does nothing after an error.
func (r *dkimKeyResource) makeKey(ctx context.Context, d signedDomain, maker DKIMMaker, m *dkimKeyModel, diags *diag.Diagnostics) {
	if diags.HasError() {
		return
	}
	keys, err := maker.DKIMKeys(r.Run)
	if err != nil {
		kit.AddError(diags, serviceMissing, err)
		return
	}
	key, err := keys.MakeDKIMKey(ctx, d.Domain)
	if err != nil {
		kit.AddError(diags, "Unable to create DKIM key", err)
		return
	}
	m.setKey(d, key)
}

// open returns the domain of a key and the client of its service.
func (r *dkimKeyResource) open(m dkimKeyModel, diags *diag.Diagnostics) (signedDomain, Mail) {
	d, err := r.signedDomain(m.MailDomainID.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("mail_domain_id"), "Not the id of a mail domain", err.Error()+".")
		return d, nil
	}
	return d, r.services.open(r.Run, d.Service, diags)
}

// readKey reads the key of a domain. It must not be called in a refresh unless the service is a
// [DKIMSwitcher].
func (r *dkimKeyResource) readKey(ctx context.Context, d signedDomain) (*mailrecord.DKIMZoneRecord, error) {
	var reader DKIMReader
	var err error
	switch signer := d.signer.(type) {
	case DKIMSwitcher:
		reader, err = signer.DKIMSwitch(r.Run)
	case DKIMMaker:
		reader, err = signer.DKIMKeys(r.Run)
	}
	if err != nil {
		return nil, err
	}
	return reader.DKIMKey(ctx, d.Domain)
}

// Read refreshes a key that can be switched. Any other key stays in the state as it is. Only an
// export shows it, for which the service archives all mail of the domain. Such a key even outlives
// its domain.
func (r *dkimKeyResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state dkimKeyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if d, ok := r.domainOf(state); resp.Diagnostics.HasError() || ok && !d.isSwitched() {
		return
	}
	d, _ := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	key, err := r.readKey(ctx, d)
	switch {
	case kit.IsNotFound(err), err == nil && key == nil: // the domain is gone, or the key was disabled
		resp.State.RemoveResource(ctx)
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to read the DKIM key", err)
	default:
		state.setKey(d, key)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

// Update makes a new key if the keepers have changed. If the domain has changed, it establishes a
// key for the new one.
func (r *dkimKeyResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan dkimKeyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	d, client := r.open(plan, &resp.Diagnostics)
	maker, makes := d.signer.(DKIMMaker)
	switch {
	case resp.Diagnostics.HasError():
		return
	case d.String() != state.ID.ValueString():
		r.move(ctx, state, d, client, &plan, &resp.Diagnostics)
	case plan.rotates(state) && makes:
		r.makeKey(ctx, d, maker, &plan, &resp.Diagnostics)
	default:
		plan.keepKey(state)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete disables the key if the service can do that. Otherwise the plan has warned that the key
// stays in force.
func (r *dkimKeyResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state dkimKeyModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	d, ok := r.domainOf(state)
	switcher, switched := d.signer.(DKIMSwitcher)
	if resp.Diagnostics.HasError() || ok && !switched {
		return
	}
	d, _ = r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	keys, err := switcher.DKIMSwitch(r.Run)
	if err != nil {
		kit.AddError(&resp.Diagnostics, serviceMissing, err)
		return
	}
	if err := keys.DisableDKIM(ctx, d.Domain); err != nil && !kit.IsNotFound(err) {
		kit.AddError(&resp.Diagnostics, "Unable to disable DKIM", err)
	}
}

// ImportState takes the mail domain's ID. If no other call shows the key, it makes the service
// export the domain. This happens once and not at each refresh.
func (r *dkimKeyResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	d, err := r.signedDomain(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	m := dkimKeyModel{
		MailDomainID:    types.StringValue(d.String()),
		Keepers:         types.MapNull(types.StringType),
		ReplaceExisting: types.BoolValue(false),
	}
	r.open(m, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	key, err := r.readKey(ctx, d)
	switch {
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to read the DKIM key", err)
	case key == nil:
		resp.Diagnostics.AddError("No DKIM key to import",
			fmt.Sprintf("There is no DKIM key for %s. Remove the import block: one is then made at create.", d.Domain))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	m.setKey(d, key)
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
