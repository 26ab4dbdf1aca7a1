// Package provider is Terraform's face of the project: schemas, plans, state and
// diagnostics. It is the only package that imports terraform-plugin-framework.
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
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ provider.Provider                   = (*postmaster)(nil)
	_ provider.ProviderWithValidateConfig = (*postmaster)(nil)
)

type postmaster struct {
	version string
}

// New returns the provider's constructor; version is what User-Agent says.
func New(version string) func() provider.Provider {
	return func() provider.Provider { return &postmaster{version: version} }
}

type providerModel struct {
	MailServer   types.Object `tfsdk:"mailserver"`
	Yandex       types.Object `tfsdk:"yandex"`
	SendGrid     types.Object `tfsdk:"sendgrid"`
	Octeth       types.Object `tfsdk:"octeth"`
	Cloudflare   types.Object `tfsdk:"cloudflare"`
	Namecheap    types.Object `tfsdk:"namecheap"`
	GoDaddy      types.Object `tfsdk:"godaddy"`
	RFC2136      types.Object `tfsdk:"rfc2136"`
	DNSAccounts  types.Map    `tfsdk:"dns_accounts"`
	DNSResolvers types.List   `tfsdk:"dns_resolvers"`
	Sandbox      types.Object `tfsdk:"sandbox"`
}

// mailBlocks are the blocks of the mail services, by the service's name.
func (m providerModel) mailBlocks() map[string]types.Object {
	return map[string]types.Object{mailServerKind.name: m.MailServer, yandexKind.name: m.Yandex}
}

// dnsBlocks are the blocks of the DNS hosts, by the host's name.
func (m providerModel) dnsBlocks() map[string]types.Object {
	return map[string]types.Object{
		cloudflareKind.name: m.Cloudflare,
		namecheapKind.name:  m.Namecheap,
		godaddyKind.name:    m.GoDaddy,
		rfc2136Kind.name:    m.RFC2136,
	}
}

func (p *postmaster) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "postmaster"
	resp.Version = p.version
}

func (p *postmaster) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Everything a domain needs to send and receive mail, as code.\n\n" +
			"Each block configures one service and is optional: whoever uses one service configures that one alone. " +
			"An attribute that is not set is taken from its environment variable; one that is not known yet is not.",
		Attributes: map[string]schema.Attribute{
			"mailserver": schema.SingleNestedAttribute{
				Optional:            true,
				MarkdownDescription: "The mail server's management API (RunEasyMail).",
				Attributes: map[string]schema.Attribute{
					"url": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "Address of the API, such as `https://mail.example.com`. Environment: `MAILSERVER_URL`.",
					},
					"username": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "User name of the API. Environment: `MAILSERVER_USERNAME`.",
					},
					"password": schema.StringAttribute{
						Optional:            true,
						Sensitive:           true,
						MarkdownDescription: "Password of the API. Environment: `MAILSERVER_PASSWORD`.",
					},
					"ca_file": schema.StringAttribute{
						Optional: true,
						MarkdownDescription: "PEM file of certificate authorities to trust beside the system's, for the API and for the hosts " +
							"whose certificates `postmaster_letsencrypt_cert` looks at.",
					},
					"allow_insecure_http": allowInsecureHTTPAttribute(),
				},
			},
			"yandex":       yandexAttribute(),
			"sendgrid":     sendgridAttribute(),
			"octeth":       octethAttribute(),
			"dns_accounts": dnsAccountsAttribute(),
			"dns_resolvers": schema.ListAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Recursive resolvers to ask for zones and name servers, each as `host:port` or `host`. " +
					"Default: the system's.",
			},
			"sandbox": schema.SingleNestedAttribute{
				Optional: true,
				MarkdownDescription: "Simulates every service inside the provider: nothing real is touched and no account is needed. " +
					"All other blocks and environment variables are ignored. Environment: `POSTMASTER_SANDBOX` (`1`, or the path).",
				Attributes: map[string]schema.Attribute{
					"path": schema.StringAttribute{
						Optional:            true,
						MarkdownDescription: "File that holds the simulated services' state, relative to the working directory. Default: `.postmaster/sandbox.json`.",
					},
					"zones": schema.MapAttribute{
						Optional:    true,
						ElementType: types.StringType,
						MarkdownDescription: "Domains that exist in the simulated world, each with its DNS host, such as `{ \"shop.example\" = \"namecheap\" }`. " +
							"Beside them there are always `example.com` at Cloudflare, `example.org` at Namecheap, `example.net` at GoDaddy and `corp.example` at an RFC 2136 server.",
					},
				},
			},
		},
	}
	for _, kind := range hostKinds {
		resp.Schema.Attributes[kind.name] = schema.SingleNestedAttribute{
			Optional:            true,
			MarkdownDescription: "Credentials to edit zones at " + kind.title + ".",
			Attributes:          kind.attributes(),
		}
	}
}

