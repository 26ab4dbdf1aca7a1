package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailrecord"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mailserver"
)

var (
	_ resource.ResourceWithConfigure   = (*mailDomainResource)(nil)
	_ resource.ResourceWithImportState = (*mailDomainResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*mailDomainResource)(nil)
)

const mailDomainType = "postmaster_mail_domain"

// mailDomainResource is a domain of a mail service.
type mailDomainResource struct{ base }

func newMailDomainResource() resource.Resource { return &mailDomainResource{} }

func (r *mailDomainResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = mailDomainType
}

func (r *mailDomainResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	firstAccount := passwordAttributes(false)
	firstAccount["local_part"] = schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		Default:             stringdefault.StaticString("postmaster"),
		Validators:          []validator.String{localPartSpelling},
		PlanModifiers:       []planmodifier.String{localPartSpelling},
		MarkdownDescription: "What stands before the `@`. Default: `postmaster`, which RFC 5321 wants every domain to have.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A domain at a mail service.\n\n" +
			"The mail server creates a domain together with its first account, so `first_account` with a password is needed at create. " +
			"Deleting a domain deletes the mail of all its accounts; it is refused unless `force_destroy` is set. A domain cannot be renamed.",
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
				MarkdownDescription: "The domain, in any spelling: case, a trailing dot, and Unicode or punycode make no difference. At most 50 bytes (in punycode) at the mail server.",
			},
			"service": schema.StringAttribute{
				Optional:            true,
				Computed:            true,
				Validators:          []validator.String{stringvalidator.OneOf(serviceMailServer)},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The mail service: `mailserver`. Default: the only one that is configured.",
			},
			"first_account": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "The account that the mail server creates the domain with. Its password may be changed later, its name may not. " +
					"Removing the block leaves the account as it is.",
				Attributes: firstAccount,
			},
			"mx_hostname": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{hostnameSpelling},
				PlanModifiers:       []planmodifier.String{hostnameSpelling},
				MarkdownDescription: "Name of the host that takes and sends the domain's mail. It gives the records `mx` and `spf`.",
			},
			"force_destroy": forceDestroyAttribute("the domain with all its accounts and their mail"),
			"dns_records":   dnsRecordsAttribute("With `mx_hostname`: `mx` and `spf`."),
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
	DNSRecords   types.Map    `tfsdk:"dns_records"`
}

type firstAccountModel struct {
	LocalPart         types.String `tfsdk:"local_part"`
	Password          types.String `tfsdk:"password"`
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.Int64  `tfsdk:"password_wo_version"`
}

func (m firstAccountModel) passwords() passwords {
	return passwords{Password: m.Password, PasswordWO: m.PasswordWO, WOVersion: m.PasswordWOVersion,
		Hash: types.StringNull(), HashWO: types.StringNull(), HashWOVersion: types.Int64Null()}
}

// firstAccount reads the block; ok is false where there is none or it is not
// known yet.
func (m mailDomainModel) firstAccount(ctx context.Context, diags *diag.Diagnostics) (account firstAccountModel, ok bool) {
	if m.FirstAccount.IsNull() || m.FirstAccount.IsUnknown() {
		return account, false
	}
	diags.Append(m.FirstAccount.As(ctx, &account, basetypes.ObjectAsOptions{})...)
	return account, !diags.HasError()
}

// id is the domain's ID; ok is false while the domain is not known.
func (m mailDomainModel) id() (domainID, bool) {
	if m.Domain.IsUnknown() || m.Service.IsUnknown() {
		return domainID{}, false
	}
	domain, err := canonicalMailDomain(m.Domain.ValueString())
	return domainID{Service: m.Service.ValueString(), Domain: domain}, err == nil
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
	switch {
	case m.MXHostname.IsUnknown():
		m.DNSRecords = types.MapUnknown(dnsRecordType) // null or not decides which keys there are
	case m.MXHostname.IsNull():
		m.DNSRecords = dnsRecordsValue(nil)
	default:
		host, err := canonicalHostname(m.MXHostname.ValueString())
		if err != nil {
			m.DNSRecords = types.MapUnknown(dnsRecordType) // refused by the validator
			return
		}
		spf, err := mailrecord.BuildSPF(host)
		if err != nil {
			m.DNSRecords = types.MapUnknown(dnsRecordType) // refused likewise
			return
		}
		m.DNSRecords = dnsRecordsValue(map[string]dnsRecord{
			"mx":  {Name: name, Type: "MX", Value: types.StringValue(host), Priority: types.Int64Value(10)},
			"spf": {Name: name, Type: "TXT", Value: types.StringValue(spf), Priority: types.Int64Null()},
		})
	}
}

