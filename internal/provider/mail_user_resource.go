package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
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
	_ resource.ResourceWithConfigure      = (*mailUserResource)(nil)
	_ resource.ResourceWithImportState    = (*mailUserResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*mailUserResource)(nil)
	_ resource.ResourceWithValidateConfig = (*mailUserResource)(nil)
)

const mailUserType = "postmaster_mail_user"

// mailUserResource is a mailbox of a mail domain.
type mailUserResource struct{ base }

func newMailUserResource() resource.Resource { return &mailUserResource{} }

func (r *mailUserResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = mailUserType
}

func (r *mailUserResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := passwordAttributes(true)
	attributes["id"] = schema.StringAttribute{
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		MarkdownDescription: "`SERVICE/EMAIL`, such as `mailserver/alice@example.com`.",
	}
	attributes["mail_domain_id"] = schema.StringAttribute{
		Required:            true,
		Validators:          []validator.String{domainIDSpelling},
		PlanModifiers:       []planmodifier.String{domainIDSpelling},
		MarkdownDescription: "The `id` of the `postmaster_mail_domain`.",
	}
	attributes["local_part"] = schema.StringAttribute{
		Required:      true,
		Validators:    []validator.String{localPartSpelling},
		PlanModifiers: []planmodifier.String{localPartSpelling},
		MarkdownDescription: "What stands before the `@`: ASCII letters, digits and `. _ - + = ~`, at most 64 characters. " +
			"The whole address has at most 100 characters at the mail server. " +
			"Case makes no difference. At Yandex.Mail for Domain at most 30, without `+ = ~`, and neither `abuse` nor `postmaster`, which it keeps to itself.",
	}
	attributes["email"] = schema.StringAttribute{
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		MarkdownDescription: "The address, in lower case and punycode.",
	}
	maps.Copy(attributes, profileAttributes())
	attributes["force_destroy"] = forceDestroyAttribute("the mailbox with its mail")
	resp.Schema = schema.Schema{
		MarkdownDescription: "A mailbox of a mail domain.\n\n" +
			"A new one needs a password in one of its forms; an imported one needs none. The services have no call that shows a password, " +
			"so one that was changed by hand is not noticed. A change is recorded once it was accepted by the service; " +
			"the mail server carries it out after that, so the provider then looks whether its database still answers. Deleting a mailbox deletes its mail; it is refused unless `force_destroy` is set. " +
			"A mailbox cannot be renamed.\n\n" +
			"Yandex.Mail for Domain takes passwords of 6 to 20 characters, and makes no mailbox in a domain before it has seen the record `ownership` that proves whose it is. " +
			"A new mailbox waits for that where the record is published, and is an error where it is not: name its `postmaster_dns_records` in `depends_on`.",
		Attributes: attributes,
	}
}

type mailUserModel struct {
	ID                    types.String `tfsdk:"id"`
	MailDomainID          types.String `tfsdk:"mail_domain_id"`
	LocalPart             types.String `tfsdk:"local_part"`
	Password              types.String `tfsdk:"password"`
	PasswordWO            types.String `tfsdk:"password_wo"`
	PasswordWOVersion     types.Int64  `tfsdk:"password_wo_version"`
	PasswordHash          types.String `tfsdk:"password_hash"`
	PasswordHashWO        types.String `tfsdk:"password_hash_wo"`
	PasswordHashWOVersion types.Int64  `tfsdk:"password_hash_wo_version"`
	FirstName             types.String `tfsdk:"first_name"`
	LastName              types.String `tfsdk:"last_name"`
	Enabled               types.Bool   `tfsdk:"enabled"`
	ForceDestroy          types.Bool   `tfsdk:"force_destroy"`
	Email                 types.String `tfsdk:"email"`
}

func (m mailUserModel) passwords() passwords {
	return passwords{
		Password: m.Password, PasswordWO: m.PasswordWO, WOVersion: m.PasswordWOVersion,
		Hash: m.PasswordHash, HashWO: m.PasswordHashWO, HashWOVersion: m.PasswordHashWOVersion,
	}
}

// id is the mailbox's ID; ok is false while a part of it is not known.
func (m mailUserModel) id() (userID, bool) {
	if m.MailDomainID.IsUnknown() || m.LocalPart.IsUnknown() {
		return userID{}, false
	}
	domain, err := parseDomainID(m.MailDomainID.ValueString())
	if err != nil {
		return userID{}, false
	}
	local, err := canonicalLocalPart(m.LocalPart.ValueString())
	return userID{Service: domain.Service, LocalPart: local, Domain: domain.Domain}, err == nil
}

