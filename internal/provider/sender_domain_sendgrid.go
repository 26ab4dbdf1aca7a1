package provider

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/setplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
)

// sendgridDomainAttribute is the schema of a sender domain's block. All of it is
// optional and computed: what the configuration leaves out is left as it is. one
// wants one sender's block alone.
func sendgridDomainAttribute(one validator.Object) schema.SingleNestedAttribute {
	fixed := func(description string, form validator.String, sameAs ...planmodifier.String) schema.StringAttribute {
		modifiers := append([]planmodifier.String{stringplanmodifier.UseStateForUnknown()}, sameAs...)
		return schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{form}, MarkdownDescription: description,
			PlanModifiers: append(modifiers, replaceIfKnownToDiffer()),
		}
	}
	flag := func(description string, modifiers ...planmodifier.Bool) schema.BoolAttribute {
		return schema.BoolAttribute{
			Optional: true, Computed: true, MarkdownDescription: description,
			PlanModifiers: append([]planmodifier.Bool{boolplanmodifier.UseStateForUnknown()}, modifiers...),
		}
	}
	return schema.SingleNestedAttribute{
		Optional:            true,
		Validators:          []validator.Object{one},
		MarkdownDescription: "The domain at SendGrid. `{}` takes SendGrid's defaults for all of it.",
		Attributes: map[string]schema.Attribute{
			"subdomain": fixed("Subdomain that mail is sent from. Default: SendGrid chooses, such as `em1234`. A change makes a new domain.",
				dnsNameSpelling, dnsNameSpelling),
			"automatic_security": flag("Whether SendGrid keeps SPF and DKIM itself, behind three CNAME records. Default: `true`. A change makes a new domain.",
				boolplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.BoolRequest, resp *boolplanmodifier.RequiresReplaceIfFuncResponse) {
					resp.RequiresReplace = !req.PlanValue.IsUnknown() && !req.StateValue.IsNull() && !req.PlanValue.Equal(req.StateValue)
				}, "a change makes a new domain", "a change makes a new domain")),
			"custom_spf": flag("Whether the SPF record lists `ips` instead of SendGrid's own, with manual security. Changed in place."),
			"default":    flag("Whether mail whose From matches no domain is sent with this one. An account has one default. Changed in place."),
			"ips": schema.SetAttribute{
				Optional: true, Computed: true, ElementType: types.StringType,
				Validators:          []validator.Set{setvalidator.ValueStringsAre(addressSpelling)},
				PlanModifiers:       []planmodifier.Set{setplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Addresses in the custom SPF record. Changed in place.",
			},
			"custom_dkim_selector": fixed("DKIM selector of three letters or digits. SendGrid never tells it. A change makes a new domain.",
				selectorSpelling, selectorSpelling),
			"region": fixed("`global` or `eu`. Default: the provider's. SendGrid never tells it. A change makes a new domain.", regionValidator()),
			"username": schema.StringAttribute{
				Optional: true, Computed: true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Subuser that the domain is for. Another one is associated in place, and the one before it no longer.",
			},
			"on_behalf_of": schema.StringAttribute{
				Optional:            true,
				PlanModifiers:       []planmodifier.String{replaceIfKnownToDiffer()},
				MarkdownDescription: "Subuser, or `account-id ID` of a customer account, whose domain it is. Default: the provider's. A change from one to another makes a new domain.",
			},
		},
	}
}

// selectorSpelling is the form of a DKIM selector that can be asked for. It is part
// of host names, in which case does not count.
var selectorSpelling = spelling{"a DKIM selector of three letters or digits", func(text string) (string, error) {
	if !selectorForm.MatchString(text) {
		return "", fmt.Errorf("%q does not have three letters or digits", text)
	}
	return strings.ToLower(text), nil
}}

var selectorForm = regexp.MustCompile(`^[A-Za-z0-9]{3}$`)

// replaceIfKnownToDiffer plans a replacement where a value is known to differ from
// one that is known. A null prior value is one that the sender does not tell, as
// after an import.
func replaceIfKnownToDiffer() planmodifier.String {
	const description = "a change makes a new domain"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = differs(req.PlanValue, req.StateValue)
	}, description, description)
}

func differs(plan, state attr.Value) bool {
	return !plan.IsUnknown() && !plan.IsNull() && !state.IsNull() && !plan.Equal(state)
}

