package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// The blocks that are no service's.
const (
	accountsBlock  = "dns_accounts"
	resolversBlock = "dns_resolvers"
	sandboxBlock   = "sandbox"
)

// Configuration is the provider's own, as it was written.
type Configuration struct {
	blocks    map[string]types.Object // of services, by their names
	accounts  types.Map
	resolvers types.List
	sandbox   types.Object
	simulated bool // whether the services are
}

// ReadConfig reads the attributes one by one: a model could have no field for a service
// that is yet to be written.
func ReadConfig(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) Configuration {
	c := Configuration{blocks: map[string]types.Object{}}
	for _, s := range service.All {
		var block types.Object
		diags.Append(config.GetAttribute(ctx, path.Root(s.Name()), &block)...)
		c.blocks[s.Name()] = block
	}
	diags.Append(config.GetAttribute(ctx, path.Root(accountsBlock), &c.accounts)...)
	diags.Append(config.GetAttribute(ctx, path.Root(resolversBlock), &c.resolvers)...)
	diags.Append(config.GetAttribute(ctx, path.Root(sandboxBlock), &c.sandbox)...)
	return c
}

// Block is that of a service.
func (c Configuration) Block(service string, withEnvironment bool) kit.Block {
	b := kit.BlockOf(service, c.blocks[service])
	b.Env, b.Simulated = withEnvironment, c.simulated
	return b
}

// Configure has each service and each room read what is its own.
func (c Configuration) Configure(run *kit.Run, withEnvironment bool, diags *diag.Diagnostics) {
	kit.Put(run, &sender.SenderRun{})
	mail.NewMailRun(run, kit.With[mail.Service](service.All), c.blocks, withEnvironment)
	zone.NewZones(run, kit.With[zone.HostService](service.All))
	for _, s := range service.All {
		s.Configure(run, c.Block(s.Name(), withEnvironment), diags)
	}
	zone.ZonesOf(run).AddAccounts(c.accounts, c.simulated, diags)
}
