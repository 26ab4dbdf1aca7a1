package zone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// warnElsewhere warns that the public DNS sends questions about a zone to the name servers of another
// one: at another host, or at the same host, where several zones can have the same name.
func (r *AuthorizationResource) warnElsewhere(ctx context.Context, editor *dns.Editor, id AuthorizationID, zone dns.HostedZone, public dns.Zone, diags *diag.Diagnostics) {
	asked := strings.Join(public.NameServers, ", ")
	host := r.Hosts.title(id.Host)
	at, _ := r.Hosts.detect(public)
	if at.Name != id.Host {
		diags.AddWarning("The zone is not delegated to this DNS host",
			fmt.Sprintf("The public DNS sends questions about %s to %s (%s), not to %s: what is published here is not seen. "+
				"If the domain has moved, change dns_provider. If it should move here, enter the name servers of %s at the registrar.",
				zone.Apex, asked, at.Title, host, host))
		return
	}
	const summary = "Another zone with this name is delegated"
	takeOver := fmt.Sprintf("If instead the zone with the id %s should serve the domain, enter its name servers at the registrar: %s.", zone.ID, strings.Join(zone.NameServers, ", "))
	if twin, ok := delegatedTwin(ctx, editor, zone, public); ok {
		diags.AddWarning(summary,
			fmt.Sprintf("The account at %s has several zones called %s. This authorization is for the one with the id %s. The public DNS sends questions about %s to %s, which are the name servers of the zone with the id %s: "+
				"what is published here is not seen.\n\nIf that zone is meant, set zone_id = %q: the records that refer to this authorization then move there. %s",
				host, zone.Apex, zone.ID, zone.Apex, asked, twin.ID, twin.ID, takeOver))
		return
	}
	diags.AddWarning(summary,
		fmt.Sprintf("This authorization is for the zone %s with the id %s at %s. The public DNS sends questions about %s to %s. These are servers of %s too, but they do not serve this zone: "+
			"what is published here is not seen. These credentials do not show another zone called %s, which may be in another account.\n\n"+
			"If that zone is meant, set zone_id to its id, and account if it takes other credentials: the records that refer to this authorization then move there. %s",
			zone.Apex, zone.ID, host, zone.Apex, asked, host, zone.Apex, takeOver))
}

// delegatedTwin returns the zone of the account that has the same name as a zone, and to whose name
// servers the public DNS sends questions. Ok is false if the account does not show exactly one.
func delegatedTwin(ctx context.Context, editor *dns.Editor, zone dns.HostedZone, public dns.Zone) (twin dns.HostedZone, ok bool) {
	found, err := editor.Zone(ctx, zone.Apex)
	candidates := []dns.HostedZone{found}
	if ambiguous := (*dns.AmbiguousZoneError)(nil); errors.As(err, &ambiguous) {
		candidates = ambiguous.Zones
	} else if err != nil {
		return dns.HostedZone{}, false
	}
	var twins []dns.HostedZone
	for _, candidate := range candidates {
		if candidate.Apex != zone.Apex || candidate.ID == zone.ID {
			continue
		}
		servers, err := editor.NameServers(ctx, candidate)
		if err == nil && slices.ContainsFunc(servers, func(server string) bool { return slices.Contains(public.NameServers, server) }) {
			twins = append(twins, candidate)
		}
	}
	if len(twins) != 1 {
		return dns.HostedZone{}, false
	}
	return twins[0], true
}
