package sendgrid

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// domainBlock is the block "sendgrid" of a sender domain.
type domainBlock struct {
	Subdomain          types.String `tfsdk:"subdomain"`
	AutomaticSecurity  types.Bool   `tfsdk:"automatic_security"`
	CustomSPF          types.Bool   `tfsdk:"custom_spf"`
	Default            types.Bool   `tfsdk:"default"`
	IPs                types.Set    `tfsdk:"ips"`
	CustomDKIMSelector types.String `tfsdk:"custom_dkim_selector"`
	Region             types.String `tfsdk:"region"`
	Username           types.String `tfsdk:"username"`
	Subusers           types.Set    `tfsdk:"subusers"`
	OnBehalfOf         types.String `tfsdk:"on_behalf_of"`
}

// domainBlockTypes are the types of the block's attributes.
var domainBlockTypes = sender.BlockTypes(Service{})

// nullDomainBlock returns a block whose attributes are all null, as before an import.
func nullDomainBlock() domainBlock {
	return domainBlock{IPs: types.SetNull(types.StringType), Subusers: types.SetNull(types.StringType)}
}

// unknownDomainBlock returns a block whose attributes are all unknown.
func unknownDomainBlock() domainBlock {
	return domainBlock{
		Subdomain: types.StringUnknown(), AutomaticSecurity: types.BoolUnknown(), CustomSPF: types.BoolUnknown(), Default: types.BoolUnknown(),
		IPs: types.SetUnknown(types.StringType), CustomDKIMSelector: types.StringUnknown(), Region: types.StringUnknown(),
		Username: types.StringUnknown(), Subusers: types.SetUnknown(types.StringType), OnBehalfOf: types.StringUnknown(),
	}
}

// clientForNew returns the client to create a new domain with.
func (m domainBlock) clientForNew(c *sendgridapi.Client) *sendgridapi.Client {
	return c.ForNew(sendgridapi.Region(m.Region.ValueString()), m.OnBehalfOf.ValueString())
}

// clientOf returns the client for the account and the host where the domain was created or found.
// Version 0.1.0 did not save the host in a note; it called the host of the domain's region.
func (m domainBlock) clientOf(c *sendgridapi.Client, note domainNote) *sendgridapi.Client {
	host := sendgridapi.Region(note.Host)
	if host == "" {
		host = sendgridapi.Region(m.Region.ValueString())
	}
	return c.For(host, m.OnBehalfOf.ValueString())
}

// newDomain returns the domain to create.
func (m domainBlock) newDomain(domain string) sendgridapi.NewDomain {
	subdomain, err := dns.Canonical(m.Subdomain.ValueString())
	if err != nil {
		subdomain = m.Subdomain.ValueString() // empty, or SendGrid refuses it
	}
	return sendgridapi.NewDomain{
		Domain: domain, Subdomain: subdomain, Username: m.Username.ValueString(),
		CustomSPF: kit.Known(m.CustomSPF), Default: kit.Known(m.Default), AutomaticSecurity: kit.Known(m.AutomaticSecurity),
		CustomDKIMSelector: m.CustomDKIMSelector.ValueString(), Region: sendgridapi.Region(m.Region.ValueString()),
		IPs: kit.TextsOf(m.IPs),
	}
}

// from returns the block with the values that the domain has at SendGrid. A value stays as it was
// if SendGrid does not return it, returns it empty although it was set, or only spells it
// differently. host is the region of the host that has the domain.
func (m domainBlock) from(d sendgridapi.Domain, host sendgridapi.Region) domainBlock {
	out := domainBlock{
		Subdomain:          types.StringValue(d.Subdomain),
		AutomaticSecurity:  types.BoolValue(d.AutomaticSecurity),
		CustomSPF:          types.BoolValue(d.CustomSPF),
		Default:            types.BoolValue(d.Default),
		Username:           types.StringValue(d.Username),
		Subusers:           kit.TextSet(d.SubuserNames()),
		IPs:                kit.TextSet(d.IPs),
		Region:             types.StringValue(string(host)),
		CustomDKIMSelector: types.StringNull(),
		OnBehalfOf:         m.OnBehalfOf,
	}
	if kit.DNSNameSpelling.Same(m.Subdomain, out.Subdomain) {
		out.Subdomain = m.Subdomain
	}
	if set, names := kit.TextsOf(m.Subusers), d.SubuserNames(); !m.Subusers.IsNull() && !m.Subusers.IsUnknown() &&
		(d.Subusers == nil || len(set) == len(names) && len(usersLackingIn(set, names)) == 0) {
		out.Subusers = m.Subusers
	}
	// The username may have another spelling, or be an association, as version 0.1.0 saved it.
	if name := m.Username.ValueString(); name != "" && (strings.EqualFold(name, d.Username) || hasUser(kit.TextsOf(out.Subusers), name)) {
		out.Username = m.Username
	}
	had := kit.TextsOf(m.IPs)
	if len(d.IPs) == 0 && len(had) > 0 || len(had) == len(d.IPs) && len(addressesLackingIn(had, d.IPs)) == 0 && !m.IPs.IsNull() && !m.IPs.IsUnknown() {
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

// orElse returns the planned block, with unknown attributes filled in from what was found. Known
// attributes are saved as planned: if SendGrid has another value, that is drift, and the next plan
// shows it.
func (m domainBlock) orElse(found domainBlock) domainBlock {
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
	for _, pair := range []struct{ planned, found *types.Set }{{&m.IPs, &found.IPs}, {&m.Subusers, &found.Subusers}} {
		if !pair.planned.IsUnknown() {
			*pair.found = *pair.planned
		}
	}
	return found
}
