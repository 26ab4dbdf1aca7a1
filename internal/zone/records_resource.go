package zone

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var (
	_ resource.ResourceWithConfigure      = (*recordsResource)(nil)
	_ resource.ResourceWithImportState    = (*recordsResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*recordsResource)(nil)
	_ resource.ResourceWithValidateConfig = (*recordsResource)(nil)
)

// arrivalTimeout is how long to wait by default until the name servers have the published records.
// The attribute timeouts overrides it.
const arrivalTimeout = 5 * time.Minute

// arrivalDescription describes the timeouts.
const arrivalDescription = "How long to wait until the name servers have the records, such as `90s`. Default: `5m`."

// recordsResource is the resource for a set of records of ours in a zone that others use too.
type recordsResource struct {
	kit.Base
	Hosts Hosts
}

// NewRecordsResource returns the constructor of the resource postmaster_dns_records.
func NewRecordsResource(hosts []HostService) func() resource.Resource {
	return kit.Identified(func() resource.Resource { return &recordsResource{Hosts: hosts} }, recordsIdentity())
}

func (r *recordsResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "postmaster_dns_records"
}

func (r *recordsResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Publishes records in a zone, such as the `dns_records` of another resource, and keeps them there. Use one per source. " +
			"Leave out `create_before_destroy`: a replacement keeps the records that stay the same in the zone anyway, and an object that is created first finds those of the old one as records of somebody else.\n\n" +
			"Records of others are never touched: the resource writes and removes exact records, never a whole record set. A record in the way is an error " +
			"at plan that names it. An SPF record is merged into the existing one, and a destroy removes only what was really added. " +
			"An identical record that is there already is used as it is, and stays at destroy (see `adopt_existing`). A record that was changed by hand is shown as drift, and is not deleted at destroy. " +
			"It is an error if two resources of this provider want records that cannot coexist at one name, whatever `overwrite` and `replace_mx` say.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The authorization's id and eight random digits, such as `" + r.Hosts.example() + "/example.com/1f2e3d4c`. After an import by label, the label stands in place of the digits.",
			},
			"dns_authorization_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{r.Hosts.IDSpelling()},
				PlanModifiers:       []planmodifier.String{keepAuthorization{}},
				MarkdownDescription: "The `id` of the `postmaster_dns_authorization`. If it changes, the records move: they are published in the new zone first, and then removed from the old one.",
			},
			"records": schema.MapNestedAttribute{
				Required: true,
				MarkdownDescription: "The records, by keys of your choice. Each needs `name`, `type` and `value`, and an MX record needs `priority`. After a refresh, a record that was changed in the zone has its present value here, and a record that is missing there " +
					"is missing here, so that the plan shows the drift.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					// Optional, because a wholly unknown element must pass. ValidateConfig requires
					// the first three.
					"name":     schema.StringAttribute{Optional: true, MarkdownDescription: "Absolute name, with or without trailing dot."},
					"type":     schema.StringAttribute{Optional: true, MarkdownDescription: "Record type, such as `TXT`."},
					"value":    schema.StringAttribute{Optional: true, MarkdownDescription: "Value: for TXT one text of any length, without quotes and escapes; for other types the presentation format."},
					"priority": schema.Int64Attribute{Optional: true, Validators: []validator.Int64{int64validator.Between(0, 65535)}, MarkdownDescription: "Preference of an MX record."},
				}},
			},
			"ttl": schema.Int64Attribute{
				Optional:   true,
				Computed:   true, // to keep what an import has found, whether it is configured or not
				Validators: []validator.Int64{int64validator.Between(1, 2147483647)},
				MarkdownDescription: "TTL in seconds. A record that joins a record set with records of others takes the TTL of the set. If two resources publish the same record with different TTLs, it keeps one of them, with a warning. Default: the host's, " +
					"which also replaces a TTL that is removed from the configuration.",
			},
			"overwrite": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Replace records of others that are in the way. It does not cover MX records. Default: `false`.",
			},
			"replace_mx": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Delete others' MX records at the names of ours: mail for the domain then goes to our host instead of theirs. Default: `false`.",
			},
			"adopt_existing": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Take over identical records that are in the zone already, including SPF mechanisms: they count as published here, and are removed at destroy. " +
					"Without it they are used as they are, and stay at destroy. An import always takes them over. Default: `false`.",
			},
			"allow_excess_spf_lookups": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(false),
				MarkdownDescription: "Allow a merge after which an SPF record needs more than the ten DNS lookups that receivers make (RFC 7208). Default: `false`.",
			},
			"wait_for_propagation": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(true),
				MarkdownDescription: "Wait until all name servers of the zone that answer have the records. If that takes too long, it is a warning. Default: `true`.",
			},
			"timeouts": timeouts.Attributes(ctx, timeouts.Opts{
				Create: true, CreateDescription: arrivalDescription,
				Update: true, UpdateDescription: arrivalDescription,
			}),
			"zone": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "The zone that the records are in.",
			},
			"preexisting": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The keys of records that were in the zone before they were published here. They stay at destroy. Null if a version before 0.2.0 has published the records: all of them then count as published here.",
			},
			"displaced": schema.ListNestedAttribute{
				Computed: true,
				MarkdownDescription: "The records that the apply deletes or changes to make way for ours: those of others that `overwrite` or `replace_mx` covers, and those that another resource gives up in the same run. " +
					"The plan binds the apply: if anything else is in the way by then, nothing is written. " +
					"It is unknown while records or the zone are not known at plan; the apply then goes by `overwrite` and `replace_mx`. After the apply it lists what the last apply displaced. It does not list SPF records, because ours is merged into them.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":     schema.StringAttribute{Computed: true, MarkdownDescription: "Absolute name, in punycode, without trailing dot."},
					"type":     schema.StringAttribute{Computed: true, MarkdownDescription: "Record type."},
					"value":    schema.StringAttribute{Computed: true, MarkdownDescription: "Value, as in `records`."},
					"priority": schema.Int64Attribute{Computed: true, MarkdownDescription: "Preference of an MX record."},
				}},
			},
			"published": schema.MapNestedAttribute{
				Computed: true,
				MarkdownDescription: "The records as they were in the zone after the last write. An SPF record has the merged text. " +
					"Refer to it to make a verification wait for the records, and verify again when they change.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"name":     schema.StringAttribute{Computed: true, MarkdownDescription: "Absolute name, in punycode, without trailing dot."},
					"type":     schema.StringAttribute{Computed: true, MarkdownDescription: "Record type."},
					"value":    schema.StringAttribute{Computed: true, MarkdownDescription: "Value, as in `records`."},
					"priority": schema.Int64Attribute{Computed: true, MarkdownDescription: "Preference of an MX record."},
					"ttl":      schema.Int64Attribute{Computed: true, MarkdownDescription: "TTL in seconds; null if the host chooses it."},
				}},
			},
		},
	}
}