// object names the mailbox of a state.
func (m mailUserModel) object() object { return object{mailUserType, m.ID.ValueString()} }

// title begins a sentence about the mailbox.
func (m mailUserModel) title() string { return "The mailbox " + m.Email.ValueString() }

// setComputed fills in what follows from the configuration.
func (m *mailUserModel) setComputed() {
	m.ID, m.Email = types.StringUnknown(), types.StringUnknown()
	if id, ok := m.id(); ok {
		m.ID, m.Email = types.StringValue(id.String()), types.StringValue(id.Email())
	}
}

// ValidateConfig refuses what the service of the mailbox's domain cannot do. It is asked
// again at plan, when the id of a domain of the same configuration is known.
func (r *mailUserResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config mailUserModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	domain, err := parseDomainID(config.MailDomainID.ValueString())
	if resp.Diagnostics.HasError() || err != nil { // not known yet, or refused by the validator
		return
	}
	kind := domain.kind()
	kind.refuse(map[string]attr.Value{
		"password_hash": config.PasswordHash, "password_hash_wo": config.PasswordHashWO,
		"first_name": config.FirstName, "last_name": config.LastName, "enabled": config.Enabled,
	}, &resp.Diagnostics)
	kind.refusePasswords(config.LocalPart, config.passwords(), path.Empty(), &resp.Diagnostics)
}