type sendgridModel struct {
	Subdomain          types.String `tfsdk:"subdomain"`
	AutomaticSecurity  types.Bool   `tfsdk:"automatic_security"`
	CustomSPF          types.Bool   `tfsdk:"custom_spf"`
	Default            types.Bool   `tfsdk:"default"`
	IPs                types.Set    `tfsdk:"ips"`
	CustomDKIMSelector types.String `tfsdk:"custom_dkim_selector"`
	Region             types.String `tfsdk:"region"`
	Username           types.String `tfsdk:"username"`
	OnBehalfOf         types.String `tfsdk:"on_behalf_of"`
}

var sendgridTypes = map[string]attr.Type{
	"subdomain": types.StringType, "automatic_security": types.BoolType, "custom_spf": types.BoolType, "default": types.BoolType,
	"ips": types.SetType{ElemType: types.StringType}, "custom_dkim_selector": types.StringType, "region": types.StringType,
	"username": types.StringType, "on_behalf_of": types.StringType,
}

// nullSendGrid is a block of which nothing is known, as before an import.
func nullSendGrid() sendgridModel { return sendgridModel{IPs: types.SetNull(types.StringType)} }

// unknownSendGrid is a block that is not known yet.
func unknownSendGrid() sendgridModel {
	return sendgridModel{
		Subdomain: types.StringUnknown(), AutomaticSecurity: types.BoolUnknown(), CustomSPF: types.BoolUnknown(), Default: types.BoolUnknown(),
		IPs: types.SetUnknown(types.StringType), CustomDKIMSelector: types.StringUnknown(), Region: types.StringUnknown(),
		Username: types.StringUnknown(), OnBehalfOf: types.StringUnknown(),
	}
}

// client is the one for the domain's account and region.
func (m sendgridModel) client(c *sendgrid.Client) *sendgrid.Client {
	return c.For(sendgrid.Region(m.Region.ValueString()), m.OnBehalfOf.ValueString())
}

// replacedBy are the attributes whose change the API cannot make.
func (m sendgridModel) replacedBy(before sendgridModel) []string {
	var changed []string
	for name, pair := range map[string][2]attr.Value{
		"subdomain":            {m.Subdomain, before.Subdomain},
		"automatic_security":   {m.AutomaticSecurity, before.AutomaticSecurity},
		"custom_dkim_selector": {m.CustomDKIMSelector, before.CustomDKIMSelector},
		"region":               {m.Region, before.Region},
		"on_behalf_of":         {m.OnBehalfOf, before.OnBehalfOf},
	} {
		if differs(pair[0], pair[1]) {
			changed = append(changed, serviceSendGrid+"."+name)
		}
	}
	slices.Sort(changed)
	return changed
}

// changesRecords is whether a change in place may change the records: with manual
// security, the SPF record lists what custom_spf and ips say.
func (m sendgridModel) changesRecords(before sendgridModel) bool {
	return !before.AutomaticSecurity.ValueBool() && (!m.CustomSPF.Equal(before.CustomSPF) || !m.IPs.Equal(before.IPs))
}

// newDomain is what to create.
func (m sendgridModel) newDomain(domain string) sendgrid.NewDomain {
	subdomain, err := dns.Canonical(m.Subdomain.ValueString())
	if err != nil {
		subdomain = m.Subdomain.ValueString() // none, or what SendGrid refuses
	}
	return sendgrid.NewDomain{
		Domain: domain, Subdomain: subdomain, Username: m.Username.ValueString(),
		CustomSPF: known(m.CustomSPF), Default: known(m.Default), AutomaticSecurity: known(m.AutomaticSecurity),
		CustomDKIMSelector: m.CustomDKIMSelector.ValueString(),
		IPs:                addresses(m.IPs),
	}
}

func known(b types.Bool) *bool {
	if b.IsNull() || b.IsUnknown() {
		return nil
	}
	return b.ValueBoolPointer()
}

