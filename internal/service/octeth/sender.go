package octeth

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// senderAccount is Octeth as a sender.
type senderAccount struct{ run *kit.Run }

// Configured implements [sender.Sender].
func (s senderAccount) Configured() (begun, inherited bool) {
	url := kit.PartOf[*Account](s.run).url
	return url.IsSet() || url.Unknown, url.Inherited
}

var authorizationPath = path.Root(serviceName).AtName("dns_authorization_id")

// PlanNew implements [sender.Sender].
func (s senderAccount) PlanNew(ctx context.Context, config sender.Domain, plan *sender.Domain, diags *diag.Diagnostics) {
	wanted := readDomainBlock(ctx, config, diags)
	s.checkAuthorization(wanted, diags)
	if s.publishesOnly(wanted) {
		checkPublishedOnly(wanted, "", diags)
	}
}

// checkAuthorization refuses credentials that Octeth cannot use, once they are known.
func (s senderAccount) checkAuthorization(m domainBlock, diags *diag.Diagnostics) {
	if m.DNSAuthorizationID.IsNull() || m.DNSAuthorizationID.IsUnknown() {
		return
	}
	id, err := zone.ParseAuthorizationID(m.DNSAuthorizationID.ValueString())
	if err == nil {
		err = Service{}.Delegate(s.run).Check(id)
	}
	if err != nil {
		diags.AddAttributeError(authorizationPath, "Octeth cannot publish with this authorization", err.Error()+".")
	}
}

// CannotChange implements [sender.Sender].
func (s senderAccount) CannotChange(ctx context.Context, plan, state sender.Domain, diags *diag.Diagnostics) []string {
	if kit.Differs(readDomainBlock(ctx, plan, diags).RecordType, readDomainBlock(ctx, state, diags).RecordType) {
		return []string{serviceName + ".record_type"}
	}
	return nil
}

// PlanChange implements [sender.Sender].
func (s senderAccount) PlanChange(ctx context.Context, plan *sender.Domain, state sender.Domain, diags *diag.Diagnostics) {
	planned, before := readDomainBlock(ctx, *plan, diags), readDomainBlock(ctx, state, diags)
	if !planned.DNSAuthorizationID.Equal(before.DNSAuthorizationID) {
		s.checkAuthorization(planned, diags)
	}
	if id, err := parseID(state.ID.ValueString()); err == nil && !id.registered() {
		checkPublishedOnly(planned, registerAfterUpgrade(state), diags)
		if !planned.DNSAuthorizationID.Equal(before.DNSAuthorizationID) {
			plan.DNSRecords = types.MapUnknown(kit.DNSRecordType)
		}
		return
	}
	changed := planned.redrawnFor(before, state.DNSRecords)
	if len(changed) > 0 || planned.mayRedraw() {
		plan.DNSRecords = types.MapUnknown(kit.DNSRecordType)
	}
	if len(changed) > 0 {
		diags.AddWarning("Octeth generates other records", fmt.Sprintf("A change of %s makes Octeth generate other DNS records for %s (%s) and treat it as unverified: "+
			"it cannot send until these are published and verified. A postmaster_dns_records and a postmaster_domain_verification that refer to it do that in the same apply.",
			strings.Join(changed, ", "), state.Domain.ValueString(), state.ID.ValueString()))
	}
	if planned.DNSAuthorizationID.IsNull() && !before.DNSAuthorizationID.IsNull() {
		warnOfStaying("Octeth no longer publishes the records", recordsIn(state.DNSRecords), diags)
	}
}

// Create registers the domain. If the block has an authorization, it then makes Octeth publish the
// records. If that fails, it deletes the domain again.
func (s senderAccount) Create(ctx context.Context, plan *sender.Domain, diags *diag.Diagnostics) (save bool) {
	planned := readDomainBlock(ctx, *plan, diags)
	client := s.open(diags)
	domain, err := kit.CanonicalMailDomain(plan.Domain.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("domain"), "Not a mail domain", err.Error()+".")
	}
	publication := s.prepare(ctx, client, planned, domain, diags)
	if diags.HasError() {
		return false
	}
	if s.publishesOnly(planned) {
		return s.publishOnly(ctx, plan, planned, publication, diags)
	}
	created, err := client.Create(ctx, planned.kind(), domain, planned.changes(domainBlock{}, plan.DNSRecords))
	switch {
	case errors.Is(err, api.ErrConflict):
		s.run.AddExists(diags, sender.DomainType, "The domain "+domain, domainID{Kind: planned.kind(), Domain: domain}.String(), err)
		return false
	case err != nil:
		kit.AddError(diags, "Unable to create sender domain", err)
		return false
	}
	id := domainID{Kind: created.Kind, Number: created.ID}
	plan.ID = types.StringValue(id.String())
	s.fill(ctx, plan, planned, created, diags)
	if publication == nil {
		return true
	}
	written, err := publication.Publish(ctx, created.Kind, nil)
	if err != nil {
		return s.undo(ctx, client, id, written, err, diags)
	}
	return true
}

