package zone

import (
	"context"
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

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var (
	_ resource.ResourceWithConfigure   = (*AuthorizationResource)(nil)
	_ resource.ResourceWithImportState = (*AuthorizationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*AuthorizationResource)(nil)
)

// AuthorizationResource is the resource for the finding that credentials of ours may edit the zone
// of a domain.
type AuthorizationResource struct {
	kit.Base
	Hosts     Hosts
	Delegates delegates
}

// NewAuthorizationResource returns the constructor of the resource postmaster_dns_authorization.
func NewAuthorizationResource(hosts []HostService, delegates []DelegateService) func() resource.Resource {
	return kit.Identified(func() resource.Resource { return &AuthorizationResource{Hosts: hosts, Delegates: delegates} }, authorizationIdentity())
}

func (r *AuthorizationResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "postmaster_dns_authorization"
}

func (r *AuthorizationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the zone of a domain at its DNS host, and checks whether the configured credentials may edit it. " +
			"`postmaster_dns_records` refers to its `id`.\n\n" +
			"Nothing is changed at the DNS host, neither at create nor at destroy. The zone need not be delegated to the host yet. " +
			"When the domain moves to another host, `delegated` becomes false, with a warning.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`HOST/DOMAIN`, such as `" + r.Hosts.example() + "/example.com`; with an account `HOST@ACCOUNT/DOMAIN`; with `zone` followed by `/ZONE`. " +
					"It ends in `#zone_id=ID` if `zone_id` was configured when the authorization was created, or if the account has several zones with that name.",
			},
			"domain": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{kit.DNSNameSpelling},
				PlanModifiers:       []planmodifier.String{kit.DNSNameSpelling, kit.ReplaceUnlessTheSame(kit.DNSNameSpelling)},
				MarkdownDescription: "The domain whose records are to be published: the apex of a zone, or a name in one.",
			},
			"dns_provider": schema.StringAttribute{
				Optional:   true,
				Computed:   true,
				Validators: []validator.String{providerValidator{r.Hosts}},
				PlanModifiers: []planmodifier.String{
					stringplanmodifier.UseStateForUnknown(),
					stringplanmodifier.RequiresReplaceIfConfigured(),
				},
				MarkdownDescription: "The DNS host: `" + strings.Join(kit.Names(r.Hosts), "`, `") + "`. Default: the host of `account`, or else the host that the domain's name servers belong to. " +
					"It is found by the plan that creates the authorization, and kept from then on. If the name servers change between this plan and its apply, the apply stops before anything is written; plan again then.",
			},
			"via": viaAttribute(r.Hosts, r.Delegates),
			"account": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{accountNameValidator},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
				MarkdownDescription: "Name of the credentials in `dns_accounts` of the provider configuration. Default: the provider's block for the host.",
			},
			"zone": schema.StringAttribute{
				Optional:   true,
				Computed:   true,
				Validators: []validator.String{kit.DNSNameSpelling},
				PlanModifiers: []planmodifier.String{
					kit.DNSNameSpelling,
					stringplanmodifier.UseStateForUnknown(),
					kit.ReplaceUnlessTheSame(kit.DNSNameSpelling),
				},
				MarkdownDescription: "The zone. Default: the deepest zone of the account that holds the domain, as the plan finds it. " +
					"Set it if the same apply creates the zone and the account also has a zone above it.",
			},
			"zone_id": schema.StringAttribute{
				Optional:      true,
				Computed:      true,
				Validators:    []validator.String{stringvalidator.LengthAtLeast(1)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The host's own id of the zone, or the zone's name if the host has no ids. Default: that of the zone that is found. " +
					"Set it if the account has several zones with that name, or if the credentials may not list the zones. " +
					"Of several zones with one name, the default is the one that the domain's name servers belong to; if there is none, the plan lists them. " +
					"The zone is kept from then on, also if `zone_id` is removed from the configuration. Another zone forces replacement. " +
					"At hosts that find zones by name only, it must be the id of the zone that is found. " +
					"It cannot be set if `via` names a service, which would not know of it.",
			},
			"name_servers": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The name servers that the host has assigned to the zone, sorted. If the host does not say, those of the public DNS.",
			},
			"delegated": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the public DNS sends questions about the zone to its name servers at this host. False, with a warning, also if another zone with the same name gets them. Null while the DNS cannot be asked.",
			},
			"write_access": schema.StringAttribute{
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`proven` if the host says that the credentials may edit the zone, `unknown` if that cannot be found out without writing. " +
					"A confirmation by the service that `via` names counts like the host's.",
			},
		},
	}
}