// from is the block as SendGrid has the domain. What SendGrid never tells, tells
// empty although it was set, or only spells otherwise is as it was before.
func (m sendgridModel) from(d sendgrid.Domain, region sendgrid.Region) sendgridModel {
	out := sendgridModel{
		Subdomain:          types.StringValue(d.Subdomain),
		AutomaticSecurity:  types.BoolValue(d.AutomaticSecurity),
		CustomSPF:          types.BoolValue(d.CustomSPF),
		Default:            types.BoolValue(d.Default),
		Username:           types.StringValue(d.Username),
		IPs:                addressSet(d.IPs),
		Region:             types.StringValue(string(region)),
		CustomDKIMSelector: types.StringNull(),
		OnBehalfOf:         m.OnBehalfOf,
	}
	if dnsNameSpelling.same(m.Subdomain, out.Subdomain) {
		out.Subdomain = m.Subdomain
	}
	switch {
	case slices.Contains(d.Subusers, m.Username.ValueString()):
		out.Username = m.Username // associated beside the owner
	case m.Username.IsNull() && len(d.Subusers) == 1:
		out.Username = types.StringValue(d.Subusers[0]) // an import: who it is meant for
	}
	had := addresses(m.IPs)
	if len(d.IPs) == 0 && len(had) > 0 || len(had) == len(d.IPs) && len(lackingIn(had, d.IPs)) == 0 && !m.IPs.IsNull() && !m.IPs.IsUnknown() {
		out.IPs = m.IPs
	}
	if !m.Region.IsNull() && !m.Region.IsUnknown() {
		out.Region = m.Region
	}
	switch selector := d.CustomDKIMSelector(); {
	case !m.CustomDKIMSelector.IsNull() && !m.CustomDKIMSelector.IsUnknown():
		out.CustomDKIMSelector = m.CustomDKIMSelector
	case selector != "":
		out.CustomDKIMSelector = types.StringValue(selector)
	}
	return out
}

// orElse is a planned block with what the plan leaves open as it came out. The rest
// is saved as it was planned: a difference is drift, which the next plan shows.
func (m sendgridModel) orElse(found sendgridModel) sendgridModel {
	found.OnBehalfOf = m.OnBehalfOf
	for _, pair := range []struct{ planned, found *types.String }{
		{&m.Subdomain, &found.Subdomain}, {&m.CustomDKIMSelector, &found.CustomDKIMSelector}, {&m.Region, &found.Region}, {&m.Username, &found.Username},
	} {
		if !pair.planned.IsUnknown() {
			*pair.found = *pair.planned
		}
	}
	for _, pair := range []struct{ planned, found *types.Bool }{
		{&m.AutomaticSecurity, &found.AutomaticSecurity}, {&m.CustomSPF, &found.CustomSPF}, {&m.Default, &found.Default},
	} {
		if !pair.planned.IsUnknown() {
			*pair.found = *pair.planned
		}
	}
	if !m.IPs.IsUnknown() {
		found.IPs = m.IPs
	}
	return found
}

// apply makes the calls that bring a domain from what it was to the plan: one for
// each thing that changes, none for what the plan leaves as it is.
func (m sendgridModel) apply(ctx context.Context, client *sendgrid.Client, id int64, before sendgridModel) (sendgrid.Domain, error) {
	d, err := client.DomainNow(ctx, id) // which also tells errors what to call it
	if err != nil {
		return d, err
	}
	var changes sendgrid.Changes
	if differs(m.Default, before.Default) {
		changes.Default = m.Default.ValueBoolPointer()
	}
	if differs(m.CustomSPF, before.CustomSPF) {
		changes.CustomSPF = m.CustomSPF.ValueBoolPointer()
	}
	if changes != (sendgrid.Changes{}) {
		if d, err = client.Update(ctx, id, changes); err != nil {
			return d, err
		}
	}
	if differs(m.IPs, before.IPs) {
		wanted, had := addresses(m.IPs), addresses(before.IPs)
		for _, ip := range lackingIn(wanted, had) {
			if d, err = client.AddIP(ctx, id, ip); err != nil {
				return d, err
			}
		}
		for _, ip := range lackingIn(had, wanted) {
			if d, err = client.RemoveIP(ctx, id, ip); err != nil {
				return d, err
			}
		}
	}
	if differs(m.Username, before.Username) {
		return m.associate(ctx, client, d, before)
	}
	return d, nil
}

// associate lets another subuser send with a domain, in place of the one before it,
// but for the owner, who always may.
func (m sendgridModel) associate(ctx context.Context, client *sendgrid.Client, d sendgrid.Domain, before sendgridModel) (sendgrid.Domain, error) {
	id, owner := d.ID, d.Username
	var err error
	if name := m.Username.ValueString(); name != owner {
		if d, err = client.AssociateSubuser(ctx, id, name); err != nil {
			return d, err
		}
	}
	if name := before.Username.ValueString(); slices.Contains(d.Subusers, name) {
		return client.DisassociateSubuser(ctx, id, name)
	}
	return d, nil
}
