package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// importVia is what stands between an authorization's ID and its `via` in what an
// import takes: the ID does not tell it.
const importVia = "#via="

// viaAttribute is who finds the host and tries the credentials.
func viaAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional:      true,
		Computed:      true,
		Default:       stringdefault.StaticString(viaDirect),
		Validators:    []validator.String{stringvalidator.OneOf(viaDirect, viaOcteth)},
		PlanModifiers: []planmodifier.String{replaceUnlessSameWay()},
		MarkdownDescription: "`direct` (the default), or `octeth`: Octeth is asked for the host where `dns_provider` is not given, and tries the credentials of the account " +
			"from where it is, which shows before anything is published whether `octeth.dns_authorization_id` of `postmaster_sender_domain` will work. " +
			"The zone is found with the same credentials from here as well. Octeth writes records at " + strings.Join(octethHostTitles(), ", ") + "; " +
			"at GoDaddy it needs `api_key` and `api_secret`, and cannot use a `token`.",
	}
}

// replaceUnlessSameWay plans a replacement for another way. An authorization from
// before there were two was direct.
func replaceUnlessSameWay() planmodifier.String {
	const description = "another way makes a new object"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !wayOf(req.StateValue).Equal(req.PlanValue)
	}, description, description)
}

// wayOf is the value of `via` in a state.
func wayOf(via types.String) types.String {
	if via.IsNull() {
		return types.StringValue(viaDirect)
	}
	return via
}

// parseAuthorizationImport reads what an import takes: an ID, and `via` where it is not direct.
func parseAuthorizationImport(text string) (id authorizationID, via string, err error) {
	text, via, told := strings.Cut(text, importVia)
	switch {
	case !told:
		via = viaDirect
	case via != viaDirect && via != viaOcteth:
		return id, "", fmt.Errorf("%q is no way to a DNS host; behind %q stands %s or %s", via, importVia, viaDirect, viaOcteth)
	}
	id, err = parseAuthorizationID(text)
	return id, via, err
}

// checkVia refuses, as soon as the account is known, credentials that Octeth cannot
// use.
func (r *dnsAuthorizationResource) checkVia(m *dnsAuthorizationModel, diags *diag.Diagnostics) {
	if r.run == nil || m.Via.ValueString() != viaOcteth || m.DNSProvider.IsUnknown() || m.Account.IsUnknown() {
		return
	}
	id := authorizationID{Host: m.DNSProvider.ValueString(), Account: m.Account.ValueString(), Domain: m.Domain.ValueString()}
	if err := r.run.checkOctethCredentials(id); err != nil {
		diags.AddAttributeError(path.Root("via"), "Octeth cannot use the account", err.Error()+".")
	}
}

// findHostByOcteth asks Octeth who hosts the zone of a domain.
func (r *dnsAuthorizationResource) findHostByOcteth(ctx context.Context, domain string) (string, *hostProblem) {
	name, err := r.run.octethDNSProvider(ctx, domain)
	wayOut := fmt.Sprintf("Set dns_provider if the zone is at a host that Octeth can use (%s) all the same, as one that is not delegated yet; "+
		"at any other host, use via = %q.", strings.Join(octethHostTitles(), ", "), viaDirect)
	switch kind := hostOfOcteth(name); {
	case isNotFound(err):
		return "", &hostProblem{detail: err.Error() + ".\n\n" + wayOut, passing: true}
	case err != nil:
		return "", &hostProblem{detail: err.Error() + ".", passing: r.run.octethMayAnswerLater(err)}
	case kind == nil:
		return "", &hostProblem{detail: fmt.Sprintf("Octeth says that the DNS of %s is at %q, where this provider has no credentials for it to use.\n\n%s", domain, name, wayOut)}
	default:
		return kind.name, nil
	}
}

// octethMayAnswerLater reports whether the same question may be answered at apply, after an error of Octeth: its address or
// credentials are not known yet, or it could not be reached.
func (r *Run) octethMayAnswerLater(err error) bool {
	if errors.Is(err, api.ErrNotConfigured) {
		return r.Sandbox() == nil && PartOf[*octethAccount](r).pending()
	}
	return errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrRateLimited)
}

// authorizeOcteth has Octeth try the credentials that have found the zone from here.
func (r *dnsAuthorizationResource) authorizeOcteth(ctx context.Context, id authorizationID, zone dns.HostedZone, diags *diag.Diagnostics) {
	err := r.run.authorizeOcteth(ctx, id)
	switch {
	case err == nil:
	case isRefusedAtHost(err):
		kind := hostNamed(id.Host)
		diags.AddError("Octeth may not edit the zone", fmt.Sprintf("%s.\n\nIt is Octeth alone that %s refuses: from here, the zone %s is found with the credentials of the same account. %s. "+
			`Where Octeth need not publish by itself, use via = %q.`, err, kind.title, zone.Apex, kind.octethHurdle, viaDirect))
	default:
		addError(diags, octethMissing, err)
	}
}

// isRefusedAtHost is whether a failed attempt of Octeth's means that the DNS host
// has refused it. Both generations of the API say so, each by a code of its own;
// that Octeth itself refuses us is another.
func isRefusedAtHost(err error) bool {
	var failed *api.Error
	return errors.As(err, &failed) && failed.Kind == api.ErrAuth && (failed.Code == "4" || failed.Code == "9")
}
