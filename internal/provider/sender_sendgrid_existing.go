package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Existing goes by what a creation would be refused for.
func (s sendgridSender) Existing(ctx context.Context, config SenderDomain) (id string, err error) {
	var diags diag.Diagnostics
	wanted := readSendGrid(ctx, config, &diags)
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
