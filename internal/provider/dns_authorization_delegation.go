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

// hostProblem is why the DNS host of a domain was not found.
type hostProblem struct {
	// detail is a text for people.
	detail string
	// passing says that there was no answer, and that the same question may be answered in a moment, or after other
	// changes of the run: a domain that is not delegated yet, or a resolver that does not reply.
	passing bool
}

// report adds the problem as an error.
func (p *hostProblem) report(diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("dns_provider"), "Unable to find the DNS host", p.detail)
}

// findHost asks the DNS, or Octeth, who hosts the zone of the domain, unless the account says it.
func (r *dnsAuthorizationResource) findHost(ctx context.Context, m dnsAuthorizationModel) (string, *hostProblem) {
	if host, ok := r.accountHost(m.Account); ok {
		return host, nil
	}
	if m.Via.ValueString() == viaOcteth {
		return r.findHostByOcteth(ctx, m.Domain.ValueString())
	}
	lookup, err := r.run.Lookup()
	if err != nil {
		return "", &hostProblem{detail: err.Error() + "."}
	}
	wayOut := fmt.Sprintf("Set dns_provider if the zone is at a host that is supported (%s) all the same, as one that is not delegated yet.", strings.Join(hostNames(), ", "))
	zone, err := lookup.Apex(ctx, m.Domain.ValueString())
	if err != nil {
		return "", &hostProblem{detail: err.Error() + ".\n\n" + wayOut, passing: true}
	}
	found := dns.DetectHost(zone)
	if hostNamed(found.Name) != nil {
		return found.Name, nil
	}
	onServer, whyNot := r.isOnUpdateServer(ctx, zone.Apex)
	if onServer {
		return rfc2136Kind.name, nil
	}
	return "", &hostProblem{
		detail: fmt.Sprintf("The zone %s has the name servers %s: %s. Records cannot be published there by this provider; feed dns_records to that host's own provider instead. %s%s",
			zone.Apex, strings.Join(zone.NameServers, ", "), found.Title, wayOut, whyNot),
		// The RFC 2136 server may serve it, but its address or key is not known yet.
		passing: zonesOf(r.run).pending(authorizationID{Host: rfc2136Kind.name}),
	}
}

// isOnUpdateServer reports whether an RFC 2136 server is configured and takes updates of the zone. Its name servers may
// have any name, so they do not tell. WhyNot is to be added to a message if the server has the zone but does not take
// updates of it.
func (r *dnsAuthorizationResource) isOnUpdateServer(ctx context.Context, apex string) (found bool, whyNot string) {
	editor, err := zonesOf(r.run).editor(accountKey{host: rfc2136Kind.name})
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
	lookup, err := r.run.Lookup()
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
