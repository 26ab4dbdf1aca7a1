package sendgrid

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// senderAccount is SendGrid as a sender. Its notes about domains are of type [domainNote].
type senderAccount struct{ run *kit.Run }

// Configured implements [sender.Sender].
func (s senderAccount) Configured() (begun, inherited bool) {
	key := kit.PartOf[*Account](s.run).key
	return key.IsSet() || key.Unknown, key.Inherited
}

// readDomainBlock returns the block of a sender domain. A null or unknown block is unknown in all
// attributes.
func readDomainBlock(ctx context.Context, m sender.Domain, diags *diag.Diagnostics) (g domainBlock) {
	block := m.Block(serviceName)
	if block.IsNull() || block.IsUnknown() {
		return unknownDomainBlock()
	}
	diags.Append(block.As(ctx, &g, basetypes.ObjectAsOptions{})...)
	return g
}

// object returns the block as a Terraform value.
func (m domainBlock) object(ctx context.Context, diags *diag.Diagnostics) types.Object {
	object, d := types.ObjectValueFrom(ctx, domainBlockTypes, m)
	diags.Append(d...)
	return object
}

// PlanNew implements [sender.Sender]. It also plans the defaults that are known to be SendGrid's.
func (s senderAccount) PlanNew(ctx context.Context, config sender.Domain, plan *sender.Domain, diags *diag.Diagnostics) {
	asked, planned := readDomainBlock(ctx, config, diags), readDomainBlock(ctx, *plan, diags)
	plan.DNSRecords = asked.foreseenRecords()
	if asked.AutomaticSecurity.IsNull() {
		planned.AutomaticSecurity = types.BoolValue(true)
	}
	if asked.AutomaticSecurity.IsNull() || asked.AutomaticSecurity.ValueBool() {
		asked.refuseCustomSPF(asked, diags)
	}
	if client, err := kit.PartOf[*Account](s.run).Client(); err == nil && asked.Region.IsNull() {
		planned.Region = types.StringValue(string(asked.clientForNew(client).Region()))
	}
	if !config.Block(serviceName).IsUnknown() {
		plan.SetBlock(serviceName, planned.object(ctx, diags))
	}
	s.warnOfDefault(ctx, planned, domainBlock{}, domainNote{}, diags)
}

// CannotChange implements [sender.Sender].
func (s senderAccount) CannotChange(ctx context.Context, plan, state sender.Domain, diags *diag.Diagnostics) []string {
	planned, before, note := readDomainBlock(ctx, plan, diags), readDomainBlock(ctx, state, diags), readNote(state.Note, diags)
	names := planned.replacedBy(before, note, state.DNSRecords)
	if slices.Contains(names, serviceName+".username") {
		diags.AddAttributeWarning(usernamePath, "Another owner needs another domain", fmt.Sprintf("username is the owner of a domain, and this domain belongs to %s. "+
			"If %s only needs to send with it, leave username as it is and write subusers = [%q].", ownershipOf(before, note).ownerText(), planned.Username.ValueString(), planned.Username.ValueString()))
	}
	return names
}

// PlanChange implements [sender.Sender].
func (s senderAccount) PlanChange(ctx context.Context, plan *sender.Domain, state sender.Domain, diags *diag.Diagnostics) {
	planned, before, note := readDomainBlock(ctx, *plan, diags), readDomainBlock(ctx, state, diags), readNote(state.Note, diags)
	if planned.changesRecords(before) {
		plan.DNSRecords = types.MapUnknown(kit.DNSRecordType)
	}
	if before.AutomaticSecurity.ValueBool() {
		asked := planned
		if !kit.Changed(asked.CustomSPF, before.CustomSPF) {
			asked.CustomSPF = types.BoolNull()
		}
		if !kit.Changed(asked.IPs, before.IPs) {
			asked.IPs = types.SetNull(types.StringType)
		}
		planned.refuseCustomSPF(asked, diags)
	}
	if !plan.Block(serviceName).IsUnknown() {
		config := readDomainBlock(ctx, *plan.Configured, diags)
		planSelector(state.Domain.ValueString(), config, &planned, before, state.DNSRecords, diags)
		ownershipOf(before, note).plan(state.Domain.ValueString(), config, &planned, diags)
		plan.SetBlock(serviceName, planned.object(ctx, diags))
	}
	s.warnOfDefault(ctx, planned, before, note, diags)
}