// recordsModel is a postmaster_dns_records in a configuration, a plan or a state.
type recordsModel struct {
	ID                    types.String   `tfsdk:"id"`
	DNSAuthorizationID    types.String   `tfsdk:"dns_authorization_id"`
	Records               types.Map      `tfsdk:"records"`
	TTL                   types.Int64    `tfsdk:"ttl"`
	Overwrite             types.Bool     `tfsdk:"overwrite"`
	ReplaceMX             types.Bool     `tfsdk:"replace_mx"`
	AdoptExisting         types.Bool     `tfsdk:"adopt_existing"`
	AllowExcessSPFLookups types.Bool     `tfsdk:"allow_excess_spf_lookups"`
	WaitForPropagation    types.Bool     `tfsdk:"wait_for_propagation"`
	Timeouts              timeouts.Value `tfsdk:"timeouts"`
	Zone                  types.String   `tfsdk:"zone"`
	Published             types.Map      `tfsdk:"published"`
	Preexisting           types.List     `tfsdk:"preexisting"`
	Displaced             types.List     `tfsdk:"displaced"`
}

// publication returns what the resource wants in its zone. The owner in it identifies the resource.
func (m recordsModel) publication(run *kit.Run, wanted []dns.Wanted, previous []dns.Published) dns.Publication {
	return dns.Publication{
		Owner:           m.ID.ValueString(),
		Wanted:          wanted,
		Previous:        previous,
		Overwrite:       m.Overwrite.ValueBool(),
		ReplaceMX:       m.ReplaceMX.ValueBool(),
		Adopt:           m.AdoptExisting.ValueBool(),
		AllowSPFLookups: m.AllowExcessSPFLookups.ValueBool(),
		SelectorHelp:    run.SelectorHelp(),
	}
}