// authorizationModel is a postmaster_dns_authorization in a configuration, a plan or a state.
type authorizationModel struct {
	ID          types.String `tfsdk:"id"`
	Domain      types.String `tfsdk:"domain"`
	DNSProvider types.String `tfsdk:"dns_provider"`
	Via         types.String `tfsdk:"via"`
	Account     types.String `tfsdk:"account"`
	Zone        types.String `tfsdk:"zone"`
	ZoneID      types.String `tfsdk:"zone_id"`
	NameServers types.List   `tfsdk:"name_servers"`
	Delegated   types.Bool   `tfsdk:"delegated"`
	WriteAccess types.String `tfsdk:"write_access"`
}

// id returns the authorization's ID. Ok is false while a part of it is unknown. The zone is that of
// the configuration, not the one that was found.
func (m authorizationModel) id(config authorizationModel) (AuthorizationID, bool) {
	for _, part := range []types.String{m.Domain, m.DNSProvider, m.Account, config.Zone, config.ZoneID} {
		if part.IsUnknown() {
			return AuthorizationID{}, false
		}
	}
	id := AuthorizationID{Host: m.DNSProvider.ValueString(), Account: m.Account.ValueString(), ZoneID: config.ZoneID.ValueString()}
	var err error
	if id.Domain, err = dns.Canonical(m.Domain.ValueString()); err != nil {
		return id, false
	}
	if !config.Zone.IsNull() {
		if id.Zone, err = dns.Canonical(config.Zone.ValueString()); err != nil {
			return id, false
		}
	}
	return id, id.Host != ""
}

// AccountHost returns the host of an account of dns_accounts.
func (r *AuthorizationResource) AccountHost(account types.String) (string, bool) {
	if r.Run == nil || account.IsNull() || account.IsUnknown() {
		return "", false
	}
	return ZonesOf(r.Run).accountHost(account.ValueString())
}

