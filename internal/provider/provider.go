// Package provider makes the Terraform provider from the list of services: its schema, its
// configuration, and the resources and data sources of the rooms and the services.
package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cert"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

var (
	_ provider.Provider                   = (*postmaster)(nil)
	_ provider.ProviderWithValidateConfig = (*postmaster)(nil)
)

// Hooks are what tests change in a provider. The zero value changes nothing.
type Hooks struct {
	// OpenSandbox returns the sandbox to use. Nil opens a new one with the options.
	OpenSandbox func(sandbox.Options) (*sandbox.Sandbox, error)
	// Adjust changes a run after it was configured. It may be nil.
	Adjust func(*kit.Run)
}

type postmaster struct {
	version string
	hooks   Hooks
}

// New returns a constructor of the provider, as plugin servers take it. version is the provider's
// version in the User-Agent header.
func New(version string) func() provider.Provider { return NewWith(version, Hooks{}) }

// NewWith is New with hooks for tests.
func NewWith(version string, hooks Hooks) func() provider.Provider {
	return func() provider.Provider { return &postmaster{version: version, hooks: hooks} }
}

func (p *postmaster) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "postmaster"
	resp.Version = p.version
}

func (p *postmaster) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		accountsBlock:  zone.AccountsAttribute(kit.With[zone.HostService](service.All)),
		resolversBlock: resolversAttribute(),
		sandboxBlock:   sandboxAttribute(),
	}
	for _, s := range service.All {
		attributes[s.Name()] = s.Block()
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Everything a domain needs to send and receive mail, as code.\n\n" +
			"Each block configures one service and is optional: configure only the services that you use. " +
			"If an attribute is not set, the value of its environment variable is used. An unknown value is not replaced by the variable.",
		Attributes: attributes,
	}
}

// ValidateConfig finds the errors that the configuration alone shows.
func (p *postmaster) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	config := ReadConfig(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if _, use, known := sandboxPath(config.sandbox); use || !known {
		return // in the sandbox, all other blocks are ignored
	}
	config.Configure(kit.NewRun(p.version, service.All), false, &resp.Diagnostics)
	readResolvers(ctx, config.resolvers, &resp.Diagnostics)
}

// Configure reads the configuration into a run. It makes no client: a missing credential is an
// error only of the resource that needs it first, so that using one service does not require the
// credentials of others.
func (p *postmaster) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	config := ReadConfig(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	run := kit.NewRun(p.version, service.All)
	file, useSandbox, known := sandboxPath(config.sandbox)
	switch {
	case !known:
		run.Undecide(path.Root(sandboxBlock).String())
		Configuration{}.Configure(run, false, &diag.Diagnostics{})
	case useSandbox:
		p.enterSandbox(ctx, run, file, config, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
	default:
		config.Configure(run, true, &resp.Diagnostics)
		run.SetResolvers(readResolvers(ctx, config.resolvers, &resp.Diagnostics))
	}
	if p.hooks.Adjust != nil {
		p.hooks.Adjust(run)
	}
	resp.ResourceData = run
	resp.DataSourceData = run
	resp.ListResourceData = run
	resp.ActionData = run
}

// enterSandbox configures a run in which all services are simulated.
func (p *postmaster) enterSandbox(ctx context.Context, run *kit.Run, file string, config Configuration, diags *diag.Diagnostics) {
	open := p.hooks.OpenSandbox
	if open == nil {
		open = sandbox.Open
	}
	config.simulated = true
	config.Configure(run, false, diags)
	box, err := open(sandbox.Options{Path: file, Services: kit.Simulations(run, service.All)})
	if err == nil {
		err = box.AddZones(sandboxZones(ctx, config.sandbox, box.DefaultZones(), diags))
	}
	if err != nil {
		diags.AddAttributeError(path.Root(sandboxBlock), "Unable to open the sandbox", err.Error())
		return
	}
	run.EnterSandbox(box, file)
	diags.AddAttributeWarning(path.Root(sandboxBlock), "Sandbox: nothing real is touched",
		fmt.Sprintf("All services are simulated inside the provider, with their state in %s. Remove `sandbox` from the provider configuration "+
			"(and POSTMASTER_SANDBOX from the environment) to work on real services.", file))
}

func (p *postmaster) Resources(context.Context) []func() resource.Resource {
	hosts, delegates := kit.With[zone.HostService](service.All), kit.With[zone.DelegateService](service.All)
	resources := []func() resource.Resource{
		mail.NewDomainResource(kit.With[mail.Service](service.All)),
		mail.NewUserResource(kit.With[mail.Service](service.All)),
		mail.NewDKIMKeyResource(kit.With[mail.Service](service.All)),
		cert.NewLetsEncryptResource(kit.With[cert.Service](service.All)),
		cert.NewTLSResource(kit.With[cert.Service](service.All)),
		zone.NewAuthorizationResource(hosts, delegates),
		zone.NewRecordsResource(hosts),
		sender.NewDomainResource(kit.With[sender.Service](service.All)),
		verify.NewResource(kit.With[verify.Service](service.All)),
	}
	for _, s := range kit.With[kit.Owner](service.All) {
		resources = append(resources, s.Own().Resources...)
	}
	return resources
}

func (p *postmaster) DataSources(context.Context) []func() datasource.DataSource {
	sources := []func() datasource.DataSource{
		mail.NewDomainsDataSource(kit.With[mail.Service](service.All)),
		mail.NewUsersDataSource(kit.With[mail.Service](service.All)),
		zone.NewProviderDataSource(kit.With[zone.HostService](service.All), kit.With[zone.DelegateService](service.All)),
		zone.NewRecordsDataSource(kit.With[zone.HostService](service.All)),
		sender.NewDomainsDataSource(kit.With[sender.Service](service.All)),
		verify.NewCheckDataSource,
	}
	for _, s := range kit.With[kit.Owner](service.All) {
		sources = append(sources, s.Own().DataSources...)
	}
	return sources
}