// ModifyPlan derives ID and address, and refuses what would lose mail or cannot
// be done.
func (r *mailUserResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.markPlanned(ctx, req, resp)
	var state, plan, config mailUserModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		r.guardDestroy(state, &resp.Diagnostics)
		r.requireAtPlan(state, &resp.Diagnostics)
		r.run.planDelete(state.object(), state.title(), &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed()
	if req.State.Raw.IsNull() {
		plan.planProfile(config, mailProfile{FirstName: types.StringUnknown(), LastName: types.StringUnknown(), Enabled: types.BoolUnknown()})
		r.checkNew(plan, config, &resp.Diagnostics)
	} else {
		plan.planProfile(config, state.profile())
		planMailUserUpdate(plan, config, state, &resp.Diagnostics)
		r.run.holds(state.object())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	keepPriorState(req, resp)
	if !resp.Plan.Raw.Equal(req.State.Raw) {
		r.requireAtPlan(plan, &resp.Diagnostics)
	}
	if req.State.Raw.IsNull() {
		r.planCreate(ctx, plan, &resp.Diagnostics)
	}
}

// planCreate looks whether a new mailbox is there already. A domain that is made anew by this
// run takes its mailboxes with it.
func (r *mailUserResource) planCreate(ctx context.Context, plan mailUserModel, diags *diag.Diagnostics) {
	id, ok := plan.id()
	if !ok || diags.HasError() {
		return
	}
	if domain := r.run.inventory.note(object{mailDomainType, id.DomainID().String()}, nil); domain.held && domain.wanted || domain.leaving {
		return
	}
	r.run.planCreate(ctx, id.Service, mailUserType, plan.title(), func(ctx context.Context) (string, error) {
		service, err := mailOf(r.run).mailService(id.Service)
		if err != nil {
			return "", err
		}
		listed, err := listOnce(ctx, r.run, id.DomainID().String(), func(ctx context.Context) ([]mailbox, error) { return service.mailboxes(ctx, id.Domain) })
		for _, m := range listed {
			if strings.EqualFold(m.email, id.Email()) {
				return id.String(), err
			}
		}
		return "", err
	}, firstAccountAdvice(id), diags)
}

// requireAtPlan refuses a plan of which it is known that its apply lacks credentials.
func (r *mailUserResource) requireAtPlan(m mailUserModel, diags *diag.Diagnostics) {
	if id, ok := m.id(); ok {
		r.run.requireAtPlan(id.Service, mailServiceMissing, diags)
	}
}

// checkNew checks what a new mailbox needs, as far as it is known. A mailbox that exists
// may have a name that the service would not give any more.
func (r *mailUserResource) checkNew(plan, config mailUserModel, diags *diag.Diagnostics) {
	if id, ok := plan.id(); ok {
		kind := id.DomainID().kind()
		kind.refuseLocalPart(id.LocalPart, diags)
		kind.checkAddress(id.Email(), path.Root("local_part"), diags)
		kind.checkPasswordLength(config.passwords(), true, path.Empty(), diags)
		if mailOf(r.run).isFirstAccount(id.Email()) {
			refuseFirstAccount(id, diags)
		}
	}
	if !config.passwords().given() {
		diags.AddAttributeError(path.Root("password_wo"), "A new mailbox needs a password",
			"Set password_wo and password_wo_version, or one of password, password_hash_wo and password_hash.")
	}
}

func planMailUserUpdate(plan, config, state mailUserModel, diags *diag.Diagnostics) {
	const cannot = "A mailbox cannot be renamed"
	advice := fmt.Sprintf("No mail service can rename %s, and deleting it would delete its mail. Add a second resource for the new address, move the mail, and remove this one afterwards.",
		state.Email.ValueString())
	if !plan.LocalPart.IsUnknown() && !localPartSpelling.same(plan.LocalPart, state.LocalPart) {
		diags.AddAttributeError(path.Root("local_part"), cannot, advice)
	}
	if !plan.MailDomainID.IsUnknown() && !domainIDSpelling.same(plan.MailDomainID, state.MailDomainID) {
		diags.AddAttributeError(path.Root("mail_domain_id"), cannot, advice)
	}
	if id, ok := plan.id(); ok {
		id.DomainID().kind().checkPasswordLength(config.passwords(), config.passwords().changedFrom(state.passwords()), path.Empty(), diags)
	}
	if config.passwords().taken(state.passwords()) {
		diags.AddWarning("The password will be set",
			fmt.Sprintf("Which password %s has is not known here, as after an import, so it is set to the one that is configured.", state.Email.ValueString()))
	}
}

func (r *mailUserResource) guardDestroy(state mailUserModel, diags *diag.Diagnostics) {
	if !state.ForceDestroy.ValueBool() {
		refuseDestroy(diags, state.ID.ValueString(), "the mailbox's mail")
	}
}

// open gives the ID and the service that a mailbox is worked on with.
func (r *mailUserResource) open(m mailUserModel, diags *diag.Diagnostics) (userID, mailService) {
	id, ok := m.id()
	if !ok {
		diags.AddError("Not a mailbox", fmt.Sprintf("%q in %q is not a mailbox.", m.LocalPart.ValueString(), m.MailDomainID.ValueString()))
		return id, nil
	}
	return id, mailOf(r.run).openMail(id.Service, diags)
}

// Create makes the mailbox.
func (r *mailUserResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config mailUserModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed()
	r.checkNew(plan, config, &resp.Diagnostics) // again, for what was unknown at plan
	id, service := r.open(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	made, err := service.createMailbox(ctx, id.Email(), config.passwords(), config.profile())
	switch {
	case errors.Is(err, api.ErrConflict):
		r.run.addExists(&resp.Diagnostics, mailUserType, plan.title(), id.String(), hintAtFirstAccount(id, err))
	case err != nil:
		addError(&resp.Diagnostics, "Unable to create mailbox", err)
	default:
		plan.setProfile(made.profile)
		resp.Diagnostics.Append(r.run.Mark(ctx, resp.Private)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

// Read looks for the mailbox in its domain's list.
func (r *mailUserResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state mailUserModel
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
	found, err := service.mailbox(ctx, id.Email())
	switch {
	case isNotFound(err):
		resp.State.RemoveResource(ctx)
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read mailbox", err)
	default:
		state.setProfile(found.profile)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

// Update sets the password and the profile where they have changed, in one call.
func (r *mailUserResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config mailUserModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed()
	planMailUserUpdate(plan, state, state, &resp.Diagnostics) // a name that was unknown at plan
	id, service := r.open(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var password passwords
	if p := config.passwords(); p.changedFrom(state.passwords()) {
		password = p
	}
	profile := plan.profile().changedFrom(state.profile())
	if password.given() || profile != (mailProfile{}) {
		changed, err := service.changeMailbox(ctx, id.Email(), password, profile)
		if err != nil {
			addError(&resp.Diagnostics, "Unable to change mailbox", err)
			return
		}
		plan.setProfile(changed.profile)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete deletes the mailbox and its mail.
func (r *mailUserResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state mailUserModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Once more, as a replacement that was asked for with -replace, or because of
	// a taint, does not pass the plan with a prior state.
	r.guardDestroy(state, &resp.Diagnostics)
	id, service := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.run.deletes(state.object())
	if err := service.deleteMailbox(ctx, id.Email()); err != nil && !isNotFound(err) {
		addError(&resp.Diagnostics, "Unable to delete mailbox", err)
	}
}

// ImportState takes an ID such as "mailserver/alice@example.com".
func (r *mailUserResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, err := parseUserID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	resp.Diagnostics.Append(r.run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(setAll(ctx, &resp.State, map[string]any{
		"id":             id.String(),
		"mail_domain_id": id.DomainID().String(),
		"local_part":     id.LocalPart,
		"email":          id.Email(),
		"force_destroy":  false,
	})...)
}
