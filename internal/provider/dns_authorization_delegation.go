package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// findHost asks the DNS, or Octeth, who hosts the domain's zone.
func (r *dnsAuthorizationResource) findHost(ctx context.Context, m *dnsAuthorizationModel, diags *diag.Diagnostics) {
	if host, ok := r.accountHost(m.Account); ok {
		m.DNSProvider = types.StringValue(host)
		return
	}
	if m.Via.ValueString() == viaOcteth {
		r.findHostByOcteth(ctx, m, diags)
		return
	}
	const summary = "Unable to find the DNS host"
	lookup, err := r.services.Lookup()
	if err != nil {
		addError(diags, summary, err)
		return
	}
	wayOut := fmt.Sprintf("Set dns_provider if the zone is at a host that is supported (%s) all the same, as one that is not delegated yet.", strings.Join(hostNames(), ", "))
	zone, err := lookup.Apex(ctx, m.Domain.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("dns_provider"), summary, err.Error()+".\n\n"+wayOut)
		return
	}
	found := dns.DetectHost(zone)
	if hostNamed(found.Name) != nil {
		m.DNSProvider = types.StringValue(found.Name)
		return
	}
	onServer, whyNot := r.isOnUpdateServer(ctx, zone.Apex)
	if onServer {
		m.DNSProvider = types.StringValue(rfc2136Kind.name)
		return
	}
	diags.AddAttributeError(path.Root("dns_provider"), summary,
		fmt.Sprintf("The zone %s has the name servers %s: %s. Records cannot be published there by this provider; feed dns_records to that host's own provider instead. %s%s",
			zone.Apex, strings.Join(zone.NameServers, ", "), found.Title, wayOut, whyNot))
}

// isOnUpdateServer is whether the RFC 2136 server, whose name servers may have any
// name, is configured and takes updates of the zone. WhyNot is what is to be added
// to a message where it has the zone and does not take them.
func (r *dnsAuthorizationResource) isOnUpdateServer(ctx context.Context, apex string) (found bool, whyNot string) {
	editor, err := r.services.editor(accountKey{host: rfc2136Kind.name})
	if err != nil {
		return false, ""
	}
	zone, err := editor.Zone(ctx, apex)
	if err != nil || zone.Apex != apex {
		return false, ""
	}
	if _, err := editor.Host().CheckAccess(ctx, zone); err != nil {
		return false, "\n\nThe RFC 2136 server that is configured has the zone, but cannot be used for it: " + err.Error() + "."
	}
	return true, ""
}

// setZone fills in what is known of a zone.
func (r *dnsAuthorizationResource) setZone(ctx context.Context, m *dnsAuthorizationModel, id authorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	if m.Zone.IsNull() || m.Zone.IsUnknown() {
		m.Zone = types.StringValue(zone.Apex)
	}
	m.ZoneID = types.StringValue(zone.ID)
	if zone.Warning != "" {
		diags.AddWarning("The zone needs attention", fmt.Sprintf("The zone %s at %s: %s.", zone.Apex, hostTitle(id.Host), strings.TrimSuffix(zone.Warning, ".")))
	}
	servers := zone.NameServers
	public, found, err := r.delegation(ctx, zone.Apex)
	switch {
	case err != nil:
		if m.Delegated.IsUnknown() {
			m.Delegated = types.BoolNull()
		}
	case !found:
		m.Delegated = types.BoolValue(false)
		diags.AddWarning("The zone is not delegated", fmt.Sprintf("The public DNS does not know %s yet. Enter the name servers of %s at the registrar: %s.",
			zone.Apex, hostTitle(id.Host), strings.Join(servers, ", ")))
	default:
		delegated := servedBy(id.Host, zone, public)
		m.Delegated = types.BoolValue(delegated)
		if !delegated {
			diags.AddWarning("The zone is not delegated to this DNS host",
				fmt.Sprintf("The public DNS sends questions about %s to %s (%s), not to %s: what is published here is not seen. "+
					"If the domain has moved, change dns_provider; if it is to come here, enter the name servers of %s at the registrar.",
					zone.Apex, strings.Join(public.NameServers, ", "), dns.DetectHost(public).Title, hostTitle(id.Host), hostTitle(id.Host)))
		}
		if len(servers) == 0 {
			servers = public.NameServers
		}
	}
	sorted := slices.Sorted(slices.Values(servers))
	list, d := types.ListValueFrom(ctx, types.StringType, sorted)
	m.NameServers = list
	diags.Append(d...)
}

// delegation asks the public DNS about a zone; found is false where it verifiably
// knows none of that name.
func (r *dnsAuthorizationResource) delegation(ctx context.Context, apex string) (zone dns.Zone, found bool, err error) {
	lookup, err := r.services.Lookup()
	if err != nil {
		return zone, false, err
	}
	zone, err = lookup.Apex(ctx, apex)
	var none *dns.NoSuchZoneError
	switch {
	case errors.As(err, &none):
		return zone, false, nil
	case err != nil:
		return zone, false, err
	}
	return zone, zone.Apex == apex, nil
}

// servedBy is whether the name servers that the public DNS names are the host's.
// During a change of name servers, one in common is enough.
func servedBy(host string, hosted dns.HostedZone, public dns.Zone) bool {
	for _, server := range hosted.NameServers {
		if slices.Contains(public.NameServers, server) {
			return true
		}
	}
	return len(hosted.NameServers) == 0 && dns.DetectHost(public).Name == host
}
