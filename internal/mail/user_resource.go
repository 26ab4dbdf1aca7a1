package mail

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
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var (
	_ resource.ResourceWithConfigure      = (*userResource)(nil)
	_ resource.ResourceWithImportState    = (*userResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*userResource)(nil)
	_ resource.ResourceWithValidateConfig = (*userResource)(nil)
)

// userType is the type name of the resource for a mailbox.
const userType = "postmaster_mail_user"

// userResource is the resource for a mailbox of a mail domain.
type userResource struct {
	kit.Base
	services services
}

// NewUserResource returns the constructor of the resource postmaster_mail_user.
func NewUserResource(all []Service) func() resource.Resource {
	return kit.Identified(func() resource.Resource { return &userResource{services: all} }, services(all).userIdentity())
}

func (r *userResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = userType
}

func (r *userResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := r.services.passwordAttributes(true)
	attributes["id"] = schema.StringAttribute{
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		MarkdownDescription: "`SERVICE/EMAIL`, such as " + r.services.example("alice@example.com") + ".",
	}
	attributes["mail_domain_id"] = schema.StringAttribute{
		Required:            true,
		Validators:          []validator.String{r.services.domainIDSpelling()},
		PlanModifiers:       []planmodifier.String{DomainIDSpelling},
		MarkdownDescription: "The `id` of the `postmaster_mail_domain`.",
	}
	attributes["local_part"] = schema.StringAttribute{
		Required:      true,
		Validators:    []validator.String{localPartSpelling},
		PlanModifiers: []planmodifier.String{localPartSpelling},
		MarkdownDescription: "What stands before the `@`: ASCII letters, digits and `. _ - + = ~`, at most 64 characters. " +
			"Case makes no difference." + r.services.sayEach(" ", aboutLocalParts),
	}
	attributes["email"] = schema.StringAttribute{
		Computed:            true,
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		MarkdownDescription: "The address, in lower case and punycode.",
	}
	maps.Copy(attributes, r.services.profileAttributes())
	attributes["force_destroy"] = kit.ForceDestroyAttribute("the mailbox with its mail")
	resp.Schema = schema.Schema{
		MarkdownDescription: "A mailbox of a mail domain.\n\n" +
			"A new one needs a password in one of its forms; an imported one needs none. The services have no call that shows a password, " +
			"so one that was changed by hand is not noticed. Deleting a mailbox deletes its mail; it is refused unless `force_destroy` is set. " +
			"A mailbox cannot be renamed." + r.services.say("\n\n", func(w Words) string { return w.User }),
		Attributes: attributes,
	}
}

// aboutLocalParts says which local parts a service accepts.
func aboutLocalParts(s Service) string {
	rules, about := s.MailRules(), ""
	if rules.LongestAddress > 0 {
		about = fmt.Sprintf("The whole address has at most %d characters at %s. ", rules.LongestAddress, s.Title())
	}
	return strings.TrimSpace(about + rules.Words.LocalPart)
}

