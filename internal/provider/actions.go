package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/provider"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cert"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
)

var _ provider.ProviderWithActions = (*postmaster)(nil)

// Actions returns what can be done to an object without changing its configuration.
func (p *postmaster) Actions(context.Context) []func() action.Action {
	actions := []func() action.Action{
		cert.NewRenewAction(kit.With[cert.Service](service.All)),
		verify.NewAction(kit.With[verify.Service](service.All)),
	}
	for _, s := range kit.With[kit.Owner](service.All) {
		actions = append(actions, s.Own().Actions...)
	}
	return actions
}
