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

// The blocks and attributes that belong to no service.
const (
	accountsBlock  = "dns_accounts"
	resolversBlock = "dns_resolvers"
	sandboxBlock   = "sandbox"
)

// Configuration is the configuration of the provider.
type Configuration struct {
	blocks    map[string]types.Object // the blocks of services, by their names
	accounts  types.Map
	resolvers types.List
	sandbox   types.Object
	simulated bool // whether the services are simulated
}

// ReadConfig reads the attributes one by one, because a model with fields would have to know all
// services.
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

// Block returns the block of a service. If withEnvironment is true, environment variables supply
// attributes that are not set.
func (c Configuration) Block(service string, withEnvironment bool) kit.Block {
	b := kit.BlockOf(service, c.blocks[service])
	b.Env, b.Simulated = withEnvironment, c.simulated
	return b
}

// Configure lets each service and each room read its part of the configuration into the run.
func (c Configuration) Configure(run *kit.Run, withEnvironment bool, diags *diag.Diagnostics) {
	kit.Put(run, &sender.Run{})
	mail.NewRun(run, kit.With[mail.Service](service.All), c.blocks, withEnvironment)
	zone.NewZones(run, kit.With[zone.HostService](service.All))
	for _, s := range service.All {
		run.Configure(s, c.Block(s.Name(), withEnvironment), diags)
	}
	zone.ZonesOf(run).AddAccounts(c.accounts, c.simulated, diags)
}