func allowInsecureHTTPAttribute() schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: "Allow plain `http://` to a host other than this machine. Credentials then travel unencrypted. Default: `false`.",
	}
}

// ValidateConfig finds at validate what can be told from the text alone.
func (p *postmaster) ValidateConfig(ctx context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if _, use, known := sandboxPath(model.Sandbox); use || !known {
		return // all other blocks are ignored, or may turn out to be
	}
	readMailServer(blockOf("mailserver", model.MailServer), &resp.Diagnostics)
	readYandex(blockOf(serviceYandex, model.Yandex), &resp.Diagnostics)
	readSendGrid(blockOf(serviceSendGrid, model.SendGrid), &resp.Diagnostics)
	readOcteth(blockOf(serviceOcteth, model.Octeth), &resp.Diagnostics)
	readHosts(model.dnsBlocks(), model.DNSAccounts, false, &resp.Diagnostics)
	readResolvers(ctx, model.DNSResolvers, &resp.Diagnostics)
}

// Configure reads the configuration and makes the clients' recipes; a missing
// credential is an error of whoever needs it first, so that using one service
// does not ask for the others.
func (p *postmaster) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	services := newServices(p.version)
	file, useSandbox, known := sandboxPath(model.Sandbox)
	switch {
	case !known:
		services.notKnown(path.Root("sandbox").String())
	case useSandbox:
		// The simulated Octeth is of the version that the configuration is made for.
		services.octethConfig = simulatedOcteth(blockOf(serviceOcteth, model.Octeth), &resp.Diagnostics)
		if err := services.enterSandbox(file, sandboxZones(ctx, model.Sandbox, &resp.Diagnostics)); err != nil {
			resp.Diagnostics.AddAttributeError(path.Root("sandbox"), "Unable to open the sandbox", err.Error())
			return
		}
		// Which host an account is at counts there too; its credentials do not.
		services.hosts = readHosts(model.dnsBlocks(), model.DNSAccounts, false, &diag.Diagnostics{})
		// So do which mail services are meant where a domain names none.
		services.mailChoice = readMailChoice(model.mailBlocks(), false)
		resp.Diagnostics.AddAttributeWarning(path.Root("sandbox"), "Sandbox: nothing real is touched",
			fmt.Sprintf("All services are simulated inside the provider, with their state in %s. Remove `sandbox` from the provider configuration "+
				"(and POSTMASTER_SANDBOX from the environment) to work on real services.", file))
	default:
		services.mailServerConfig = readMailServer(blockOf("mailserver", model.MailServer).withEnvironment(), &resp.Diagnostics)
		services.yandexConfig = readYandex(blockOf(serviceYandex, model.Yandex).withEnvironment(), &resp.Diagnostics)
		services.mailChoice = readMailChoice(model.mailBlocks(), true)
		services.sendgridConfig = readSendGrid(blockOf(serviceSendGrid, model.SendGrid).withEnvironment(), &resp.Diagnostics)
		services.octethConfig = readOcteth(blockOf(serviceOcteth, model.Octeth).withEnvironment(), &resp.Diagnostics)
		services.hosts = readHosts(model.dnsBlocks(), model.DNSAccounts, true, &resp.Diagnostics)
		services.resolvers, services.resolversUnknown = readResolvers(ctx, model.DNSResolvers, &resp.Diagnostics)
	}
	resp.ResourceData = services
	resp.DataSourceData = services
}

func (p *postmaster) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		newMailDomainResource,
		newMailUserResource,
		newDKIMKeyResource,
		newLetsEncryptCertResource,
		newTLSCertificateResource,
		newMailDomainExportResource,
		newDNSAuthorizationResource,
		newDNSRecordsResource,
		newSenderDomainResource,
		newDomainVerificationResource,
	}
}

func (p *postmaster) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newMailDomainsDataSource,
		newMailUsersDataSource,
		newDNSProviderDataSource,
		newDefaultAuthenticatedDomainDataSource,
		newSenderDomainsDataSource,
	}
}