// warnOfDefault names the domain that stops being the default. This goes only into a warning,
// because planned values must not depend on what is found.
func (s senderAccount) warnOfDefault(ctx context.Context, planned, before domainBlock, note domainNote, diags *diag.Diagnostics) {
	if !planned.Default.ValueBool() || before.Default.ValueBool() || planned.OnBehalfOf.IsUnknown() {
		return
	}
	client, err := kit.PartOf[*Account](s.run).Client()
	if err != nil {
		return // Create reports the error
	}
	if note.Host == "" {
		client = planned.clientForNew(client)
	} else {
		client = planned.clientOf(client, note)
	}
	domains, err := client.Domains(ctx)
	if err != nil {
		return
	}
	// Each subuser has a default of its own.
	defaults := slices.DeleteFunc(slices.Clone(domains), func(d sendgridapi.Domain) bool { return !d.Default })
	switch owner := cmp.Or(note.Username, planned.Username.ValueString()); {
	case owner != "":
		defaults = slices.DeleteFunc(defaults, func(d sendgridapi.Domain) bool { return !strings.EqualFold(d.Username, owner) })
	default:
		if defaults, err = client.Own(ctx, defaults); err != nil {
			return
		}
	}
	for _, d := range defaults {
		diags.AddAttributeWarning(path.Root(serviceName).AtName("default"), "Another domain stops being the default",
			fmt.Sprintf("An account at SendGrid has one default domain. For %s it is now %s (%s/%d), which will no longer be the default.", d.Username, d.Domain, serviceName, d.ID))
	}
}

// Create registers the domain in one call, and associates each subuser in one more call. If an
// association fails, it deletes the domain again.
func (s senderAccount) Create(ctx context.Context, plan *sender.Domain, diags *diag.Diagnostics) (save bool) {
	planned := readDomainBlock(ctx, *plan, diags)
	client := s.open(diags)
	domain, err := kit.CanonicalMailDomain(plan.Domain.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("domain"), "Not a mail domain", err.Error()+".")
	}
	if diags.HasError() {
		return false
	}
	client = planned.clientForNew(client)
	created, err := client.Create(ctx, planned.newDomain(domain))
	var exists *sendgridapi.ExistsError
	switch {
	case errors.As(err, &exists) && len(exists.Existing) == 1:
		id := domainID{serviceName, planned.OnBehalfOf.ValueString(), exists.Existing[0].ID}
		s.run.AddExists(diags, sender.DomainType, "The domain "+domain, id.String(), err)
		return false
	case err != nil:
		kit.AddError(diags, "Unable to create sender domain", err)
		return false
	}
	failed := planned.notAsPlanned(created, plan.DNSRecords)
	if failed != "" {
		failed = fmt.Sprintf("SendGrid has created %s %s.", created.Domain, failed)
	} else if associated, err := changeSubusers(ctx, client, created, kit.TextsOf(planned.Subusers), nil); err != nil {
		failed = fmt.Sprintf("SendGrid has created %s, and could not associate its subusers. %s.", created.Domain, err)
	} else {
		created = associated
	}
	if failed != "" && s.undo(ctx, client, created, failed, diags) {
		return false
	}
	s.save(ctx, plan, planned.orElse(planned.from(created, client.Region())), client, created, domainNote{}, diags)
	return true
}

// undo deletes a domain that is not as planned, and adds an error with the reason. gone is false if
// the deletion failed. The domain is then saved in spite of the error, so that the next apply
// replaces it.
func (s senderAccount) undo(ctx context.Context, client *sendgridapi.Client, d sendgridapi.Domain, why string, diags *diag.Diagnostics) (gone bool) {
	// This is done even if the run was stopped, because nothing else knows of the domain.
	err := client.Delete(context.WithoutCancel(ctx), d.Ref())
	if err == nil {
		diags.AddError("Unable to create sender domain", why+" It has been deleted again.")
		return true
	}
	diags.AddError("Unable to create sender domain", fmt.Sprintf("%s It could not be deleted again (%s). It is kept in the state as %s/%d, marked as tainted: "+
		"the next apply replaces it.", why, err, serviceName, d.ID))
	return false
}

// save copies a domain as SendGrid has it into the model. If the model has an ID already, it stays.
func (s senderAccount) save(ctx context.Context, m *sender.Domain, filled domainBlock, client *sendgridapi.Client, d sendgridapi.Domain, note domainNote, diags *diag.Diagnostics) {
	if m.ID.IsNull() || m.ID.IsUnknown() {
		m.ID = types.StringValue(domainID{serviceName, filled.OnBehalfOf.ValueString(), d.ID}.String())
	}
	if id, err := parseDomainID(m.ID.ValueString()); err == nil {
		kit.PartOf[*Account](s.run).remember(id, client)
	}
	m.SetBlock(serviceName, filled.object(ctx, diags))
	m.DNSRecords = recordsOf(d, m.DNSRecords, diags)
	m.Note = note.of(d, client).Text()
}

