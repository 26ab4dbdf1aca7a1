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

// replacedBy are the attributes whose change the API cannot make.
func (m sendgridModel) replacedBy(before sendgridModel, note SendgridNote, records types.Map) []string {
	replaced := map[string]bool{
		"subdomain":          !kit.DNSNameSpelling.Same(m.Subdomain, before.Subdomain) && kit.Changed(m.Subdomain, before.Subdomain),
		"automatic_security": kit.Changed(m.AutomaticSecurity, before.AutomaticSecurity),
		// A domain in whose records the selector is has it, also where the state does not say so.
		"custom_dkim_selector": kit.Changed(m.CustomDKIMSelector, before.CustomDKIMSelector) &&
			(!before.CustomDKIMSelector.IsNull() || !hasSelector(records, m.CustomDKIMSelector.ValueString())),
		"region":   kit.Changed(m.Region, before.Region) && !note.RegionAssumed,
		"username": ownershipOf(before, note).isAnother(m.Username),
		// An account that is named only now may be the one that has the domain anyhow.
		"on_behalf_of": kit.Differs(m.OnBehalfOf, before.OnBehalfOf),
	}
	var names []string
	for name, is := range replaced {
		if is {
			names = append(names, ServiceSendGrid+"."+name)
		}
	}
	slices.Sort(names)
	return names
}

// hasSelector is whether the DKIM records of a domain are at a selector. It is true
// too where no record tells.
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

// planSelector looks after a selector that the state has and the domain has not.
// Version 0.1.0 wrote it there when it was added to a domain that was there already,
// and SendGrid never heard of it.
func planSelector(domain string, config sendgridModel, planned *sendgridModel, before sendgridModel, records types.Map, diags *diag.Diagnostics) {
	selector := before.CustomDKIMSelector.ValueString()
	if selector == "" || hasSelector(records, selector) {
		return
	}
	if config.CustomDKIMSelector.IsNull() {
		planned.CustomDKIMSelector = types.StringNull()
		return
	}
	diags.AddAttributeWarning(path.Root(ServiceSendGrid).AtName("custom_dkim_selector"), domain+" does not have the DKIM selector of its configuration",
		fmt.Sprintf("The state has the selector %q, but the domain's DKIM records are elsewhere: the selector was added after SendGrid had made the domain, which changes nothing there. "+
			"Remove the line, or have a new domain made by terraform apply -replace.", selector))
}

// changesRecords is whether a change in place may change the records: with manual
// security, the SPF record lists what custom_spf and ips say.
func (m sendgridModel) changesRecords(before sendgridModel) bool {
	return !before.AutomaticSecurity.ValueBool() && (!m.CustomSPF.Equal(before.CustomSPF) || !m.IPs.Equal(before.IPs))
}

// manualSecurity refuses what only a domain with manual security can have, where the
// configuration says that the domain has automatic security.
type manualSecurity struct{}

func (manualSecurity) Description(context.Context) string {
	return "custom_spf and ips need automatic_security = false"
}

func (v manualSecurity) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateObject implements validator.Object. Where automatic_security is left out,
// the plan decides: a domain that was imported may have manual security.
func (manualSecurity) ValidateObject(ctx context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	var m sendgridModel
	resp.Diagnostics.Append(req.ConfigValue.As(ctx, &m, basetypes.ObjectAsOptions{})...)
	if m.AutomaticSecurity.ValueBool() {
		m.refuseCustomSPF(m, &resp.Diagnostics)
	}
}

// refuseCustomSPF refuses what a block newly asks for of the SPF record. It is for a
// domain with automatic security, where SendGrid keeps that record.
func (m sendgridModel) refuseCustomSPF(asked sendgridModel, diags *diag.Diagnostics) {
	for name, is := range map[string]bool{"custom_spf": asked.CustomSPF.ValueBool(), "ips": len(asked.IPs.Elements()) > 0} {
		if is {
			diags.AddAttributeError(path.Root(ServiceSendGrid).AtName(name), "Only with manual security",
				fmt.Sprintf("sendgrid.%s is about the SPF record of a domain with manual security. With automatic security, which is the default, SendGrid keeps that record itself. "+
					"Remove the line, or set automatic_security = false, which an existing domain is replaced for.", name))
		}
	}
}

// apply makes the calls that bring a domain from what it was to the plan: one for
// each thing that changes, none for what the plan leaves as it is.
func (m sendgridModel) apply(ctx context.Context, client *sendgridapi.Client, ref sendgridapi.Ref, before sendgridModel, note SendgridNote) (sendgridapi.Domain, error) {
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

// associate brings the associated subusers of a domain to what is planned. Whoever is
// associated meanwhile by somebody else is not planned, and is taken away.
func (m sendgridModel) associate(ctx context.Context, client *sendgridapi.Client, d sendgridapi.Domain, before sendgridModel, note SendgridNote) (sendgridapi.Domain, error) {
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

// changeSubusers associates some subusers with a domain, and others no longer.
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

// notAsPlanned says in what a new domain is not what was planned; "" if in nothing.
// What is merely set otherwise is drift, which the next plan shows and changes.
func (m sendgridModel) notAsPlanned(d sendgridapi.Domain, records types.Map) string {
	lacking := lackingKeys(records, d.Records)
	selector := m.CustomDKIMSelector.ValueString()
	switch {
	case len(lacking) > 0:
		return fmt.Sprintf("without the records %s, which its documentation promises", strings.Join(lacking, ", "))
	case selector != "" && !d.HasSelector(selector):
		return fmt.Sprintf("without the DKIM selector %s, which was asked for", selector)
	case kit.Changed(m.AutomaticSecurity, attr.Value(types.BoolValue(d.AutomaticSecurity))):
		return fmt.Sprintf("with automatic_security = %t, which is not what was asked for", d.AutomaticSecurity)
	}
	return ""
}
