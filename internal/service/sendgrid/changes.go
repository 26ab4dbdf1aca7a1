package sendgrid

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
)

// replacedBy returns the names of the attributes with changes that the API cannot make, so that the
// domain has to be replaced.
func (m domainBlock) replacedBy(before domainBlock, note domainNote, records types.Map) []string {
	replaced := map[string]bool{
		"subdomain":          !kit.DNSNameSpelling.Same(m.Subdomain, before.Subdomain) && kit.Changed(m.Subdomain, before.Subdomain),
		"automatic_security": kit.Changed(m.AutomaticSecurity, before.AutomaticSecurity),
		// If the domain's records contain the selector, the domain has it, even if the state does
		// not say so.
		"custom_dkim_selector": kit.Changed(m.CustomDKIMSelector, before.CustomDKIMSelector) &&
			(!before.CustomDKIMSelector.IsNull() || !hasSelector(records, m.CustomDKIMSelector.ValueString())),
		"region":   kit.Changed(m.Region, before.Region) && !note.RegionAssumed,
		"username": ownershipOf(before, note).isAnother(m.Username),
		// If no account was set before, the one that is set now may be the one that has the domain.
		"on_behalf_of": kit.Differs(m.OnBehalfOf, before.OnBehalfOf),
	}
	var names []string
	for name, is := range replaced {
		if is {
			names = append(names, serviceName+"."+name)
		}
	}
	slices.Sort(names)
	return names
}

// hasSelector reports whether the DKIM records of a domain are at a selector. It is also true if no
// record shows a selector.
func hasSelector(records types.Map, selector string) bool {
	d := sendgridapi.Domain{Records: map[string]sendgridapi.Record{}}
	for key, value := range records.Elements() {
		if record, ok := value.(types.Object); ok {
			if name, ok := record.Attributes()["name"].(types.String); ok {
				d.Records[key] = sendgridapi.Record{Name: name.ValueString()}
			}
		}
	}
	return d.HasSelector(selector)
}

// planSelector corrects a selector that the state has but the domain does not. Version 0.1.0 saved
// the selector in the state when it was added to an existing domain, but did not send it to
// SendGrid.
func planSelector(domain string, config domainBlock, planned *domainBlock, before domainBlock, records types.Map, diags *diag.Diagnostics) {
	selector := before.CustomDKIMSelector.ValueString()
	if selector == "" || hasSelector(records, selector) {
		return
	}
	if config.CustomDKIMSelector.IsNull() {
		planned.CustomDKIMSelector = types.StringNull()
		return
	}
	diags.AddAttributeWarning(path.Root(serviceName).AtName("custom_dkim_selector"), domain+" does not have the configured DKIM selector",
		fmt.Sprintf("The state has the selector %q, but the domain's DKIM records are at another one. The selector was added after SendGrid had created the domain, which changes nothing there. "+
			"Remove the line, or replace the domain with terraform apply -replace.", selector))
}

// changesRecords reports whether an update in place may change the records. With manual security,
// custom_spf and ips determine the SPF record.
func (m domainBlock) changesRecords(before domainBlock) bool {
	return !before.AutomaticSecurity.ValueBool() && (!m.CustomSPF.Equal(before.CustomSPF) || !m.IPs.Equal(before.IPs))
}

// manualSecurity refuses attributes that need manual security if the configuration sets
// automatic_security to true.
type manualSecurity struct{}

func (manualSecurity) Description(context.Context) string {
	return "custom_spf and ips need automatic_security = false"
}

func (v manualSecurity) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateObject implements [validator.Object]. If automatic_security is not set, the plan decides,
// because an imported domain may have manual security.
func (manualSecurity) ValidateObject(ctx context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var m domainBlock
	resp.Diagnostics.Append(req.ConfigValue.As(ctx, &m, basetypes.ObjectAsOptions{})...)
	if m.AutomaticSecurity.ValueBool() {
		m.refuseCustomSPF(m, &resp.Diagnostics)
	}
}

// refuseCustomSPF refuses new settings of the SPF record for a domain with automatic security,
// where SendGrid manages that record.
func (m domainBlock) refuseCustomSPF(asked domainBlock, diags *diag.Diagnostics) {
	for name, is := range map[string]bool{"custom_spf": asked.CustomSPF.ValueBool(), "ips": len(asked.IPs.Elements()) > 0} {
		if is {
			diags.AddAttributeError(path.Root(serviceName).AtName(name), "Only with manual security",
				fmt.Sprintf("sendgrid.%s sets the SPF record of a domain with manual security. With automatic security, which is the default, SendGrid manages that record itself. "+
					"Remove the line, or set automatic_security = false, which replaces an existing domain.", name))
		}
	}
}

