package octeth

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// DomainBlock implements SenderService. What the configuration leaves out of the options
// is left as it is.
func (s Service) DomainBlock(validators ...validator.Object) schema.SingleNestedAttribute {
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{
			Optional: true, Computed: true, MarkdownDescription: description,
			PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
		}
	}
	label := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{octethLabelSpelling}, MarkdownDescription: description,
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), octethLabelSpelling},
		}
	}
	const regenerates = "A change makes Octeth draw up new records, and the domain has to be verified again; " +
		"`postmaster_dns_records` and `postmaster_domain_verification` that refer to them do both in the same apply."
	return schema.SingleNestedAttribute{
		Optional:   true,
		Validators: validators,
		MarkdownDescription: "The domain at Octeth. All but `record_type` and `dns_authorization_id` is left as it is where it is left out, and changed in place otherwise. " +
			"Octeth before 5.9.1 does not tell the options of its domains in lists, so that changes which others make to them are not seen.",
		Attributes: map[string]schema.Attribute{
			"record_type": schema.StringAttribute{
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(octethKinds...)},
				PlanModifiers: []planmodifier.String{kit.ReplaceIfKnownToDiffer()},
				MarkdownDescription: "What the domain sends: `campaign`, or `email-gateway` for transactional mail. A change makes a new domain. " +
					"Before version 5.9.1 Octeth registers no campaign domains; it publishes their records by itself, and needs `dns_authorization_id` for that.",
			},
			"subdomain": label("Label of the name that mail comes back to, and that the other records are below. `\"\"`: the installation's own, such as `sl`. " + regenerates),
			"track_prefix": label("Label that begins the name which links and pictures lead to. `\"\"`: the installation's own, such as `track`. " + regenerates +
				" For `email-gateway`, from version 5.8 on."),
			"use_tracking_subdomain": flag("Whether links and pictures have a name of their own, below the domain. " + regenerates + " For `email-gateway`, from version 5.8 on."),
			"link_tracking":          flag("Whether clicks on links are counted. Octeth's default: `true`. Changed in place."),
			"open_tracking":          flag("Whether it is counted how often mail is opened. Octeth's default: `true`. Changed in place."),
			"unsubscribe_link":       flag("Whether a link to unsubscribe is added. Octeth's default: `false`. Changed in place."),
			"dns_authorization_id": schema.StringAttribute{
				Optional:      true,
				Validators:    []validator.String{s.hosts.IDSpelling()},
				PlanModifiers: []planmodifier.String{s.hosts.IDSpelling()},
				MarkdownDescription: "The `id` of a `postmaster_dns_authorization`, by whose credentials Octeth publishes the records itself: at Cloudflare, Namecheap or GoDaddy, there with a key and its secret. " +
					"The zone is read before and after, and records of others that are gone are an error that lists them. " +
					"Octeth cannot take the records away again: a destroy leaves them in the zone, and lists them. With `postmaster_dns_records` instead, it removes them.",
			},
		},
	}
}

// octethLabelSpelling is the form of a label that can be asked for. It is part of
// host names, in which case does not count.
var octethLabelSpelling = kit.Spelling{What: "a label of at most 32 letters, digits and hyphens, with no hyphen at either end", Canonical: func(text string) (string, error) {
	if text != "" && !octethLabelForm.MatchString(text) {
		return "", fmt.Errorf("%q does not have 1 to 32 letters, digits and hyphens, or has a hyphen at an end", text)
	}
	return strings.ToLower(text), nil
}}

var octethLabelForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

type octethModel struct {
	RecordType           types.String `tfsdk:"record_type"`
	Subdomain            types.String `tfsdk:"subdomain"`
	TrackPrefix          types.String `tfsdk:"track_prefix"`
	UseTrackingSubdomain types.Bool   `tfsdk:"use_tracking_subdomain"`
	LinkTracking         types.Bool   `tfsdk:"link_tracking"`
	OpenTracking         types.Bool   `tfsdk:"open_tracking"`
	UnsubscribeLink      types.Bool   `tfsdk:"unsubscribe_link"`
	DNSAuthorizationID   types.String `tfsdk:"dns_authorization_id"`
}

var octethTypes = map[string]attr.Type{
	"record_type": types.StringType, "subdomain": types.StringType, "track_prefix": types.StringType, "use_tracking_subdomain": types.BoolType,
	"link_tracking": types.BoolType, "open_tracking": types.BoolType, "unsubscribe_link": types.BoolType, "dns_authorization_id": types.StringType,
}

// unknownOcteth is a block that is not known yet.
func unknownOcteth() octethModel {
	return octethModel{
		RecordType: types.StringUnknown(), Subdomain: types.StringUnknown(), TrackPrefix: types.StringUnknown(), UseTrackingSubdomain: types.BoolUnknown(),
		LinkTracking: types.BoolUnknown(), OpenTracking: types.BoolUnknown(), UnsubscribeLink: types.BoolUnknown(), DNSAuthorizationID: types.StringUnknown(),
	}
}

// readOcteth reads the block of a domain.
func readOcteth(ctx context.Context, m sender.Domain, diags *diag.Diagnostics) (o octethModel) {
	block := m.Block(ServiceOcteth)
	if block.IsNull() || block.IsUnknown() {
		return unknownOcteth()
	}
	diags.Append(block.As(ctx, &o, basetypes.ObjectAsOptions{})...)
	return o
}

// object is the block as a value.
func (m octethModel) object(ctx context.Context, diags *diag.Diagnostics) types.Object {
	object, d := types.ObjectValueFrom(ctx, octethTypes, m)
	diags.Append(d...)
	return object
}

