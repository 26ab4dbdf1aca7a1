package zone

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// byNameOnly explains why a delegate cannot work on one of several zones with one name.
func byNameOnly(s DelegateService, otherwise string) string {
	return fmt.Sprintf("%s is told the name of a domain only. It cannot be told which zone is meant, and may write to another zone with that name. "+
		"%s use via = %q: this provider then finds the zone itself, and postmaster_dns_records publishes there.", kit.StartOfSentence(s.Title()), otherwise, viaDirect)
}

// refuseZoneID adds an error if the configuration has a zone_id for a delegate.
func (r *AuthorizationResource) refuseZoneID(plan, config authorizationModel, diags *diag.Diagnostics) {
	if s, ok := r.delegate(plan.Via.ValueString()); ok && !config.ZoneID.IsNull() {
		diags.AddAttributeError(path.Root("zone_id"), kit.StartOfSentence(s.Title())+" cannot be told the zone", byNameOnly(s, "Remove zone_id. If the account has several zones with that name,"))
	}
}

// refuseTwins adds an error if a new authorization by a delegate is for one of several zones with one
// name. The ID has the zone's own ID then.
func (r *AuthorizationResource) refuseTwins(via string, id AuthorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	if s, ok := r.delegate(via); ok && id.ZoneID != "" {
		diags.AddAttributeError(path.Root("via"), kit.StartOfSentence(s.Title())+" cannot be told the zone",
			fmt.Sprintf("The account at %s has several zones called %s. %s", r.Hosts.title(id.Host), zone.Apex, byNameOnly(s, "Instead,")))
	}
}

// warnOfTwins is refuseTwins for an authorization in the state, for which nothing is to be written yet. Its
// ID has the zone's own ID if the account got another zone with that name, or if it was imported so.
func (r *AuthorizationResource) warnOfTwins(via string, id AuthorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	if s, ok := r.delegate(via); ok && id.ZoneID != "" {
		diags.AddAttributeWarning(path.Root("via"), kit.StartOfSentence(s.Title())+" cannot be told the zone",
			fmt.Sprintf("This authorization is for the zone with the id %s: the account at %s has had several zones called %s, or the authorization was imported with that id. %s Until then, nothing more is published by way of %s.",
				id.ZoneID, r.Hosts.title(id.Host), zone.Apex, byNameOnly(s, "Instead,"), s.Title()))
	}
}
