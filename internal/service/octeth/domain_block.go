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

// DomainBlock implements [sender.Service]. Options that the configuration leaves out keep their
// values at Octeth.
func (s Service) DomainBlock(validators ...validator.Object) schema.SingleNestedAttribute {
	flag := func(description string) schema.BoolAttribute {
		return schema.BoolAttribute{
			Optional: true, Computed: true, MarkdownDescription: description,
			PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
		}
	}
	label := func(description string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{labelSpelling}, MarkdownDescription: description,
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown(), labelSpelling},
		}
	}
	const regenerates = "A change makes Octeth generate new records, and the domain has to be verified again. " +
		"A `postmaster_dns_records` and a `postmaster_domain_verification` that refer to the domain publish and verify them in the same apply."
	return schema.SingleNestedAttribute{
		Optional:   true,
		Validators: validators,
		MarkdownDescription: "The domain at Octeth. Options that are not set keep their values at Octeth; options that are set are changed in place. This does not apply to `record_type` and `dns_authorization_id`. " +
			"Octeth before 5.9.1 does not include the options in its lists of domains, so changes by others are not detected.",
		Attributes: map[string]schema.Attribute{
			"record_type": schema.StringAttribute{
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(kinds...)},
				PlanModifiers: []planmodifier.String{kit.ReplaceIfKnownToDiffer()},
				MarkdownDescription: "What the domain sends: `campaign`, or `email-gateway` for transactional mail. A change replaces the domain. " +
					"Octeth before 5.9.1 does not register campaign domains. It only publishes their records itself, which requires `dns_authorization_id`.",
			},
			"subdomain": label("Label of the name that bounces are sent to and that the other records are below. `\"\"`: the installation's own, such as `sl`. " + regenerates),
			"track_prefix": label("First label of the name that links and images point to. `\"\"`: the installation's own, such as `track`. " + regenerates +
				" For `email-gateway`, from version 5.8 on."),
			"use_tracking_subdomain": flag("Whether links and images use a separate name below the domain. " + regenerates + " For `email-gateway`, from version 5.8 on."),
			"link_tracking":          flag("Whether clicks on links are counted. Octeth's default: `true`. Changed in place."),
			"open_tracking":          flag("Whether opens of mails are counted. Octeth's default: `true`. Changed in place."),
			"unsubscribe_link":       flag("Whether a link to unsubscribe is added. Octeth's default: `false`. Changed in place."),
			"dns_authorization_id": schema.StringAttribute{
				Optional:      true,
				Validators:    []validator.String{s.hosts.IDSpelling()},
				PlanModifiers: []planmodifier.String{s.hosts.IDSpelling()},
				MarkdownDescription: "The `id` of a `postmaster_dns_authorization`, with whose credentials Octeth publishes the records itself: at Cloudflare, Namecheap, or GoDaddy (with an API key and its secret). " +
					"The provider reads the zone before and after; if records of others are lost, the error lists them. " +
					"Octeth cannot remove the records again: a destroy leaves them in the zone and lists them. If you publish them with `postmaster_dns_records` instead, a destroy removes them.",
			},
		},
	}
}

// labelSpelling is the form of a label that can be set. A label is part of host names, so case does
// not count.
var labelSpelling = kit.Spelling{What: "a label of at most 32 letters, digits and hyphens, with no hyphen at either end", Canonical: func(text string) (string, error) {
	if text != "" && !labelForm.MatchString(text) {
		return "", fmt.Errorf("%q does not have 1 to 32 letters, digits and hyphens, or has a hyphen at an end", text)
	}
	return strings.ToLower(text), nil
}}

var labelForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?$`)

// domainBlock is the block "octeth" of a sender domain.
type domainBlock struct {
	RecordType           types.String `tfsdk:"record_type"`
	Subdomain            types.String `tfsdk:"subdomain"`
	TrackPrefix          types.String `tfsdk:"track_prefix"`
	UseTrackingSubdomain types.Bool   `tfsdk:"use_tracking_subdomain"`
	LinkTracking         types.Bool   `tfsdk:"link_tracking"`
	OpenTracking         types.Bool   `tfsdk:"open_tracking"`
	UnsubscribeLink      types.Bool   `tfsdk:"unsubscribe_link"`
	DNSAuthorizationID   types.String `tfsdk:"dns_authorization_id"`
}

// domainBlockTypes are the types of the block's attributes.
var domainBlockTypes = sender.BlockTypes(Service{})

// unknownDomainBlock returns a block whose attributes are all unknown.
func unknownDomainBlock() domainBlock {
	return domainBlock{
		RecordType: types.StringUnknown(), Subdomain: types.StringUnknown(), TrackPrefix: types.StringUnknown(), UseTrackingSubdomain: types.BoolUnknown(),
		LinkTracking: types.BoolUnknown(), OpenTracking: types.BoolUnknown(), UnsubscribeLink: types.BoolUnknown(), DNSAuthorizationID: types.StringUnknown(),
	}
}

// readDomainBlock returns the block of a sender domain. A null or unknown block is unknown in all
// attributes.
func readDomainBlock(ctx context.Context, m sender.Domain, diags *diag.Diagnostics) (o domainBlock) {
	block := m.Block(serviceName)
	if block.IsNull() || block.IsUnknown() {
		return unknownDomainBlock()
	}
	diags.Append(block.As(ctx, &o, basetypes.ObjectAsOptions{})...)
	return o
}

// object returns the block as a Terraform value.
func (m domainBlock) object(ctx context.Context, diags *diag.Diagnostics) types.Object {
	object, d := types.ObjectValueFrom(ctx, domainBlockTypes, m)
	diags.Append(d...)
	return object
}

func (m domainBlock) kind() octethapi.Kind { return octethapi.Kind(m.RecordType.ValueString()) }

// changes returns the options that a plan changes. For a new domain, these are all that are set. A
// label that the state does not have but that is already part of the records is no change.
func (m domainBlock) changes(before domainBlock, records types.Map) octethapi.Options {
	flag := func(planned, before types.Bool) *bool {
		if planned.Equal(before) {
			return nil
		}
		return kit.Known(planned)
	}
	label := func(planned, before types.String) *string {
		if planned.IsNull() || planned.IsUnknown() || labelSpelling.Same(planned, before) || before.IsNull() && standsIn(records, planned.ValueString()) {
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

// redrawnFor returns the names of the changed options that make Octeth generate new records.
func (m domainBlock) redrawnFor(before domainBlock, records types.Map) []string {
	changes := m.changes(before, records)
	var names []string
	for _, option := range []struct {
		name    string
		changes bool
	}{
		{"subdomain", changes.Subdomain != nil}, {"track_prefix", changes.TrackPrefix != nil}, {"use_tracking_subdomain", changes.UseTrackingSubdomain != nil},
	} {
		if option.changes {
			names = append(names, serviceName+"."+option.name)
		}
	}
	return names
}

// mayRedraw reports whether an unknown option may make Octeth generate new records.
func (m domainBlock) mayRedraw() bool {
	return m.Subdomain.IsUnknown() || m.TrackPrefix.IsUnknown() || m.UseTrackingSubdomain.IsUnknown()
}

// from returns the block with the values that the domain has at Octeth. Values that Octeth's answer
// does not include stay as they were.
func (m domainBlock) from(d octethapi.SenderDomain, records types.Map) domainBlock {
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
	// If an answer includes options but not a label, the label is the installation's own. If the
	// records still contain the label from before, the answer has only left it out.
	label := func(was types.String, is *string) types.String {
		switch {
		case is != nil && labelSpelling.Same(was, types.StringValue(*is)):
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
	out := domainBlock{
		RecordType: types.StringValue(string(d.Kind)), DNSAuthorizationID: m.DNSAuthorizationID,
		LinkTracking: flag(m.LinkTracking, d.Options.LinkTracking), OpenTracking: flag(m.OpenTracking, d.Options.OpenTracking),
		UnsubscribeLink: flag(m.UnsubscribeLink, d.Options.UnsubscribeLink),
		Subdomain:       label(m.Subdomain, d.Options.Subdomain), TrackPrefix: label(m.TrackPrefix, d.Options.TrackPrefix),
		UseTrackingSubdomain: flag(m.UseTrackingSubdomain, d.Options.UseTrackingSubdomain),
	}
	if told && out.UseTrackingSubdomain.IsNull() {
		out.UseTrackingSubdomain = types.BoolValue(true) // answers include it only if it is switched off
	}
	return out
}

// orElse returns the planned block, with unknown attributes filled in from what was found. Known
// attributes are saved as planned: if Octeth has another value, that is drift, and the next plan
// shows it.
func (m domainBlock) orElse(found domainBlock) domainBlock {
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

// options returns the names of the options that are set or unknown.
func (m domainBlock) options() []string {
	var names []string
	for name, value := range map[string]attr.Value{
		"subdomain": m.Subdomain, "track_prefix": m.TrackPrefix, "use_tracking_subdomain": m.UseTrackingSubdomain,
		"link_tracking": m.LinkTracking, "open_tracking": m.OpenTracking, "unsubscribe_link": m.UnsubscribeLink,
	} {
		if !value.IsNull() {
			names = append(names, serviceName+"."+name)
		}
	}
	slices.Sort(names)
	return names
}
