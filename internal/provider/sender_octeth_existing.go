package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// Existing looks for a registered domain of the name. One whose records are published and
// nothing else is not registered.
func (s octethSender) Existing(ctx context.Context, config SenderDomain) (id string, err error) {
	var diags diag.Diagnostics
	wanted := readOcteth(ctx, config, &diags)
	domain, err := canonicalMailDomain(config.Domain.ValueString())
	if err != nil || diags.HasError() || wanted.RecordType.IsUnknown() || s.publishesOnly(wanted) {
		return "", err
	}
	client, err := PartOf[*octethAccount](s.run).Client()
	if err != nil {
		return "", err
	}
	load := func(ctx context.Context) ([]octethapi.SenderDomain, error) { return client.Domains(ctx, wanted.kind()) }
	domains, err := listOnce(ctx, s.run, serviceOcteth+"/"+string(wanted.kind()), load)
	for _, d := range domains {
		if err == nil && strings.EqualFold(d.Domain, domain) {
			return octethID{Kind: d.Kind, Number: d.ID}.String(), nil
		}
	}
	return "", err
}