func (m octethModel) kind() octethapi.Kind { return octethapi.Kind(m.RecordType.ValueString()) }

// changes are the options that a plan changes, and all that are set where nothing was
// before. A label that was not told, but that the records stand at, is no change.
func (m octethModel) changes(before octethModel, records types.Map) octethapi.Options {
	flag := func(planned, before types.Bool) *bool {
		if planned.Equal(before) {
			return nil
		}
		return kit.Known(planned)
	}
	label := func(planned, before types.String) *string {
		if planned.IsNull() || planned.IsUnknown() || octethLabelSpelling.Same(planned, before) || before.IsNull() && standsIn(records, planned.ValueString()) {
			return nil
		}
		lower := strings.ToLower(planned.ValueString())
		return &lower
	}
	return octethapi.Options{
		LinkTracking: flag(m.LinkTracking, before.LinkTracking), OpenTracking: flag(m.OpenTracking, before.OpenTracking),
		UnsubscribeLink: flag(m.UnsubscribeLink, before.UnsubscribeLink),
		Subdomain:       label(m.Subdomain, before.Subdomain), TrackPrefix: label(m.TrackPrefix, before.TrackPrefix),
		UseTrackingSubdomain: flag(m.UseTrackingSubdomain, before.UseTrackingSubdomain),
	}
}

// redrawnFor names the options whose change has Octeth draw up new records.
func (m octethModel) redrawnFor(before octethModel, records types.Map) []string {
	changes := m.changes(before, records)
	var names []string
	for _, option := range []struct {
		name    string
		changes bool
	}{
		{"subdomain", changes.Subdomain != nil}, {"track_prefix", changes.TrackPrefix != nil}, {"use_tracking_subdomain", changes.UseTrackingSubdomain != nil},
	} {
		if option.changes {
			names = append(names, ServiceOcteth+"."+option.name)
		}
	}
	return names
}

// mayRedraw is whether it is open if Octeth is to draw up new records.
func (m octethModel) mayRedraw() bool {
	return m.Subdomain.IsUnknown() || m.TrackPrefix.IsUnknown() || m.UseTrackingSubdomain.IsUnknown()
}

// from is the block as Octeth has the domain. What its answer does not tell is as it
// was before.
func (m octethModel) from(d octethapi.SenderDomain, records types.Map) octethModel {
	told := d.Options.LinkTracking != nil || d.Options.OpenTracking != nil || d.Options.UnsubscribeLink != nil
	flag := func(was types.Bool, is *bool) types.Bool {
		switch {
		case is != nil:
			return types.BoolValue(*is)
		case was.IsUnknown():
			return types.BoolNull()
		}
		return was
	}
	// An answer that tells of options has no label where it is the installation's own.
	// One that the records still stand at is merely left out.
	label := func(was types.String, is *string) types.String {
		switch {
		case is != nil && octethLabelSpelling.Same(was, types.StringValue(*is)):
			return was
		case is != nil:
			return types.StringValue(*is)
		case told && !standsIn(records, was.ValueString()):
			return types.StringValue("")
		case was.IsUnknown():
			return types.StringNull()
		}
		return was
	}
	out := octethModel{
		RecordType: types.StringValue(string(d.Kind)), DNSAuthorizationID: m.DNSAuthorizationID,
		LinkTracking: flag(m.LinkTracking, d.Options.LinkTracking), OpenTracking: flag(m.OpenTracking, d.Options.OpenTracking),
		UnsubscribeLink: flag(m.UnsubscribeLink, d.Options.UnsubscribeLink),
		Subdomain:       label(m.Subdomain, d.Options.Subdomain), TrackPrefix: label(m.TrackPrefix, d.Options.TrackPrefix),
		UseTrackingSubdomain: flag(m.UseTrackingSubdomain, d.Options.UseTrackingSubdomain),
	}
	if told && out.UseTrackingSubdomain.IsNull() {
		out.UseTrackingSubdomain = types.BoolValue(true) // it is told where it is switched off
	}
	return out
}

// orElse is a planned block with what the plan leaves open as it came out. The rest
// is saved as it was planned: a difference is drift, which the next plan shows.
func (m octethModel) orElse(found octethModel) octethModel {
	found.DNSAuthorizationID = m.DNSAuthorizationID
	for _, pair := range []struct{ planned, found *types.String }{{&m.Subdomain, &found.Subdomain}, {&m.TrackPrefix, &found.TrackPrefix}} {
		if !pair.planned.IsUnknown() {
			*pair.found = *pair.planned
		}
	}
	for _, pair := range []struct{ planned, found *types.Bool }{
		{&m.UseTrackingSubdomain, &found.UseTrackingSubdomain}, {&m.LinkTracking, &found.LinkTracking},
		{&m.OpenTracking, &found.OpenTracking}, {&m.UnsubscribeLink, &found.UnsubscribeLink},
	} {
		if !pair.planned.IsUnknown() {
			*pair.found = *pair.planned
		}
	}
	return found
}

// options names those that are set, or may turn out to be.
func (m octethModel) options() []string {
	var names []string
	for name, value := range map[string]attr.Value{
		"subdomain": m.Subdomain, "track_prefix": m.TrackPrefix, "use_tracking_subdomain": m.UseTrackingSubdomain,
		"link_tracking": m.LinkTracking, "open_tracking": m.OpenTracking, "unsubscribe_link": m.UnsubscribeLink,
	} {
		if !value.IsNull() {
			names = append(names, ServiceOcteth+"."+name)
		}
	}
	slices.Sort(names)
	return names
}
