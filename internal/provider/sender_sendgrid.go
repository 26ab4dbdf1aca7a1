package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
)

// sendgridSender is SendGrid as a sender.
type sendgridSender struct{ services *services }

func (s sendgridSender) title() string { return sendgridTitle }

func (m senderDomainModel) sendgrid(ctx context.Context, diags *diag.Diagnostics) (g sendgridModel) {
	if m.SendGrid.IsNull() || m.SendGrid.IsUnknown() {
		return unknownSendGrid()
	}
	diags.Append(m.SendGrid.As(ctx, &g, basetypes.ObjectAsOptions{})...)
	return g
}

func (s sendgridSender) planNew(ctx context.Context, config senderDomainModel, plan *senderDomainModel, diags *diag.Diagnostics) {
	plan.DNSRecords = config.sendgrid(ctx, diags).foreseenRecords()
	s.warnOfDefault(ctx, plan.sendgrid(ctx, diags), sendgridModel{}, diags)
}

func (s sendgridSender) cannotChange(ctx context.Context, plan, state senderDomainModel, diags *diag.Diagnostics) []string {
	return plan.sendgrid(ctx, diags).replacedBy(state.sendgrid(ctx, diags))
}

func (s sendgridSender) planChange(ctx context.Context, plan *senderDomainModel, state senderDomainModel, diags *diag.Diagnostics) {
	planned, before := plan.sendgrid(ctx, diags), state.sendgrid(ctx, diags)
	if planned.changesRecords(before) {
		plan.DNSRecords = types.MapUnknown(dnsRecordType)
	}
	s.warnOfDefault(ctx, planned, before, diags)
}

// warnOfDefault names the domain that ceases to be the default. It goes into the
// warning only: planned values must not depend on what is found.
func (s sendgridSender) warnOfDefault(ctx context.Context, planned, before sendgridModel, diags *diag.Diagnostics) {
	if !planned.Default.ValueBool() || before.Default.ValueBool() || planned.OnBehalfOf.IsUnknown() {
		return
	}
	client, err := s.services.SendGrid()
	if err != nil {
		return // whoever creates says so
	}
	domains, err := planned.client(client).Domains(ctx)
	if err != nil {
		return
	}
	for _, d := range domains {
		if d.Default && !differs(planned.Username, types.StringValue(d.Username)) {
			diags.AddAttributeWarning(path.Root("sendgrid").AtName("default"), "Another domain ceases to be the default",
				fmt.Sprintf("SendGrid has one default domain an account. That of %s is %s (%s/%d) now, which loses it.", d.Username, d.Domain, serviceSendGrid, d.ID))
		}
	}
}

// create registers the domain, in one call.
func (s sendgridSender) create(ctx context.Context, plan *senderDomainModel, diags *diag.Diagnostics) (made bool) {
	planned := plan.sendgrid(ctx, diags)
	client := s.open(planned, diags)
	domain, err := canonicalMailDomain(plan.Domain.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("domain"), "Not a mail domain", err.Error()+".")
	}
	if diags.HasError() {
		return false
	}
	created, err := client.Create(ctx, planned.newDomain(domain))
	var exists *sendgrid.ExistsError
	switch {
	case errors.As(err, &exists) && len(exists.Existing) == 1:
		id := senderID{serviceSendGrid, planned.OnBehalfOf.ValueString(), exists.Existing[0].ID}
		s.services.addExists(diags, senderDomainType, "The domain "+domain, id.String(), err)
		return false
	case err != nil:
		addError(diags, "Unable to create sender domain", err)
		return false
	}
	if lacking := lackingKeys(plan.DNSRecords, created.Records); len(lacking) > 0 {
		s.undo(ctx, client, created, lacking, diags)
		return false
	}
	s.save(ctx, plan, planned.orElse(planned.from(created, client.Region())), client, created, diags)
	return true
}

// undo deletes a domain that is not as it was planned.
func (s sendgridSender) undo(ctx context.Context, client *sendgrid.Client, d sendgrid.Domain, lacking []string, diags *diag.Diagnostics) {
	detail := fmt.Sprintf("SendGrid has created %s without the records %s, which its documentation promises.", d.Domain, strings.Join(lacking, ", "))
	// Also where the run has been stopped meanwhile: nothing else knows of it.
	if err := client.Delete(context.WithoutCancel(ctx), d.ID); err != nil {
		detail += fmt.Sprintf(" It could not be deleted again (%s): delete %s/%d by hand.", err, serviceSendGrid, d.ID)
	} else {
		detail += " It has been deleted again."
	}
	diags.AddError("Unable to create sender domain", detail)
}

// save fills in a domain as SendGrid has it. The ID of one that has an ID stays.
func (s sendgridSender) save(ctx context.Context, m *senderDomainModel, filled sendgridModel, client *sendgrid.Client, d sendgrid.Domain, diags *diag.Diagnostics) {
	if m.ID.IsNull() || m.ID.IsUnknown() {
		m.ID = types.StringValue(senderID{serviceSendGrid, filled.OnBehalfOf.ValueString(), d.ID}.String())
	}
	if id, err := parseSenderID(m.ID.ValueString()); err == nil {
		s.services.rememberSender(id, client)
	}
	object, moreDiags := types.ObjectValueFrom(ctx, sendgridTypes, filled)
	diags.Append(moreDiags...)
	m.SendGrid = object
	m.DNSRecords = recordsOf(d, m.DNSRecords, diags)
}

