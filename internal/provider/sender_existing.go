package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
)

// existing goes by what a creation would be refused for.
func (s sendgridSender) existing(ctx context.Context, config senderDomainModel) (id string, err error) {
	var diags diag.Diagnostics
	wanted := config.sendgrid(ctx, &diags)
	domain, err := canonicalMailDomain(config.Domain.ValueString())
	for _, decisive := range []attr.Value{wanted.Subdomain, wanted.Username, wanted.OnBehalfOf, wanted.Region} {
		if err != nil || diags.HasError() || decisive.IsUnknown() {
			return "", err
		}
	}
	client, err := PartOf[*sendgridAccount](s.run).Client()
	if err != nil {
		return "", err
	}
	client = wanted.clientForNew(client)
	account := strings.Join([]string{serviceSendGrid, string(client.Region()), wanted.OnBehalfOf.ValueString()}, "/")
	listed, err := listOnce(ctx, s.run, account, client.Domains)
	if err != nil {
		return "", err
	}
	found, err := client.InTheWay(ctx, listed, wanted.newDomain(domain))
	if err != nil || len(found) != 1 {
		return "", err
	}
	return senderID{serviceSendGrid, wanted.OnBehalfOf.ValueString(), found[0].ID}.String(), nil
}

// existing looks for a registered domain of the name. One whose records are published and
// nothing else is not registered.
func (s octethSender) existing(ctx context.Context, config senderDomainModel) (id string, err error) {
	var diags diag.Diagnostics
	wanted := config.octeth(ctx, &diags)
	domain, err := canonicalMailDomain(config.Domain.ValueString())
	if err != nil || diags.HasError() || wanted.RecordType.IsUnknown() || s.publishesOnly(wanted) {
		return "", err
	}
	client, err := PartOf[*octethAccount](s.run).Client()
	if err != nil {
		return "", err
	}
	load := func(ctx context.Context) ([]octeth.SenderDomain, error) { return client.Domains(ctx, wanted.kind()) }
	domains, err := listOnce(ctx, s.run, serviceOcteth+"/"+string(wanted.kind()), load)
	for _, d := range domains {
		if err == nil && strings.EqualFold(d.Domain, domain) {
			return octethID{Kind: d.Kind, Number: d.ID}.String(), nil
		}
	}
	return "", err
}