// fill completes a planned domain with the result. If Octeth's answer has no records, the planned
// ones stay.
func (s senderAccount) fill(ctx context.Context, plan *sender.Domain, planned domainBlock, d octethapi.SenderDomain, diags *diag.Diagnostics) {
	if d.Records != nil {
		plan.DNSRecords = recordsValue(recordsOf(d.Domain, d.Records))
	}
	plan.SetBlock(serviceName, planned.orElse(planned.from(d, plan.DNSRecords)).object(ctx, diags))
}

// open returns the client of the installation, or adds an error.
func (s senderAccount) open(diags *diag.Diagnostics) *octethapi.Client {
	client, err := kit.PartOf[*Account](s.run).Client()
	if err != nil {
		kit.AddError(diags, "Octeth is not configured", err)
	}
	return client
}

// find returns the client and the ID of a domain in the state.
func (s senderAccount) find(state sender.Domain, diags *diag.Diagnostics) (*octethapi.Client, domainID) {
	client := s.open(diags)
	id, err := parseID(state.ID.ValueString())
	if err != nil {
		diags.AddError("Unusable id in the state", err.Error()+".")
	}
	return client, id
}

// Read looks the domain up in the user's list. A domain that is not registered cannot be looked up,
// so its state stays as it is.
func (s senderAccount) Read(ctx context.Context, state *sender.Domain, diags *diag.Diagnostics) (gone bool) {
	prior := readDomainBlock(ctx, *state, diags)
	client, id := s.find(*state, diags)
	if diags.HasError() || !id.registered() {
		return false
	}
	d, err := client.Domain(ctx, id.Kind, id.Number)
	switch {
	case kit.IsNotFound(err):
		return true
	case err != nil:
		kit.AddError(diags, "Unable to read sender domain", err)
		return false
	}
	if d.Records != nil {
		before := recordsIn(state.DNSRecords)
		state.DNSRecords = recordsValue(recordsOf(d.Domain, d.Records))
		if len(lackingRecords(recordsIn(state.DNSRecords), before)) > 0 {
			// The records were changed by hand or in an interrupted run, and nobody has published
			// them. With no authorization in the state, the next plan publishes them.
			prior.DNSAuthorizationID = types.StringNull()
		}
	}
	state.SetBlock(serviceName, prior.from(d, state.DNSRecords).object(ctx, diags))
	return false
}

// Update changes the options in one call. If Octeth has generated other records, or the
// authorization has changed, it makes Octeth publish the records again.
func (s senderAccount) Update(ctx context.Context, plan *sender.Domain, state sender.Domain, diags *diag.Diagnostics) (save bool) {
	planned, before := readDomainBlock(ctx, *plan, diags), readDomainBlock(ctx, state, diags)
	client, id := s.find(state, diags)
	if diags.HasError() {
		return false
	}
	domain, err := kit.CanonicalMailDomain(state.Domain.ValueString())
	if err != nil {
		kit.AddError(diags, "Unusable domain in the state", err)
		return false
	}
	publication := s.prepare(ctx, client, planned, domain, diags)
	if diags.HasError() {
		return false
	}
	if !id.registered() {
		return s.publishOnlyAnew(ctx, plan, state, publication, diags)
	}
	d, regenerated, err := s.change(ctx, client, id, planned.changes(before, state.DNSRecords))
	if err != nil {
		kit.AddError(diags, "Unable to change sender domain", err)
		return false
	}
	records := plan.DNSRecords
	plan.DNSRecords = state.DNSRecords
	s.fill(ctx, plan, planned, d, diags)
	now := recordsIn(plan.DNSRecords)
	if !records.IsUnknown() {
		plan.DNSRecords = records // the change should not affect them; a refresh shows whether it did
	}
	if publication == nil || !regenerated && planned.DNSAuthorizationID.Equal(before.DNSAuthorizationID) {
		return true
	}
	var own []dns.Record // only those that Octeth published: other resources remove theirs themselves
	if !before.DNSAuthorizationID.IsNull() {
		own = recordsIn(state.DNSRecords)
	}
	if !s.publishChanged(ctx, publication, id.Kind, now, own, diags) {
		// With no authorization in the state, the next plan publishes the records again.
		planned.DNSAuthorizationID = types.StringNull()
		plan.SetBlock(serviceName, planned.orElse(planned.from(d, plan.DNSRecords)).object(ctx, diags))
	}
	return true
}