// Create makes the domain with its first account, in one call.
func (r *mailDomainResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config mailDomainModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed()
	account, hasAccount := config.firstAccount(ctx, &resp.Diagnostics)
	planned, _ := plan.firstAccount(ctx, &resp.Diagnostics)
	planMailDomainCreate(plan, config, account, hasAccount, &resp.Diagnostics) // again, for what was unknown at plan
	id, client := r.open(plan, &resp.Diagnostics)
	local, err := canonicalLocalPart(planned.LocalPart.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("first_account").AtName("local_part"), "Not a local part", err.Error())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	email := local + "@" + id.Domain
	_, err = client.CreateDomain(ctx, id.Domain, email, account.passwords().credential())
	switch {
	case errors.Is(err, api.ErrConflict):
		addExists(&resp.Diagnostics, mailDomainType, "The domain "+id.Domain, id.String(), err)
	case err != nil:
		addError(&resp.Diagnostics, "Unable to create mail domain", err)
	default:
		resp.Diagnostics.Append(r.services.mark(ctx, resp.Private)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	}
}

// open gives the ID and the client that a domain of the plan or the state is
// worked on with.
func (r *mailDomainResource) open(m mailDomainModel, diags *diag.Diagnostics) (domainID, *mailserver.Client) {
	id, ok := m.id()
	if !ok {
		diags.AddAttributeError(path.Root("domain"), "Not a mail domain", fmt.Sprintf("%q is not a mail domain.", m.Domain.ValueString()))
		return id, nil
	}
	client, err := r.services.MailServer()
	if err != nil {
		addError(diags, "The mail server is not configured", err)
	}
	return id, client
}

// Read looks whether the domain is in the service's list.
func (r *mailDomainResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state mailDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, client := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	_, err := client.Domain(ctx, id.Domain)
	switch {
	case isNotFound(err):
		resp.State.RemoveResource(ctx)
	case err != nil:
		addError(&resp.Diagnostics, "Unable to read mail domain", err)
	}
}

// Update sets the first account's password where that has changed; everything
// else that can change is the provider's own.
func (r *mailDomainResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config mailDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.setComputed()
	account, hasAccount := config.firstAccount(ctx, &resp.Diagnostics)
	planned, _ := plan.firstAccount(ctx, &resp.Diagnostics)
	refuseMailDomainRename(ctx, plan, state, &resp.Diagnostics) // again, for what was unknown at plan
	if resp.Diagnostics.HasError() {
		return
	}
	before, _ := state.firstAccount(ctx, &resp.Diagnostics)
	if hasAccount && account.passwords().changedFrom(before.passwords()) {
		r.setFirstPassword(ctx, plan, planned.LocalPart.ValueString(), account.passwords(), &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

func (r *mailDomainResource) setFirstPassword(ctx context.Context, plan mailDomainModel, localPart string, p passwords, diags *diag.Diagnostics) {
	id, client := r.open(plan, diags)
	local, err := canonicalLocalPart(localPart)
	if err != nil {
		diags.AddAttributeError(path.Root("first_account").AtName("local_part"), "Not a local part", err.Error())
	}
	if diags.HasError() {
		return
	}
	email := local + "@" + id.Domain
	err = client.SetPassword(ctx, email, p.credential())
	switch {
	case isNotFound(err):
		diags.AddAttributeError(path.Root("first_account"), "The first account does not exist",
			fmt.Sprintf("The mail server has no account %s. Add it as a postmaster_mail_user and remove first_account, or name an account that exists in local_part.", email))
	case err != nil:
		addError(diags, "Unable to change password", err)
	}
}

// Delete deletes the domain, its accounts and their mail.
func (r *mailDomainResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state mailDomainModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.services.belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Once more, as a replacement that was asked for with -replace, or because of
	// a taint, does not pass the plan with a prior state.
	r.guardDestroy(state, &resp.Diagnostics)
	id, client := r.open(state, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := client.DeleteDomain(ctx, id.Domain); err != nil && !errors.Is(err, api.ErrNotFound) {
		addError(&resp.Diagnostics, "Unable to delete mail domain", err)
	}
}

// ImportState takes an ID such as "mailserver/example.com".
func (r *mailDomainResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, err := parseDomainID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	resp.Diagnostics.Append(r.services.mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(setMailDomainImport(ctx, &resp.State, id)...)
}

func setMailDomainImport(ctx context.Context, state *tfsdk.State, id domainID) diag.Diagnostics {
	m := mailDomainModel{
		Domain:       types.StringValue(id.Domain),
		Service:      types.StringValue(id.Service),
		FirstAccount: types.ObjectNull(firstAccountTypes()),
		MXHostname:   types.StringNull(),
		ForceDestroy: types.BoolValue(false),
	}
	m.setComputed()
	return state.Set(ctx, &m)
}

func firstAccountTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"local_part": types.StringType, "password": types.StringType,
		"password_wo": types.StringType, "password_wo_version": types.Int64Type,
	}
}