type userModel struct {
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

func (m userModel) passwords() Passwords {
	return Passwords{
		Password: m.Password, PasswordWO: m.PasswordWO, WOVersion: m.PasswordWOVersion,
		Hash: m.PasswordHash, HashWO: m.PasswordHashWO, HashWOVersion: m.PasswordHashWOVersion,
	}
}

// idOf returns the mailbox's ID. Ok is false while a part of it is not known.
func (r *userResource) idOf(m userModel) (id UserID, ok bool) {
	if m.MailDomainID.IsUnknown() || m.LocalPart.IsUnknown() {
		return UserID{}, false
	}
	domain, err := r.services.parseDomainID(m.MailDomainID.ValueString())
	if err != nil {
		return UserID{}, false
	}
	local, err := canonicalLocalPart(m.LocalPart.ValueString())
	return UserID{Service: domain.Service, LocalPart: local, Domain: domain.Domain}, err == nil
}

// serviceOf returns the service of the mailbox's domain, or nil while it is not known.
func (r *userResource) serviceOf(m userModel) Service {
	if id, ok := r.idOf(m); ok {
		return r.services.named(id.Service)
	}
	return nil
}

// object identifies the mailbox in the state.
func (m userModel) object() kit.Object {
	return kit.Object{ResourceType: userType, ID: m.ID.ValueString()}
}

// title returns the start of a sentence about the mailbox.
func (m userModel) title() string { return "The mailbox " + m.Email.ValueString() }

// setComputed sets the attributes that follow from the configuration.
func (r *userResource) setComputed(m *userModel) {
	m.ID, m.Email = types.StringUnknown(), types.StringUnknown()
	if id, ok := r.idOf(*m); ok {
		m.ID, m.Email = types.StringValue(id.String()), types.StringValue(id.Email())
	}
}

// ValidateConfig refuses what the service of the mailbox's domain does not support. If the domain
// is in the same configuration, its id is known only at plan, and the plan checks again.
func (r *userResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config userModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	domain, err := r.services.parseDomainID(config.MailDomainID.ValueString())
	if err != nil { // not known yet, or refused by the validator
		r.services.refuseHashes(nil, config.passwords(), &resp.Diagnostics)
		return
	}
	service := r.services.named(domain.Service)
	refuseAttributes(service, map[string]attr.Value{
		"password_hash": config.PasswordHash, "password_hash_wo": config.PasswordHashWO,
		"first_name": config.FirstName, "last_name": config.LastName, "enabled": config.Enabled,
	}, &resp.Diagnostics)
	refusePasswords(service, config.LocalPart, config.passwords(), path.Empty(), &resp.Diagnostics)
	r.services.refuseHashes(service, config.passwords(), &resp.Diagnostics)
}

// ModifyPlan plans the ID and the address. It refuses changes that would lose mail or that are not
// possible.
func (r *userResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	var state, plan, config userModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		r.guardDestroy(state, &resp.Diagnostics)
		r.RequireAtPlan(state, &resp.Diagnostics)
		r.Run.PlanDelete(state.object(), state.title(), &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.setComputed(&plan)
	if req.State.Raw.IsNull() {
		plan.planProfile(r.serviceOf(plan), config, Profile{FirstName: types.StringUnknown(), LastName: types.StringUnknown(), Enabled: types.BoolUnknown()})
		r.checkNew(plan, config, &resp.Diagnostics)
	} else {
		plan.planProfile(r.serviceOf(plan), config, state.profile())
		r.checkUpdate(plan, config, state, &resp.Diagnostics)
		r.Run.Holds(state.object())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	kit.KeepPriorState(req, resp)
	if !resp.Plan.Raw.Equal(req.State.Raw) {
		r.RequireAtPlan(plan, &resp.Diagnostics)
	}
	if req.State.Raw.IsNull() {
		r.PlanCreate(ctx, plan, &resp.Diagnostics)
	}
}

// PlanCreate looks for an existing mailbox. It does not look if this run deletes the domain or
// creates it again, because the mailboxes are then deleted too.
func (r *userResource) PlanCreate(ctx context.Context, plan userModel, diags *diag.Diagnostics) {
	id, ok := r.idOf(plan)
	if !ok || diags.HasError() {
		return
	}
	if domain := r.Run.Inventory.Note(kit.Object{ResourceType: domainType, ID: id.DomainID().String()}, nil); domain.Held && domain.Wanted || domain.Leaving {
		return
	}
	r.Run.PlanCreate(ctx, id.Service, userType, plan.title(), func(ctx context.Context) (string, error) {
		client, err := r.services.Client(r.Run, id.Service)
		if err != nil {
			return "", err
		}
		listed, err := kit.ListOnce(ctx, r.Run, id.DomainID().String(), func(ctx context.Context) ([]Mailbox, error) { return client.Mailboxes(ctx, id.Domain) })
		for _, m := range listed {
			if strings.EqualFold(m.Email, id.Email()) {
				return id.String(), err
			}
		}
		return "", err
	}, firstAccountAdvice(r.services.named(id.Service), id), diags)
}

// RequireAtPlan adds an error if the apply is sure to lack credentials.
func (r *userResource) RequireAtPlan(m userModel, diags *diag.Diagnostics) {
	if id, ok := r.idOf(m); ok {
		r.Run.RequireAtPlan(id.Service, serviceMissing, diags)
	}
}

// checkNew checks a new mailbox as far as it is known. An existing mailbox is not checked, because
// its name may be one that the service would now refuse.
func (r *userResource) checkNew(plan, config userModel, diags *diag.Diagnostics) {
	if id, ok := r.idOf(plan); ok {
		service := r.services.named(id.Service)
		refuseLocalPart(service, id.LocalPart, diags)
		refuseAddress(service, id.Email(), path.Root("local_part"), diags)
		checkPasswordLength(service, config.passwords(), true, path.Empty(), diags)
		if of(r.Run).isFirstAccount(id.Email()) {
			refuseFirstAccount(id, diags)
		}
	}
	if !config.passwords().Given() {
		diags.AddAttributeError(path.Root("password_wo"), "A new mailbox needs a password",
			"Set password_wo and password_wo_version, or one of password, password_hash_wo and password_hash.")
	}
}

// checkUpdate refuses changes that are not possible, as far as they are known, and warns about the
// effects of others.
func (r *userResource) checkUpdate(plan, config, state userModel, diags *diag.Diagnostics) {
	const cannot = "A mailbox cannot be renamed"
	advice := fmt.Sprintf("No mail service can rename %s, and deleting it would delete its mail. Add a second resource for the new address, move the mail, and remove this one afterwards.",
		state.Email.ValueString())
	if !plan.LocalPart.IsUnknown() && !localPartSpelling.Same(plan.LocalPart, state.LocalPart) {
		diags.AddAttributeError(path.Root("local_part"), cannot, advice)
	}
	if !plan.MailDomainID.IsUnknown() && !DomainIDSpelling.Same(plan.MailDomainID, state.MailDomainID) {
		diags.AddAttributeError(path.Root("mail_domain_id"), cannot, advice)
	}
	if service := r.serviceOf(plan); service != nil {
		checkPasswordLength(service, config.passwords(), config.passwords().changedFrom(state.passwords()), path.Empty(), diags)
	}
	if config.passwords().taken(state.passwords()) {
		diags.AddWarning("The password will be set",
			fmt.Sprintf("The present password of %s is not known here, as after an import, so the configured password is set.", state.Email.ValueString()))
	}
}

// guardDestroy refuses to delete the mailbox unless force_destroy is set.
func (r *userResource) guardDestroy(state userModel, diags *diag.Diagnostics) {
	if !state.ForceDestroy.ValueBool() {
		kit.RefuseDestroy(diags, state.ID.ValueString(), "the mailbox's mail")
	}
}

// open returns the mailbox's ID and the client of its service.
func (r *userResource) open(m userModel, diags *diag.Diagnostics) (UserID, Mail) {
	id, ok := r.idOf(m)
	if !ok {
		diags.AddError("Not a mailbox", fmt.Sprintf("%q in %q is not a mailbox.", m.LocalPart.ValueString(), m.MailDomainID.ValueString()))
		return id, nil
	}
	return id, r.services.open(r.Run, id.Service, diags)
}

// Create creates the mailbox.
func (r *userResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config userModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.setComputed(&plan)
	r.checkNew(plan, config, &resp.Diagnostics) // repeated for values that were unknown at plan
	id, client := r.open(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	made, err := client.CreateMailbox(ctx, id.Email(), config.passwords(), config.profile())
	switch {
	case errors.Is(err, api.ErrConflict):
		r.Run.AddExists(&resp.Diagnostics, userType, plan.title(), id.String(), hintAtFirstAccount(r.services.named(id.Service), id, err))
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to create mailbox", err)
	default:
		plan.setProfile(made.Profile)
		resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

// Read looks for the mailbox in the list of its domain.
func (r *userResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state userModel
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
	found, err := client.Mailbox(ctx, id.Email())
	switch {
	case kit.IsNotFound(err):
		resp.State.RemoveResource(ctx)
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to read mailbox", err)
	default:
		state.setProfile(found.Profile)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	}
}

// Update sets the password and the profile in one call, if they have changed.
func (r *userResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config userModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	r.setComputed(&plan)
	r.checkUpdate(plan, state, state, &resp.Diagnostics) // for a name that was unknown at plan
	id, client := r.open(plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	var password Passwords
	if p := config.passwords(); p.changedFrom(state.passwords()) {
		password = p
	}
	profile := plan.profile().changedFrom(state.profile())
	if password.Given() || profile != (Profile{}) {
		changed, err := client.ChangeMailbox(ctx, id.Email(), password, profile)
		if err != nil {
			kit.AddError(&resp.Diagnostics, "Unable to change mailbox", err)
			return
		}
		plan.setProfile(changed.Profile)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete deletes the mailbox and its mail.
func (r *userResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state userModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Check again. A replacement because of -replace or a taint does not show the prior state to
	// ModifyPlan.
	r.guardDestroy(state, &resp.Diagnostics)
	id, client := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Run.Deletes(state.object())
	if err := client.DeleteMailbox(ctx, id.Email()); err != nil && !kit.IsNotFound(err) {
		kit.AddError(&resp.Diagnostics, "Unable to delete mailbox", err)
	}
}

// ImportState takes an ID such as "SERVICE/alice@example.com".
func (r *userResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, err := r.services.parseUserID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(kit.SetAll(ctx, &resp.State, map[string]any{
		"id":             id.String(),
		"mail_domain_id": id.DomainID().String(),
		"local_part":     id.LocalPart,
		"email":          id.Email(),
		"force_destroy":  false,
	})...)
}