// Read looks the domain up in the account's list.
func (s senderAccount) Read(ctx context.Context, state *sender.Domain, diags *diag.Diagnostics) (gone bool) {
	prior, note := readDomainBlock(ctx, *state, diags), readNote(state.Note, diags)
	client, ref := s.find(*state, prior, note, diags)
	if diags.HasError() {
		return false
	}
	find := func(c *sendgridapi.Client) (sendgridapi.Domain, error) { return known010(ctx, c, ref, prior) }
	var d sendgridapi.Domain
	var err error
	if note.hostUnknown() {
		client, d, err = inEitherRegion(client, find)
	} else {
		d, err = find(client)
	}
	switch {
	case kit.IsNotFound(err):
		return true
	case err != nil:
		kit.AddError(diags, "Unable to read sender domain", err)
		return false
	}
	if state.Domain.IsNull() {
		state.Domain = types.StringValue(d.Domain)
	}
	if username := prior.Username.ValueString(); username != "" && !strings.EqualFold(username, d.Username) {
		note.Association = username
	}
	state.DNSRecords = types.MapUnknown(kit.DNSRecordType) // so that all current records are taken
	s.save(ctx, state, prior.from(d, client.Region()), client, d, note, diags)
	return false
}

// known010 finds a domain, including one in a state of version 0.1.0, which has no note about its
// owner. If SendGrid does not find such a domain, the username in the state stands in for the
// owner. It may be the owner or an associated subuser; a key of either account would show the
// domain.
func known010(ctx context.Context, client *sendgridapi.Client, ref sendgridapi.Ref, prior domainBlock) (sendgridapi.Domain, error) {
	d, err := client.Domain(ctx, ref)
	if !kit.IsNotFound(err) || ref.Owner.Known() {
		return d, err
	}
	ref.Owner = sendgridapi.Owner{Username: prior.Username.ValueString()}
	return client.Domain(ctx, ref)
}

// Update implements [sender.Sender].
func (s senderAccount) Update(ctx context.Context, plan *sender.Domain, state sender.Domain, diags *diag.Diagnostics) (save bool) {
	planned, before, note := readDomainBlock(ctx, *plan, diags), readDomainBlock(ctx, state, diags), readNote(state.Note, diags)
	reached := before
	reached.OnBehalfOf = planned.OnBehalfOf
	client, ref := s.find(state, reached, note, diags)
	if diags.HasError() {
		return false
	}
	d, err := planned.apply(ctx, client, ref, before, note)
	switch {
	case (kit.IsNotFound(err) || errors.Is(err, sendgridapi.ErrOtherAccount)) && !planned.OnBehalfOf.Equal(before.OnBehalfOf):
		diags.AddAttributeError(path.Root(serviceName).AtName("on_behalf_of"), "The domain belongs to another account",
			fmt.Sprintf("%s. This is %s, which does not have the domain of %s, %s (%s). Restore on_behalf_of, or replace the domain with terraform apply -replace.",
				err, actingFor(planned), actingFor(before), state.Domain.ValueString(), state.ID.ValueString()))
		return false
	case err != nil:
		kit.AddError(diags, "Unable to change sender domain", err)
		return false
	}
	records := plan.DNSRecords
	if note.Association = planned.Username.ValueString(); strings.EqualFold(note.Association, d.Username) {
		note.Association = ""
	}
	note.RegionAssumed = note.RegionAssumed && !kit.Changed(planned.Region, before.Region)
	s.save(ctx, plan, planned.orElse(planned.from(d, client.Region())), client, d, note, diags)
	if !records.IsUnknown() {
		plan.DNSRecords = records // the change should not affect them; a refresh shows whether it did
	}
	return true
}

// actingFor returns the account of a block as messages call it.
func actingFor(m domainBlock) string {
	if m.OnBehalfOf.IsNull() {
		return "the provider's own account"
	}
	return fmt.Sprintf("the account %q", m.OnBehalfOf.ValueString())
}

