package zone

import (
	"context"
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

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var (
	_ resource.ResourceWithConfigure   = (*DNSAuthorizationResource)(nil)
	_ resource.ResourceWithImportState = (*DNSAuthorizationResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*DNSAuthorizationResource)(nil)
)

// DNSAuthorizationResource is the finding that credentials of ours may edit the
// zone of a domain.
type DNSAuthorizationResource struct {
	kit.Base
	Hosts     Hosts
	Delegates delegates
}

// NewAuthorizationResource makes the resource for these hosts and those who edit zones for us.
func NewAuthorizationResource(hosts []HostService, delegates []DelegateService) func() resource.Resource {
	return func() resource.Resource { return &DNSAuthorizationResource{Hosts: hosts, Delegates: delegates} }
}

func (r *DNSAuthorizationResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "postmaster_dns_authorization"
}

func (r *DNSAuthorizationResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the zone that holds a domain at its DNS host, and whether the configured credentials may edit it. " +
			"`postmaster_dns_records` publishes by its `id`.\n\n" +
			"Nothing is changed at the DNS host, neither at create nor at destroy. A zone that is not delegated to the host yet works; " +
			"when the domain moves to another host, `delegated` becomes false with a warning.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`HOST/DOMAIN`, such as `" + r.Hosts.example() + "/example.com`; with an account `HOST@ACCOUNT/DOMAIN`.",
			},
			"domain": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{kit.DNSNameSpelling},
				PlanModifiers:       []planmodifier.String{kit.DNSNameSpelling, kit.ReplaceUnlessTheSame(kit.DNSNameSpelling)},
				MarkdownDescription: "The domain whose records are to be published; a zone or a name in one.",
			},
			"dns_provider": schema.StringAttribute{
				Optional:   true,
				Computed:   true,
				Validators: []validator.String{dnsProviderValidator{r.Hosts}},
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
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The host's own id of the zone; where it has none, the zone's name.",
			},
			"name_servers": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The name servers that the host has assigned to the zone, sorted; where it does not say, those of the public DNS.",
			},
			"delegated": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether the public DNS sends questions about the zone to this host. Null while the DNS cannot be asked.",
			},
			"write_access": schema.StringAttribute{
				Computed:      true,
				PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`proven` where the host says that the credentials may edit the zone, `unknown` where that cannot be found out without writing. " +
					"The word of the service that `via` names counts as well as the host's.",
			},
		},
	}
}

type DNSAuthorizationModel struct {
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

// id is the authorization's ID; ok is false while a part of it is not known.
// Zone is the configured one, not the one that was found.
func (m DNSAuthorizationModel) id(zone types.String) (AuthorizationID, bool) {
	if m.Domain.IsUnknown() || m.DNSProvider.IsUnknown() || m.Account.IsUnknown() || zone.IsUnknown() {
		return AuthorizationID{}, false
	}
	id := AuthorizationID{Host: m.DNSProvider.ValueString(), Account: m.Account.ValueString()}
	var err error
	if id.Domain, err = dns.Canonical(m.Domain.ValueString()); err != nil {
		return id, false
	}
	if !zone.IsNull() {
		if id.Zone, err = dns.Canonical(zone.ValueString()); err != nil {
			return id, false
		}
	}
	return id, id.Host != ""
}

// AccountHost is the host that an account of dns_accounts is at.
func (r *DNSAuthorizationResource) AccountHost(account types.String) (string, bool) {
	if r.Run == nil || account.IsNull() || account.IsUnknown() {
		return "", false
	}
	return ZonesOf(r.Run).AccountHost(account.ValueString())
}

// Create finds the zone and what may be done with it.
func (r *DNSAuthorizationResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config DNSAuthorizationModel
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
	id, ok := plan.id(config.Zone)
	if !ok {
		resp.Diagnostics.AddAttributeError(path.Root("domain"), "Unusable domain", fmt.Sprintf("%q, or the zone, is not a domain name.", plan.Domain.ValueString()))
		return
	}
	plan.ID = types.StringValue(id.String())
	if r.checkDelegate(&plan, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	editor, zone := r.open(ctx, id, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
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
	r.setZone(ctx, &plan, id, zone, &resp.Diagnostics)
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

const refusedSummary = "The credentials do not allow to edit the zone"

// refuseReadOnly reports a zone that nobody can edit through the host's API.
func (r *DNSAuthorizationResource) refuseReadOnly(id AuthorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	if zone.ReadOnly != "" {
		diags.AddError("The zone cannot be edited", fmt.Sprintf("The zone %s at %s: %s.", zone.Apex, r.Hosts.title(id.Host), strings.TrimSuffix(zone.ReadOnly, ".")))
	}
}

// open finds the zone of an authorization.
func (r *DNSAuthorizationResource) open(ctx context.Context, id AuthorizationID, diags *diag.Diagnostics) (*dns.Editor, dns.HostedZone) {
	editor, zone, err := ZonesOf(r.Run).OpenZone(ctx, id)
	if err != nil {
		kit.AddError(diags, "Unable to find the zone", err)
	}
	return editor, zone
}

// Read looks the zone up again, from here, whoever has tried the credentials. A zone
// that the account does not show any more is a warning: whether it is gone or the
// credentials are others cannot be told.
func (r *DNSAuthorizationResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state DNSAuthorizationModel
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
	_, zone, err := ZonesOf(r.Run).OpenZone(ctx, id)
	switch {
	case kit.IsNotFound(err) && !state.ZoneID.IsNull():
		state.Delegated = types.BoolValue(false)
		resp.Diagnostics.AddWarning("The zone is not in the account any more", err.Error()+".")
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to find the zone", err)
		return
	default:
		r.setZone(ctx, &state, id, zone, &resp.Diagnostics)
	}
	if state.WriteAccess.IsNull() { // after an import
		editor, _ := r.open(ctx, id, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		access, err := ZonesOf(r.Run).access(ctx, editor, id, zone)
		if err != nil {
			kit.AddError(&resp.Diagnostics, refusedSummary, err)
			return
		}
		state.WriteAccess = types.StringValue(string(access))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// Update notes the way in a state from before there were two that was not refreshed.
// It has nothing else to do: whatever a person can change makes a new object.
func (r *DNSAuthorizationResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan DNSAuthorizationModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.State.Raw = req.State.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("via"), plan.Via)...)
}

// Delete has nothing to do: an authorization is nothing at the DNS host.
func (r *DNSAuthorizationResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {
}

// ImportState takes an ID, with "#via=NAME" behind it where a delegate tries the
// credentials.
func (r *DNSAuthorizationResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, via, err := r.ParseImport(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	m := DNSAuthorizationModel{
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
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
