package octeth

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// Before version 5.9.1 Octeth has no calls for the domains of campaigns. Their records
// are all that there is: published by dns.set, and known by what it adds to the zone.

// publishesOnly is whether a new domain of the block is not registered, as the
// installation has no calls for it; false while that is not known.
func (s octethSender) publishesOnly(m octethModel) bool {
	if m.RecordType.IsUnknown() || m.kind() != octethapi.Campaign {
		return false
	}
	client, err := kit.PartOf[*Account](s.run).Client()
	return err == nil && !client.RegistersCampaigns() // whoever creates says what is wrong
}

// checkPublishedOnly refuses what cannot be had of a domain that is not registered.
// wayOut, if any, is a sentence more.
func checkPublishedOnly(m octethModel, wayOut string, diags *diag.Diagnostics) {
	const since = "Octeth registers domains for campaigns from version 5.9.1 on (api_version of octeth in the provider configuration). Before, it does no more than publish their records by itself"
	if m.DNSAuthorizationID.IsNull() {
		diags.AddAttributeError(octethAuthorizationPath, "Octeth has to publish the records",
			since+", which takes dns_authorization_id: the id of a postmaster_dns_authorization for the domain."+wayOut)
	}
	if set := m.options(); len(set) > 0 {
		diags.AddAttributeError(path.Root(ServiceOcteth), "There are no options to set",
			since+", with options that cannot be chosen: remove "+strings.Join(set, ", ")+"."+wayOut)
	}
}

// registerAfterUpgrade says how a domain comes by a number once the installation has
// them.
func registerAfterUpgrade(state sender.Domain) string {
	return fmt.Sprintf(" %s was made in that way. Once the installation is newer, take it out of the state by a removed block, and import the domain that Octeth has by then, by the same id.", state.ID.ValueString())
}

// publishOnly makes a domain that is not registered, by publishing its records.
func (s octethSender) publishOnly(ctx context.Context, plan *sender.Domain, planned octethModel, p *octethPublication, diags *diag.Diagnostics) (save bool) {
	checkPublishedOnly(planned.chosen(), "", diags)
	if diags.HasError() {
		return false
	}
	written, err := p.Publish(ctx, octethapi.Campaign, nil)
	if err != nil {
		detail := err.Error() + "."
		if len(written) > 0 {
			detail += "\n\nWhat Octeth has published stays in the zone:\n" + recordLines(written)
		}
		diags.AddError("Unable to have Octeth publish the records", detail)
		return false
	}
	if len(written) == 0 {
		diags.AddWarning("Octeth has published nothing new", "Its records were in the zone before, as after a run that was interrupted. Which ones they are cannot be told, and dns_records has none.")
	}
	plan.ID = types.StringValue(OctethID{Kind: octethapi.Campaign, Domain: p.domain}.String())
	plan.DNSRecords = octethRecordsValue(octethKeyed(p.domain, written))
	plan.SetBlock(ServiceOcteth, planned.chosen().object(ctx, diags))
	return true
}

// publishOnlyAnew publishes the records by another authorization.
func (s octethSender) publishOnlyAnew(ctx context.Context, plan *sender.Domain, state sender.Domain, p *octethPublication, diags *diag.Diagnostics) (save bool) {
	planned := readOcteth(ctx, *plan, diags).chosen()
	checkPublishedOnly(planned, registerAfterUpgrade(state), diags)
	if diags.HasError() {
		return false
	}
	own := recordsIn(state.DNSRecords)
	written, err := p.Publish(ctx, octethapi.Campaign, own)
	if !reportPublication(err, diags) {
		return false
	}
	if plan.DNSRecords.IsUnknown() {
		plan.DNSRecords = octethRecordsValue(octethKeyed(p.domain, append(own, lackingRecords(written, own)...)))
	}
	plan.SetBlock(ServiceOcteth, planned.object(ctx, diags))
	return true
}

// chosen is a block with nothing open: what nobody has chosen is not known to anybody.
func (m octethModel) chosen() octethModel { return m.orElse(octethModel{RecordType: m.RecordType}) }