// Create finds the zone and checks what the credentials may do with it.
func (r *AuthorizationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config authorizationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if plan.DNSProvider.IsUnknown() {
		host, problem := r.findHost(ctx, plan)
		if problem != nil {
			problem.Report(&resp.Diagnostics)
			return
		}
		plan.DNSProvider = types.StringValue(host)
	}
	id, ok := plan.id(config)
	if !ok {
		resp.Diagnostics.AddAttributeError(path.Root("domain"), "Unusable domain", fmt.Sprintf("%q, or the zone, is not a domain name.", plan.Domain.ValueString()))
		return
	}
	if planned, err := ParseAuthorizationID(plan.ID.ValueString()); err == nil {
		id = planned // the plan has chosen the zone
	}
	if r.checkDelegate(&plan, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	editor, zone, id, err := ZonesOf(r.Run).choose(ctx, id)
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to find the zone", err)
		return
	}
	if plan.ID.IsUnknown() {
		plan.ID = types.StringValue(id.String())
	}
	r.refuseTwins(plan.Via.ValueString(), id, zone, &resp.Diagnostics)
	if r.refuseReadOnly(id, zone, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	access, err := ZonesOf(r.Run).access(ctx, editor, id, zone)
	if err != nil {
		kit.AddError(&resp.Diagnostics, refusedSummary, err)
		return
	}
	if delegate, ok := r.delegate(plan.Via.ValueString()); ok {
		if r.TryBy(ctx, delegate, id, zone, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
		access = dns.WriteProven
	}
	plan.WriteAccess = types.StringValue(string(access))
	r.setZone(ctx, &plan, editor, id, zone, &resp.Diagnostics)
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// refusedSummary is the summary of the error if the credentials may not edit the zone.
const refusedSummary = "The credentials do not allow to edit the zone"

// refuseReadOnly adds an error if nobody can edit the zone through the host's API.
func (r *AuthorizationResource) refuseReadOnly(id AuthorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	if zone.ReadOnly != "" {
		diags.AddError("The zone cannot be edited", fmt.Sprintf("The zone %s at %s: %s.", zone.Apex, r.Hosts.title(id.Host), strings.TrimSuffix(zone.ReadOnly, ".")))
	}
}

// Read looks the zone up again, always from here, even if a delegate has tried the credentials. If
// the account no longer shows the zone, it only warns: the zone may be gone, or the credentials may
// be others now. If the account has got another zone with that name, the zone stays the same, and the
// ID names it from now on.
func (r *AuthorizationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state authorizationModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, err := ParseAuthorizationID(state.ID.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Unusable id in the state", err.Error()+".")
		return
	}
	state.Via = wayOf(state.Via)
	editor, zone, id, err := ZonesOf(r.Run).reopen(ctx, id, state.ZoneID.ValueString())
	switch {
	case kit.IsNotFound(err) && !state.ZoneID.IsNull():
		state.Delegated = types.BoolValue(false)
		resp.Diagnostics.AddWarning(zoneGone, err.Error()+". "+madeAgain(id)+" If it is gone for good, remove what uses it.")
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to find the zone", err)
		return
	default:
		r.sayOther(ctx, &state, id, zone, &resp.Diagnostics)
		state.ID = types.StringValue(id.String())
		r.setZone(ctx, &state, editor, id, zone, &resp.Diagnostics)
		r.warnOfTwins(state.Via.ValueString(), id, zone, &resp.Diagnostics)
	}
	if state.WriteAccess.IsNull() && err == nil { // after an import
		access, err := ZonesOf(r.Run).access(ctx, editor, id, zone)
		if err != nil {
			kit.AddError(&resp.Diagnostics, refusedSummary, err)
			return
		}
		state.WriteAccess = types.StringValue(string(access))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// sayOther warns if the name of the zone leads to another zone than before. The state then has the apex
// of the zone that it found. chosen is the ID that leads to this zone.
func (r *AuthorizationResource) sayOther(ctx context.Context, state *authorizationModel, chosen AuthorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	known := state.ZoneID.ValueString()
	if before, err := ParseAuthorizationID(state.ID.ValueString()); err == nil && before.ZoneID == "" && chosen.ZoneID != "" {
		if named, found := ZonesOf(r.Run).deeper(ctx, before, zone); found {
			diags.AddWarning("Another zone holds the domain now", fmt.Sprintf(
				"The account now also has the zone %s, which holds %s. The authorization stays in the zone %s, with its records: whoever asks the DNS may not see them any more. "+
					"To move them, plan with -replace=ADDRESS of the authorization.", named.Apex, before.Domain, zone.Apex))
		}
	}
	if known == "" || chosen.ZoneID != "" || zone.ID == known {
		return
	}
	diags.AddWarning("The zone is another one now", fmt.Sprintf(
		"The zone with the id %s is not in the account any more. For %s, the account now has the zone %s with the id %s. The next apply publishes the records in it. "+
			"What is there already counts as somebody else's.", known, chosen.Domain, zone.Apex, zone.ID))
	if chosen.Zone == "" {
		state.Zone = types.StringNull() // it is not configured
	}
}

// Update writes via to a state that a version without via has left and that was not refreshed. It
// has nothing else to do, because every other change forces replacement.
func (r *AuthorizationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan authorizationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.State.Raw = req.State.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("via"), plan.Via)...)
}

// Delete does nothing, because an authorization is no object at the DNS host.
func (r *AuthorizationResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// ImportState takes an ID, followed by "#via=NAME" if a delegate tries the credentials. If the ID has
// the zone's own ID, the host is asked for the form in which the state has it.
func (r *AuthorizationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, via, err := r.parseImport(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	if id.ZoneID != "" {
		if _, _, id, err = ZonesOf(r.Run).choose(ctx, id); err != nil {
			kit.AddError(&resp.Diagnostics, "Unable to find the zone", err)
			return
		}
	}
	m := authorizationModel{
		ID:          types.StringValue(id.String()),
		Domain:      types.StringValue(id.Domain),
		DNSProvider: types.StringValue(id.Host),
		Via:         types.StringValue(via),
		NameServers: types.ListNull(types.StringType),
	}
	if id.Account != "" {
		m.Account = types.StringValue(id.Account)
	}
	if id.Zone != "" {
		m.Zone = types.StringValue(id.Zone)
	}
	if id.ZoneID != "" {
		m.ZoneID = types.StringValue(id.ZoneID)
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