// asConfigured returns the plan with the TTL of the configuration. The plan itself keeps a TTL that
// an import has found.
func (m recordsModel) asConfigured(config recordsModel) recordsModel {
	if config.TTL.IsNull() {
		m.TTL = types.Int64Null()
	}
	return m
}

// intended returns what the plan wants in its zone. All of it must be known.
func (m recordsModel) intended(run *kit.Run, config recordsModel, previous []dns.Published, shared []dns.Wanted, diags *diag.Diagnostics) dns.Publication {
	asked := m.asConfigured(config)
	wanted, complete := asked.wanted(diags)
	if !complete && !diags.HasError() {
		diags.AddAttributeError(path.Root("records"), "Unknown record", "A record is still unknown at apply.")
	}
	publication := asked.publication(run, wanted, previous)
	publication.Shared = shared
	publication.Approved = approved(m.Displaced)
	return publication
}

// open finds the zone to publish in. Fresh says that the resource is new, also if it replaces another
// one; see openNew.
func (r *recordsResource) open(ctx context.Context, m recordsModel, fresh bool, diags *diag.Diagnostics) (*dns.Editor, dns.HostedZone) {
	id, err := ParseAuthorizationID(m.DNSAuthorizationID.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("dns_authorization_id"), "Not the id of a DNS authorization", err.Error()+".")
		return nil, dns.HostedZone{}
	}
	find := ZonesOf(r.Run).openOwn
	if fresh {
		find = ZonesOf(r.Run).openNew
	}
	editor, zone, _, err := find(ctx, id)
	if err != nil {
		kit.AddError(diags, "Unable to find the zone", err)
		return nil, dns.HostedZone{}
	}
	return editor, zone
}