// apply makes the calls that change a domain from the state before to the plan: one call for each
// change, none for what stays.
func (m domainBlock) apply(ctx context.Context, client *sendgridapi.Client, ref sendgridapi.Ref, before domainBlock, note domainNote) (sendgridapi.Domain, error) {
	d, err := client.DomainNow(ctx, ref)
	if err != nil {
		return d, err
	}
	ref = d.Ref()
	var changes sendgridapi.Changes
	if kit.Changed(m.Default, before.Default) {
		changes.Default = m.Default.ValueBoolPointer()
	}
	if kit.Changed(m.CustomSPF, before.CustomSPF) {
		changes.CustomSPF = m.CustomSPF.ValueBoolPointer()
	}
	if changes != (sendgridapi.Changes{}) {
		if d, err = client.Update(ctx, ref, changes); err != nil {
			return d, err
		}
	}
	if kit.Changed(m.IPs, before.IPs) {
		wanted, had := kit.TextsOf(m.IPs), kit.TextsOf(before.IPs)
		for _, ip := range addressesLackingIn(wanted, had) {
			if d, err = client.AddIP(ctx, ref, ip); err != nil {
				return d, err
			}
		}
		for _, ip := range addressesLackingIn(had, wanted) {
			if d, err = client.RemoveIP(ctx, ref, ip); err != nil {
				return d, err
			}
		}
	}
	return m.associate(ctx, client, d, before, note)
}

// associate makes the associated subusers of a domain those that are planned. It also removes
// associations that somebody else has made meanwhile.
func (m domainBlock) associate(ctx context.Context, client *sendgridapi.Client, d sendgridapi.Domain, before domainBlock, note domainNote) (sendgridapi.Domain, error) {
	o := ownershipOf(before, note.of(d, client))
	anew := o.isAssociation(m.Username) && kit.Changed(m.Username, before.Username)
	if !kit.Changed(m.Subusers, before.Subusers) && !anew {
		return d, nil
	}
	ref, err := d.Ref(), error(nil)
	if d.Subusers == nil {
		if d, err = client.Domain(ctx, ref); err != nil {
			return d, err
		}
	}
	has := d.SubuserNames()
	wanted := kit.TextsOf(m.Subusers)
	if m.Subusers.IsUnknown() || m.Subusers.IsNull() {
		wanted = has
		if anew {
			wanted = o.associations(has, m.Username.ValueString())
		}
	}
	return changeSubusers(ctx, client, d, usersLackingIn(wanted, has), usersLackingIn(has, wanted))
}

// changeSubusers adds associations of subusers with a domain and removes others.
func changeSubusers(ctx context.Context, client *sendgridapi.Client, d sendgridapi.Domain, add, remove []string) (sendgridapi.Domain, error) {
	ref, err := d.Ref(), error(nil)
	for _, name := range add {
		if d, err = client.AssociateSubuser(ctx, ref, name); err != nil {
			return d, err
		}
	}
	for _, name := range remove {
		if d, err = client.DisassociateSubuser(ctx, ref, name); err != nil {
			return d, err
		}
	}
	return d, nil
}

// notAsPlanned says how a new domain differs from the plan in a way that no update can correct, or
// returns "". Other differences are drift: the next plan shows and corrects them.
func (m domainBlock) notAsPlanned(d sendgridapi.Domain, records types.Map) string {
	lacking := lackingKeys(records, d.Records)
	selector := m.CustomDKIMSelector.ValueString()
	switch {
	case len(lacking) > 0:
		return fmt.Sprintf("without the records %s, which its documentation says it creates", strings.Join(lacking, ", "))
	case selector != "" && !d.HasSelector(selector):
		return fmt.Sprintf("without the DKIM selector %s, which was asked for", selector)
	case kit.Changed(m.AutomaticSecurity, attr.Value(types.BoolValue(d.AutomaticSecurity))):
		return fmt.Sprintf("with automatic_security = %t, which is not what was asked for", d.AutomaticSecurity)
	}
	return ""
}
