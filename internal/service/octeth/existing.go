package octeth

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
)

// Existing looks for a registered domain of this name. A campaign domain of an installation that
// only publishes records is not registered.
func (s senderAccount) Existing(ctx context.Context, config sender.Domain) (id string, err error) {
	var diags diag.Diagnostics
	wanted := readDomainBlock(ctx, config, &diags)
	domain, err := kit.CanonicalMailDomain(config.Domain.ValueString())
	if err != nil || diags.HasError() || wanted.RecordType.IsUnknown() || s.publishesOnly(wanted) {
		return "", err
	}
	client, err := kit.PartOf[*Account](s.run).Client()
	if err != nil {
		return "", err
	}
	load := func(ctx context.Context) ([]octethapi.SenderDomain, error) { return client.Domains(ctx, wanted.kind()) }
	domains, err := kit.ListOnce(ctx, s.run, serviceName+"/"+string(wanted.kind()), load)
	for _, d := range domains {
		if err == nil && strings.EqualFold(d.Domain, domain) {
			return domainID{Kind: d.Kind, Number: d.ID}.String(), nil
		}
	}
	return "", err
}