// read looks the domain up in the account's list.
func (s sendgridSender) read(ctx context.Context, state *senderDomainModel, diags *diag.Diagnostics) (gone bool) {
	prior := state.sendgrid(ctx, diags)
	client, id := s.find(*state, prior, diags)
	if diags.HasError() {
		return false
	}
	d, err := client.Domain(ctx, id.Number)
	switch {
	case isNotFound(err):
		return true
	case err != nil:
		addError(diags, "Unable to read sender domain", err)
		return false
	}
	if state.Domain.IsNull() {
		state.Domain = types.StringValue(d.Domain)
	}
	state.DNSRecords = types.MapUnknown(dnsRecordType) // whatever there is now
	s.save(ctx, state, prior.from(d, client.Region()), client, d, diags)
	return false
}

func (s sendgridSender) update(ctx context.Context, plan *senderDomainModel, state senderDomainModel, diags *diag.Diagnostics) (save bool) {
	planned, before := plan.sendgrid(ctx, diags), state.sendgrid(ctx, diags)
	client, id := s.find(state, planned, diags)
	if diags.HasError() {
		return false
	}
	d, err := planned.apply(ctx, client, id.Number, before)
	switch {
	case isNotFound(err) && !planned.OnBehalfOf.Equal(before.OnBehalfOf):
		diags.AddAttributeError(path.Root(serviceSendGrid).AtName("on_behalf_of"), "The domain is another account's",
			fmt.Sprintf("%s. This is %s, which has not got the domain that %s has, %s (%s). Put on_behalf_of back, or have a new domain made by terraform apply -replace.",
				err, actingFor(planned), actingFor(before), state.Domain.ValueString(), state.ID.ValueString()))
		return false
	case err != nil:
		addError(diags, "Unable to change sender domain", err)
		return false
	}
	records := plan.DNSRecords
	s.save(ctx, plan, planned.orElse(planned.from(d, client.Region())), client, d, diags)
	if !records.IsUnknown() {
		plan.DNSRecords = records // the change was not to touch them; a refresh shows whether it did
	}
	return true
}

// actingFor is the account of a block, as a person calls it.
func actingFor(m sendgridModel) string {
	if m.OnBehalfOf.IsNull() {
		return "the provider's own account"
	}
	return fmt.Sprintf("the account %q", m.OnBehalfOf.ValueString())
}

func (s sendgridSender) delete(ctx context.Context, state senderDomainModel, diags *diag.Diagnostics) {
	client, id := s.find(state, state.sendgrid(ctx, diags), diags)
	if diags.HasError() {
		return
	}
	if err := client.Delete(ctx, id.Number); err != nil && !isNotFound(err) {
		addError(diags, "Unable to delete sender domain", err)
	}
}

// open returns the client for the account and region of a block.
func (s sendgridSender) open(m sendgridModel, diags *diag.Diagnostics) *sendgrid.Client {
	client, err := s.services.SendGrid()
	if err != nil {
		addError(diags, "SendGrid is not configured", err)
		return nil
	}
	return m.client(client)
}

// find returns what a domain of the state is reached by.
func (s sendgridSender) find(state senderDomainModel, m sendgridModel, diags *diag.Diagnostics) (*sendgrid.Client, senderID) {
	client := s.open(m, diags)
	id, err := parseSenderID(state.ID.ValueString())
	if err != nil {
		diags.AddError("Unusable id in the state", err.Error()+".")
	}
	return client, id
}

// importDomain takes "sendgrid/45373692", or "sendgrid/example.com" where there is
// one domain of that name, each also with the account on whose behalf it is
// managed before the last slash. The region is that of the endpoint that knows it.
func (s sendgridSender) importDomain(ctx context.Context, id string, diags *diag.Diagnostics) (m senderDomainModel) {
	name, ok := parseSenderName(id)
	if !ok {
		refuseImport(id, diags)
		return m
	}
	client, err := s.services.SendGrid()
	if err != nil {
		addError(diags, "SendGrid is not configured", err)
		return m
	}
	client, d, err := inEitherRegion(client.For("", name.OnBehalfOf), func(c *sendgrid.Client) (sendgrid.Domain, error) {
		if id, err := parseSenderID(id); err == nil {
			return c.Domain(ctx, id.Number)
		}
		domain, err := canonicalMailDomain(name.Name)
		if err != nil {
			return sendgrid.Domain{}, err
		}
		return c.DomainNamed(ctx, domain)
	})
	if err != nil {
		addError(diags, "Unable to import sender domain", err)
		return m
	}
	prior := nullSendGrid()
	if name.OnBehalfOf != "" {
		prior.OnBehalfOf = types.StringValue(name.OnBehalfOf)
	}
	m = senderDomainModel{Domain: types.StringValue(d.Domain), Octeth: types.ObjectNull(octethTypes), DNSRecords: types.MapUnknown(dnsRecordType)}
	s.save(ctx, &m, prior.from(d, client.Region()), client, d, diags)
	return m
}

func (s sendgridSender) domains(ctx context.Context) ([]senderDomainItem, error) {
	client, err := s.services.SendGrid()
	if err != nil {
		return nil, err
	}
	domains, err := client.Domains(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]senderDomainItem, len(domains))
	for i, d := range domains {
		items[i] = sendgridItem(d)
	}
	return items, nil
}

// sendgridItem is a domain as lists show it.
func sendgridItem(d sendgrid.Domain) senderDomainItem {
	item := senderDomainItem{
		ID:     senderID{Service: serviceSendGrid, Number: d.ID}.String(),
		Domain: d.Domain, Subdomain: types.StringValue(d.Subdomain), Valid: d.Valid, Default: types.BoolValue(d.Default), Status: senderUnverified,
	}
	switch {
	case d.Valid:
		item.Status = senderVerified
	case !d.LastValidation.IsZero():
		item.Status = senderFailed
	}
	return item
}