// Create publishes the records.
func (r *recordsResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config recordsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.open(ctx, plan, true, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	plan.ID = newRecordsID(plan.DNSAuthorizationID)
	timeout, d := plan.Timeouts.Create(ctx, arrivalTimeout)
	resp.Diagnostics.Append(d...)
	publication := plan.intended(r.Run, config, nil, nil, &resp.Diagnostics)
	published, partial := r.Publish(ctx, &plan, publication, timeout, &resp.Diagnostics)
	switch {
	case partial != nil: // Terraform saves the resource as tainted
		published = plan.holdPart(recordsModel{}, partial)
		addPartError(&resp.Diagnostics, partial, "What is done is saved in the state. Remove the cause and apply again: the plan replaces the resource, and the records that are there stay in the zone meanwhile")
	case resp.Diagnostics.HasError():
		return
	default:
		r.created(ctx, plan, publication.Wanted, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(savePublished(ctx, resp.Private, published)...)
	resp.Diagnostics.Append(r.recordZone(ctx, resp.Private, plan)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// newRecordsID returns an ID that differs from those of other resources with the same
// authorization.
func newRecordsID(authorization types.String) types.String {
	var digits [4]byte
	rand.Read(digits[:]) //nolint:errcheck // it never fails
	return types.StringValue(authorization.ValueString() + "/" + hex.EncodeToString(digits[:]))
}

// Publish writes what the plan wants, completes the plan with the result, and waits until the
// records have arrived. If only a part could be published, it returns that as an error, and adds no
// error to the diagnostics.
func (r *recordsResource) Publish(ctx context.Context, plan *recordsModel, publication dns.Publication, timeout time.Duration, diags *diag.Diagnostics) ([]dns.Published, *dns.PartialError) {
	if diags.HasError() {
		return nil, nil
	}
	publication.Owner = plan.ID.ValueString()
	editor, zone := r.open(ctx, *plan, false, diags)
	if diags.HasError() {
		return nil, nil
	}
	result, err := editor.Publish(ctx, zone, publication)
	addProblems(diags, ZonesOf(r.Run).unsaid(zone, append(result.Warnings, mergeWarnings(result.Merged)...)))
	if err != nil {
		var partial *dns.PartialError
		if errors.As(err, &partial) {
			plan.Zone = types.StringValue(zone.Apex)
			editor.Has(zone, publication.Owner, partial.Has()) // no other resource takes it for a stranger's
			return nil, partial
		}
		addPublishError(diags, err)
		return nil, nil
	}
	plan.Zone = types.StringValue(zone.Apex)
	plan.Published = mergePublished(plan.Published, result.Published)
	plan.Preexisting = preexistingKeys(result.Published)
	if plan.Displaced.IsUnknown() {
		plan.Displaced = displacedValue(result.Displaced)
	}
	if plan.WaitForPropagation.ValueBool() {
		if servers, err := editor.NameServers(ctx, zone); err == nil {
			zone.NameServers = servers // otherwise the public DNS tells them
		}
		r.awaitArrival(ctx, editor.Host().Name(), zone, result.Published, timeout, diags)
	}
	return result.Published, nil
}

// Read refreshes the records.
func (r *recordsResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state recordsModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	previous, d := loadPublished(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	resp.Diagnostics.Append(r.recallZone(ctx, req.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, err := ParseAuthorizationID(state.DNSAuthorizationID.ValueString())
	if err != nil {
		resp.Diagnostics.AddError("Unusable id in the state", err.Error()+".")
		return
	}
	editor, zone, chosen, err := r.openRead(ctx, id, previous == nil)
	var replaced *replacedZoneError
	if errors.As(err, &replaced) && previous != nil {
		resp.Diagnostics.AddWarning("The zone is another one now", replaced.another()+". The zone in which the records were published is gone: "+api.Brief(replaced.error)+
			". So the state has no published records any more. The plan publishes them in the other zone. What is there already counts as somebody else's.")
		previous = state.forget()
		editor, zone, chosen, err = ZonesOf(r.Run).choose(ctx, id)
	}
	switch {
	case kit.IsNotFound(err) && len(previous) > 0:
		resp.Diagnostics.AddWarning(zoneGone, "The records are left in the state as they are. "+err.Error()+". "+madeAgain(id)+" If it is gone for good, remove the resource: its destroy changes nothing then.")
		return
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to find the zone", err)
		return
	}
	if chosen != id { // the name does not lead to one zone any more; the apply that follows must not choose again
		state.DNSAuthorizationID = types.StringValue(chosen.String())
	}
	if previous != nil {
		editor.Has(zone, state.ID.ValueString(), stillPublished(previous, state.Records, types.MapNull(kit.DNSRecordType)))
	}
	if previous == nil { // after an import
		previous = r.adopt(ctx, &state, editor, zone, &resp.Diagnostics)
	} else {
		previous = r.observe(ctx, &state, editor, zone, previous, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(savePublished(ctx, resp.Private, previous)...)
	resp.Diagnostics.Append(r.recordZone(ctx, resp.Private, state)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
}

// openRead finds the zone of records in the state, and the ID that leads to it. The zone of records
// that are being imported may be chosen by the public DNS.
func (r *recordsResource) openRead(ctx context.Context, id AuthorizationID, imported bool) (*dns.Editor, dns.HostedZone, AuthorizationID, error) {
	if imported {
		return ZonesOf(r.Run).choose(ctx, id)
	}
	return ZonesOf(r.Run).openOwn(ctx, id)
}

// Update writes the changes.
func (r *recordsResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state, config recordsModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	previous, d := loadPublished(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	resp.Diagnostics.Append(r.recallZone(ctx, req.Private)...)
	shared, d := loadShared(ctx, req.Private)
	resp.Diagnostics.Append(d...)
	timeout, d := plan.Timeouts.Update(ctx, arrivalTimeout)
	resp.Diagnostics.Append(d...)
	if resp.Diagnostics.HasError() {
		return
	}
	begun := recallMove(ctx, req.Private, &resp.Diagnostics)
	previous = stillPublished(previous, state.Records, plan.Records)
	publication := plan.intended(r.Run, config, previous, shared, &resp.Diagnostics)
	moved := begun
	var published []dns.Published
	var partial *dns.PartialError
	if authorizationIDSpelling.Same(plan.DNSAuthorizationID, state.DNSAuthorizationID) {
		plan.ID = state.ID
		published, partial = r.Publish(ctx, &plan, publication, timeout, &resp.Diagnostics)
	} else {
		published, partial, moved = r.move(ctx, state, &plan, publication, begun, timeout, &resp.Diagnostics)
	}
	switch {
	case partial != nil:
		published = plan.holdPart(state, partial)
		addPartError(&resp.Diagnostics, partial, "What is done is saved in the state. Remove the cause and apply again: the next apply goes on from there")
	case resp.Diagnostics.HasError():
		resp.Diagnostics.Append(writeMove(ctx, resp.Private, begun, moved)...)
		return
	}
	if r.elsewhere(begun, plan) && !r.giveUpBegun(ctx, begun, plan.ID.ValueString(), &resp.Diagnostics) {
		moved = begun
	}
	resp.Diagnostics.Append(writeMove(ctx, resp.Private, begun, moved)...)
	resp.Diagnostics.Append(savePublished(ctx, resp.Private, published)...)
	resp.Diagnostics.Append(r.recordZone(ctx, resp.Private, plan)...)
	resp.Diagnostics.Append(forgetPlanned(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// ImportState takes the authorization's ID, "#", and the records as JSON, as jsonencode() makes it
// from the attribute that they come from. A label in place of the JSON stands for the mail records
// that the zone has.
func (r *recordsResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	authorization, text, found := cutRecords(req.ID)
	form := "An import id looks like " + r.Hosts.example() + "/example.com#${jsonencode(postmaster_sender_domain.NAME.dns_records)}: the id of the authorization, #, and the records as JSON. In place of the JSON, a label such as mail-mx stands for those mail records of the zone. "
	if !found {
		resp.Diagnostics.AddError("Unusable import id", form+"There is no # in it.")
		return
	}
	id, err := r.Hosts.parseID(authorization)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", form+"The part before the # is wrong: "+err.Error()+".")
		return
	}
	if id.ZoneID != "" { // it may be in another form than the authorization has it
		var err error
		if _, _, id, err = ZonesOf(r.Run).choose(ctx, id); err != nil {
			kit.AddError(&resp.Diagnostics, "Unable to find the zone", err)
			return
		}
	}
	digits := contentDigits(text)
	var records types.Map
	if isMailSetLabel(text) {
		digits = text
		records = r.mailSetRecords(ctx, id, text, &resp.Diagnostics)
	} else if records, err = recordsFromJSON(text); err != nil {
		resp.Diagnostics.AddError("Unusable import id", form+"The part after the # is wrong: "+err.Error()+".")
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(kit.SetAll(ctx, &resp.State, map[string]any{
		"id":                       id.String() + "/" + digits,
		"dns_authorization_id":     id.String(),
		"records":                  records,
		"overwrite":                false,
		"replace_mx":               false,
		"allow_excess_spf_lookups": false,
		"wait_for_propagation":     true,
	})...)
}
