package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// The blocks that are no service's.
const (
	accountsBlock  = "dns_accounts"
	resolversBlock = "dns_resolvers"
	sandboxBlock   = "sandbox"
)

// configuration is the provider's own, as it was written.
type configuration struct {
	blocks    map[string]types.Object // of services, by their names
	accounts  types.Map
	resolvers types.List
	sandbox   types.Object
	simulated bool // whether the services are
}

// readConfig reads the attributes one by one: a model could have no field for a service
// that is yet to be written.
func readConfig(ctx context.Context, config tfsdk.Config, diags *diag.Diagnostics) configuration {
	c := configuration{blocks: map[string]types.Object{}}
	for _, s := range allServices {
		var block types.Object
		diags.Append(config.GetAttribute(ctx, path.Root(s.Name()), &block)...)
		c.blocks[s.Name()] = block
	}
	diags.Append(config.GetAttribute(ctx, path.Root(accountsBlock), &c.accounts)...)
	diags.Append(config.GetAttribute(ctx, path.Root(resolversBlock), &c.resolvers)...)
	diags.Append(config.GetAttribute(ctx, path.Root(sandboxBlock), &c.sandbox)...)
	return c
}

// block is that of a service.
func (c configuration) block(service string, withEnvironment bool) block {
	b := blockOf(service, c.blocks[service])
	b.env, b.simulated = withEnvironment, c.simulated
	return b
}

// configure has each service and each room read what is its own.
func (c configuration) configure(run *Run, withEnvironment bool, diags *diag.Diagnostics) {
	Put(run, &senderRun{})
	newMailRun(run, With[MailService](allServices), c.blocks, withEnvironment)
	newZones(run, With[HostService](allServices))
	for _, s := range allServices {
		s.Configure(run, c.block(s.Name(), withEnvironment), diags)
	}
	ZonesOf(run).addAccounts(c.accounts, c.simulated, diags)
}
