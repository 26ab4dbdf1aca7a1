package zone

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

// hostProblem says why the DNS host of a domain was not found.
type hostProblem struct {
	// detail is a text for people.
	detail string
	// passing says that there was no answer, and that the same question may be answered in a
	// moment, or after other changes of the run. Examples are a domain that is not delegated yet,
	// and a resolver that does not reply.
	passing bool
}

// Report adds the problem as an error.
func (p *hostProblem) Report(diags *diag.Diagnostics) {
	diags.AddAttributeError(path.Root("dns_provider"), "Unable to find the DNS host", p.detail)
}

// findHost returns the host of the account or, without an account, asks the DNS or the delegate for
// the host of the domain's zone.
func (r *AuthorizationResource) findHost(ctx context.Context, m authorizationModel) (string, *hostProblem) {
	if host, ok := r.AccountHost(m.Account); ok {
		return host, nil
	}
	if delegate, ok := r.delegate(m.Via.ValueString()); ok {
		return r.FindHostBy(ctx, delegate, m.Domain.ValueString())
	}
	lookup, err := r.Run.Lookup()
	if err != nil {
		return "", &hostProblem{detail: err.Error() + "."}
	}
	wayOut := fmt.Sprintf("If the zone is nevertheless at a supported host (%s), for example because it is not delegated yet, set dns_provider.", r.Hosts.names())
	zone, err := lookup.Apex(ctx, m.Domain.ValueString())
	if err != nil {
		return "", &hostProblem{detail: err.Error() + ".\n\n" + wayOut, passing: true}
	}
	found, supported := r.Hosts.detect(zone)
	if supported {
		return found.Name, nil
	}
	self, problem := r.askHosts(ctx, zone.Apex)
	if problem == nil {
		return self, nil
	}
	problem.detail = fmt.Sprintf("The zone %s has the name servers %s: %s. This provider cannot publish records there; pass dns_records to that host's own provider instead. %s%s",
		zone.Apex, strings.Join(zone.NameServers, ", "), found.Title, wayOut, problem.detail)
	return "", problem
}

// askHosts asks the configured hosts that may serve any zone whether they have one and allow edits.
// The detail of the problem is to be added to a message. It is empty unless a host has the zone and
// does not allow edits.
func (r *AuthorizationResource) askHosts(ctx context.Context, apex string) (string, *hostProblem) {
	problem := &hostProblem{}
	for _, host := range r.Hosts {
		if _, self := host.(SelfDetecting); !self {
			continue
		}
		found, whyNot := r.isAt(ctx, host, apex)
		if found {
			return host.Name(), nil
		}
		problem.detail += whyNot
		// The host may have the zone, but its address or key is not known yet.
		problem.passing = problem.passing || ZonesOf(r.Run).Pending(AuthorizationID{Host: host.Name()})
	}
	return "", problem
}

// isAt reports whether a host is configured, has a zone and allows edits. WhyNot is to be added to
// a message; it is empty unless the host has the zone and does not allow edits.
func (r *AuthorizationResource) isAt(ctx context.Context, host HostService, apex string) (found bool, whyNot string) {
	editor, err := ZonesOf(r.Run).Editor(AccountKey{Host: host.Name()})
	if err != nil {
		return false, ""
	}
	zone, err := editor.Zone(ctx, apex)
	if err != nil || zone.Apex != apex {
		return false, ""
	}
	if _, err := editor.Host().CheckAccess(ctx, zone); err != nil {
		return false, fmt.Sprintf("\n\n%s that is configured has the zone, but cannot be used for it: %s.", kit.StartOfSentence(host.Title()), err)
	}
	return true, ""
}

// setZone sets the attributes of a zone.
func (r *AuthorizationResource) setZone(ctx context.Context, m *authorizationModel, editor *dns.Editor, id AuthorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	public, found, err := ZonesOf(r.Run).delegation(ctx, zone.Apex)
	zone.NameServers = nameServersOf(ctx, m, editor, zone, public, diags)
	if m.Zone.IsNull() || m.Zone.IsUnknown() {
		m.Zone = types.StringValue(zone.Apex)
	}
	if m.ZoneID.IsNull() || m.ZoneID.IsUnknown() || id.ZoneID == "" {
		m.ZoneID = types.StringValue(zone.ID) // otherwise it may be another form of the same ID
	}
	if zone.Warning != "" {
		diags.AddWarning("The zone needs attention", fmt.Sprintf("The zone %s at %s: %s.", zone.Apex, r.Hosts.title(id.Host), strings.TrimSuffix(zone.Warning, ".")))
	}
	servers := zone.NameServers
	switch {
	case err != nil:
		if m.Delegated.IsUnknown() {
			m.Delegated = types.BoolNull()
		}
	case !found:
		m.Delegated = types.BoolValue(false)
		diags.AddWarning("The zone is not delegated", fmt.Sprintf("The public DNS does not know %s yet. Enter the name servers of %s at the registrar: %s.",
			zone.Apex, r.Hosts.title(id.Host), strings.Join(servers, ", ")))
	default:
		delegated := r.Hosts.servedBy(id.Host, zone, public)
		m.Delegated = types.BoolValue(delegated)
		if !delegated {
			r.warnElsewhere(ctx, editor, id, zone, public, diags)
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

// nameServersOf returns the name servers that the host assigned to a zone; nil if it does not tell.
// If it takes a call to learn them, those in the state are used, because they never change. They may
// come from the public DNS, if the credentials were not allowed to make the call. So the host is asked
// if the zone is delegated to others.
func nameServersOf(ctx context.Context, m *authorizationModel, editor *dns.Editor, zone dns.HostedZone, public dns.Zone, diags *diag.Diagnostics) []string {
	_, tells := editor.Host().(dns.NameServerTeller)
	if known := m.ZoneID; tells && !known.IsUnknown() && known.ValueString() == zone.ID && !m.NameServers.IsUnknown() {
		var servers []string
		diags.Append(m.NameServers.ElementsAs(ctx, &servers, false)...)
		if slices.ContainsFunc(servers, func(server string) bool { return slices.Contains(public.NameServers, server) }) {
			return servers
		}
	}
	servers, err := editor.NameServers(ctx, zone)
	if err != nil {
		kit.AddError(diags, "Unable to read the name servers of the zone", err)
	}
	return servers
}

// servedBy reports whether the zone is delegated to the host. One common name server is enough,
// because the name servers may be changing.
func (h Hosts) servedBy(host string, hosted dns.HostedZone, public dns.Zone) bool {
	for _, server := range hosted.NameServers {
		if slices.Contains(public.NameServers, server) {
			return true
		}
	}
	found, _ := h.detect(public)
	return len(hosted.NameServers) == 0 && found.Name == host
}
