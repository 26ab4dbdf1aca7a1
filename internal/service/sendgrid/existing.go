package sendgrid

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
)

// Existing finds the domain because of which SendGrid would refuse to create the new one.
func (s senderAccount) Existing(ctx context.Context, config sender.Domain) (id string, err error) {
	var diags diag.Diagnostics
	wanted := readDomainBlock(ctx, config, &diags)
	domain, err := kit.CanonicalMailDomain(config.Domain.ValueString())
	for _, decisive := range []attr.Value{wanted.Subdomain, wanted.Username, wanted.OnBehalfOf, wanted.Region} {
		if err != nil || diags.HasError() || decisive.IsUnknown() {
			return "", err
		}
	}
	client, err := kit.PartOf[*Account](s.run).Client()
	if err != nil {
		return "", err
	}
	client = wanted.clientForNew(client)
	account := strings.Join([]string{serviceName, string(client.Region()), wanted.OnBehalfOf.ValueString()}, "/")
	listed, err := kit.ListOnce(ctx, s.run, account, client.Domains)
	if err != nil {
		return "", err
	}
	found, err := client.InTheWay(ctx, listed, wanted.newDomain(domain))
	if err != nil || len(found) != 1 {
		return "", err
	}
	return domainID{serviceName, wanted.OnBehalfOf.ValueString(), found[0].ID}.String(), nil
}
