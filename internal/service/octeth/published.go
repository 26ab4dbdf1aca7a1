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

// Octeth before 5.9.1 has no calls for campaign domains. It only publishes their records, by the
// call dns.set. Which records these are shows only by what the call adds to the zone.

// publishesOnly reports whether Octeth only publishes the records of a new domain of this block,
// because the installation has no calls to register it. It is false while that is not known.
func (s senderAccount) publishesOnly(m domainBlock) bool {
	if m.RecordType.IsUnknown() || m.kind() != octethapi.Campaign {
		return false
	}
	client, err := kit.PartOf[*Account](s.run).Client()
	return err == nil && !client.RegistersCampaigns() // Create reports the error
}

// checkPublishedOnly refuses attributes that a domain cannot have if it is not registered. wayOut
// is a further sentence for the error, or empty.
func checkPublishedOnly(m domainBlock, wayOut string, diags *diag.Diagnostics) {
	const since = "Octeth registers campaign domains from version 5.9.1 on (api_version of octeth in the provider configuration). Older versions only publish their records themselves"
	if m.DNSAuthorizationID.IsNull() {
		diags.AddAttributeError(authorizationPath, "Octeth has to publish the records",
			since+", which requires dns_authorization_id: the id of a postmaster_dns_authorization for the domain."+wayOut)
	}
	if set := m.options(); len(set) > 0 {
		diags.AddAttributeError(path.Root(serviceName), "There are no options to set",
			since+", and their options cannot be set: remove "+strings.Join(set, ", ")+"."+wayOut)
	}
}

// registerAfterUpgrade says how a domain gets a number once the installation registers campaign
// domains.
func registerAfterUpgrade(state sender.Domain) string {
	return fmt.Sprintf(" %s was made by an older version. Once Octeth has been upgraded and the domain is registered there, remove it from the state with a removed block, and import it with the same id.", state.ID.ValueString())
}

// publishOnly creates a domain that is not registered, by publishing its records.
func (s senderAccount) publishOnly(ctx context.Context, plan *sender.Domain, planned domainBlock, p *publication, diags *diag.Diagnostics) (save bool) {
	checkPublishedOnly(planned.chosen(), "", diags)
	if diags.HasError() {
		return false
	}
	written, err := p.Publish(ctx, octethapi.Campaign, nil)
	if err != nil {
		detail := err.Error() + "."
		if len(written) > 0 {
			detail += "\n\nThe records that Octeth has published stay in the zone:\n" + recordLines(written)
		}
		diags.AddError("Unable to have Octeth publish the records", detail)
		return false
	}
	if len(written) == 0 {
		diags.AddWarning("Octeth has published nothing new", "The zone had its records already, for example after an interrupted run. It is not known which ones they are, so dns_records is empty.")
	}
	plan.ID = types.StringValue(domainID{Kind: octethapi.Campaign, Domain: p.domain}.String())
	plan.DNSRecords = recordsValue(keyed(p.domain, written))
	plan.SetBlock(serviceName, planned.chosen().object(ctx, diags))
	return true
}

// publishOnlyAnew publishes the records again, with another authorization.
func (s senderAccount) publishOnlyAnew(ctx context.Context, plan *sender.Domain, state sender.Domain, p *publication, diags *diag.Diagnostics) (save bool) {
	planned := readDomainBlock(ctx, *plan, diags).chosen()
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
		plan.DNSRecords = recordsValue(keyed(p.domain, append(own, lackingRecords(written, own)...)))
	}
	plan.SetBlock(serviceName, planned.object(ctx, diags))
	return true
}

// chosen returns the block without unknown values: those become null, because nobody has set them
// and Octeth does not return them.
func (m domainBlock) chosen() domainBlock { return m.orElse(domainBlock{RecordType: m.RecordType}) }