// Delete implements [sender.Sender].
func (s senderAccount) Delete(ctx context.Context, state sender.Domain, diags *diag.Diagnostics) {
	prior, note := readDomainBlock(ctx, state, diags), readNote(state.Note, diags)
	client, ref := s.find(state, prior, note, diags)
	if diags.HasError() {
		return
	}
	var err error
	if !ref.Owner.Known() {
		var d sendgridapi.Domain
		if d, err = known010(ctx, client, ref, prior); err == nil {
			ref = d.Ref()
		}
	}
	if err == nil {
		err = client.Delete(ctx, ref)
	}
	if err != nil && !kit.IsNotFound(err) {
		kit.AddError(diags, "Unable to delete sender domain", err)
	}
}

// open returns the client of the configured account, or adds an error.
func (s senderAccount) open(diags *diag.Diagnostics) *sendgridapi.Client {
	client, err := kit.PartOf[*Account](s.run).Client()
	if err != nil {
		kit.AddError(diags, "SendGrid is not configured", err)
	}
	return client
}

// find returns the client and the reference for a domain in the state.
func (s senderAccount) find(state sender.Domain, m domainBlock, note domainNote, diags *diag.Diagnostics) (*sendgridapi.Client, sendgridapi.Ref) {
	client := s.open(diags)
	id, err := parseDomainID(state.ID.ValueString())
	if err != nil {
		diags.AddError("Unusable id in the state", err.Error()+".")
	}
	if diags.HasError() {
		return nil, sendgridapi.Ref{}
	}
	ref := sendgridapi.Ref{ID: id.Number, Owner: note.owner()}
	if domain, err := kit.CanonicalMailDomain(state.Domain.ValueString()); err == nil {
		ref.Domain = domain
	}
	return m.clientOf(client, note), ref
}

// Import takes "sendgrid/45373692", or "sendgrid/example.com" if only one domain has that name.
// Either may contain the account on whose behalf the domain is managed, before the last slash. The
// region is that of the host where the domain is found.
func (s senderAccount) Import(ctx context.Context, id string, diags *diag.Diagnostics) (m sender.Domain, isID bool) {
	name, ok := parseDomainName(id)
	if !ok {
		return m, false
	}
	client, err := kit.PartOf[*Account](s.run).Client()
	if err != nil {
		kit.AddError(diags, "SendGrid is not configured", err)
		return m, true
	}
	client, d, err := inEitherRegion(client.For("", name.OnBehalfOf), func(c *sendgridapi.Client) (sendgridapi.Domain, error) {
		if id, err := parseDomainID(id); err == nil {
			return c.Domain(ctx, sendgridapi.Ref{ID: id.Number})
		}
		domain, err := kit.CanonicalMailDomain(name.Name)
		if err != nil {
			return sendgridapi.Domain{}, err
		}
		return c.DomainNamed(ctx, domain)
	})
	if err != nil {
		kit.AddError(diags, "Unable to import sender domain", err)
		return m, true
	}
	prior := nullDomainBlock()
	if name.OnBehalfOf != "" {
		prior.OnBehalfOf = types.StringValue(name.OnBehalfOf)
	}
	m = sender.Domain{Domain: types.StringValue(d.Domain), DNSRecords: types.MapUnknown(kit.DNSRecordType)}
	// SendGrid does not return the region that a domain was created for.
	s.save(ctx, &m, prior.from(d, client.Region()), client, d, domainNote{RegionAssumed: true}, diags)
	return m, true
}

// Domains implements [sender.Sender].
func (s senderAccount) Domains(ctx context.Context) ([]sender.Item, error) {
	client, err := kit.PartOf[*Account](s.run).Client()
	if err != nil {
		return nil, err
	}
	domains, err := client.Domains(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]sender.Item, 0, len(domains))
	for _, d := range domains {
		if problem := d.Problem(); problem != "" {
			tflog.Warn(ctx, "SendGrid lists a domain that cannot be read, which is left out", map[string]any{"domain": d.Domain, "problem": problem})
			continue
		}
		items = append(items, itemOf(d))
	}
	return items, nil
}

// itemOf returns a domain as an item of the list.
func itemOf(d sendgridapi.Domain) sender.Item {
	item := sender.Item{
		ID:     domainID{Service: serviceName, Number: d.ID}.String(),
		Domain: d.Domain, Subdomain: types.StringValue(d.Subdomain), Valid: d.Valid, Default: types.BoolValue(d.Default), Status: sender.Unverified,
	}
	switch {
	case d.Valid:
		item.Status = sender.Verified
	case !d.LastValidation.IsZero():
		item.Status = sender.Failed
	}
	return item
}