// change changes the options, if there are changes, and returns the domain.
func (s senderAccount) change(ctx context.Context, client *octethapi.Client, id domainID, change octethapi.Options) (d octethapi.SenderDomain, regenerated bool, err error) {
	if change == (octethapi.Options{}) {
		d, err = client.Domain(ctx, id.Kind, id.Number)
		return d, false, err
	}
	return client.Update(ctx, id.Kind, id.Number, change)
}

// Delete implements [sender.Sender].
func (s senderAccount) Delete(ctx context.Context, state sender.Domain, diags *diag.Diagnostics) {
	client, id := s.find(state, diags)
	if diags.HasError() {
		return
	}
	if id.registered() {
		if err := client.Delete(ctx, id.Kind, id.Number); err != nil && !kit.IsNotFound(err) {
			kit.AddError(diags, "Unable to delete sender domain", err)
			return
		}
	}
	if !readDomainBlock(ctx, state, diags).DNSAuthorizationID.IsNull() {
		warnOfStaying("Records stay published", recordsIn(state.DNSRecords), diags)
	}
}

// Import takes "octeth/campaign/12" or "octeth/campaign/example.com". Some versions return the
// records of a domain only when they verify it; with these, Import verifies the domain.
func (s senderAccount) Import(ctx context.Context, text string, diags *diag.Diagnostics) (m sender.Domain, isID bool) {
	id, err := parseID(text)
	if err != nil {
		return m, false
	}
	client := s.open(diags)
	if diags.HasError() {
		return m, true
	}
	d, err := domainToImport(ctx, client, id)
	if err == nil && d.Records == nil {
		var verified octethapi.Verification
		verified, err = client.Verify(ctx, id.Kind, d.ID)
		d.Records = verified.Records
	}
	if err != nil {
		kit.AddError(diags, "Unable to import sender domain", err)
		return m, true
	}
	m = sender.Domain{
		ID: types.StringValue(domainID{Kind: id.Kind, Number: d.ID}.String()), Domain: types.StringValue(d.Domain),
		DNSRecords: recordsValue(recordsOf(d.Domain, d.Records)),
	}
	m.SetBlock(serviceName, domainBlock{}.from(d, m.DNSRecords).object(ctx, diags))
	return m, true
}

// domainToImport finds the domain of an import, with its options. The lists of older versions do
// not include options.
func domainToImport(ctx context.Context, client *octethapi.Client, id domainID) (d octethapi.SenderDomain, err error) {
	if err := client.Registers("import", id.Kind, id.String()); err != nil {
		return d, err
	}
	if id.registered() {
		d, err = client.Domain(ctx, id.Kind, id.Number)
	} else {
		d, err = client.DomainByName(ctx, id.Kind, id.Domain)
	}
	if err != nil || d.Options != (octethapi.Options{}) {
		return d, err
	}
	return client.Details(ctx, id.Kind, d.ID)
}

// Domains lists the domains of both kinds, if the version has calls for them.
func (s senderAccount) Domains(ctx context.Context) ([]sender.Item, error) {
	client, err := kit.PartOf[*Account](s.run).Client()
	if err != nil {
		return nil, err
	}
	kinds := []octethapi.Kind{octethapi.EmailGateway}
	if client.RegistersCampaigns() {
		kinds = append(kinds, octethapi.Campaign)
	}
	var items []sender.Item
	for _, kind := range kinds {
		domains, err := client.Domains(ctx, kind)
		if err != nil {
			return nil, err
		}
		for _, d := range domains {
			items = append(items, itemOf(d))
		}
	}
	return items, nil
}

// itemOf returns a domain as an item of the list.
func itemOf(d octethapi.SenderDomain) sender.Item {
	status := strings.ToLower(string(d.Status)) // disabled, suspended, or another word of some version
	switch d.Status {
	case octethapi.Enabled:
		status = sender.Verified
	case octethapi.ApprovalPending:
		status = sender.Unverified
	}
	return sender.Item{
		ID: domainID{Kind: d.Kind, Number: d.ID}.String(), Domain: d.Domain, Subdomain: types.StringPointerValue(d.Options.Subdomain),
		Valid: d.Status == octethapi.Enabled, Status: status, Default: types.BoolNull(),
	}
}
