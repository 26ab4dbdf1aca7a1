package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

var _ provider.ProviderWithListResources = (*postmaster)(nil)

// ListResources returns what finds existing objects, for terraform query.
func (p *postmaster) ListResources(context.Context) []func() list.ListResource {
	hosts, delegates := kit.With[zone.HostService](service.All), kit.With[zone.DelegateService](service.All)
	return []func() list.ListResource{
		mail.NewDomainList(kit.With[mail.Service](service.All)),
		mail.NewUserList(kit.With[mail.Service](service.All)),
		mail.NewDKIMKeyList(kit.With[mail.Service](service.All)),
		zone.NewAuthorizationList(hosts, delegates),
		zone.NewRecordsList(hosts),
		sender.NewDomainList(kit.With[sender.Service](service.All)),
	}
}
