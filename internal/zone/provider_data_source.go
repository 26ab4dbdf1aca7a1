package zone

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var _ datasource.DataSourceWithConfigure = (*providerDataSource)(nil)

// providerDataSource is the data source that finds the DNS host of a domain.
type providerDataSource struct {
	kit.DataBase
	hosts     Hosts
	delegates delegates
}

// NewProviderDataSource returns the constructor of the data source postmaster_dns_provider.
func NewProviderDataSource(hosts []HostService, delegates []DelegateService) func() datasource.DataSource {
	return func() datasource.DataSource { return &providerDataSource{hosts: hosts, delegates: delegates} }
}

func (d *providerDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_dns_provider"
}

func (d *providerDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	var asked, vias, known, supported string
	for _, s := range d.delegates {
		asked += ", or by asking " + s.Title()
		vias += fmt.Sprintf("`%s`: %s is asked, which knows only the hosts at which it can write records. ", s.Name(), s.Title())
		known += ", or to none that " + s.Title() + " knows"
		supported += fmt.Sprintf("; with `via = %q`, whether %s can by itself", s.Name(), s.Title())
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the DNS host of a domain: by its name servers, without any credentials" + asked + ".\n\n" +
			"`postmaster_dns_authorization` finds its host by itself. Use this data source to decide by the host what to create.",
		Attributes: map[string]schema.Attribute{
			"domain": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{kit.DNSNameSpelling},
				MarkdownDescription: "The domain, or any name in its zone.",
			},
			"via": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{stringvalidator.OneOf(d.delegates.ways()...)},
				MarkdownDescription: "`direct` (the default): the name servers are compared with those of all known hosts. " + vias +
					"The zone and its name servers always come from the DNS.",
			},
			"name": schema.StringAttribute{
				Computed: true,
				MarkdownDescription: "The host, such as `" + d.hosts.example() + "` or `" + d.hosts.otherExample() + "`; `mixed` if the name servers belong to several hosts, " +
					"`vanity` if they have names in the zone itself, `unknown` if they belong to no known host" + known + ".",
			},
			"zone": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The zone that holds the domain.",
			},
			"name_servers": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "The zone's name servers, sorted.",
			},
			"supported": schema.BoolAttribute{
				Computed:            true,
				MarkdownDescription: "Whether `postmaster_dns_records` can publish there" + supported + ".",
			},
		},
	}
}

type providerModel struct {
	Domain      types.String `tfsdk:"domain"`
	Via         types.String `tfsdk:"via"`
	Name        types.String `tfsdk:"name"`
	Zone        types.String `tfsdk:"zone"`
	NameServers types.List   `tfsdk:"name_servers"`
	Supported   types.Bool   `tfsdk:"supported"`
}

func (d *providerDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	lookup, err := d.Run.Lookup()
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to look the domain up", err)
		return
	}
	zone, err := lookup.Apex(ctx, model.Domain.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("domain"), "Unable to find the DNS host", err.Error()+".")
		return
	}
	name, supported, err := d.Host(ctx, &model, zone)
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to find the DNS host", err)
		return
	}
	model.Name = types.StringValue(name)
	model.Zone = types.StringValue(zone.Apex)
	model.Supported = types.BoolValue(supported)
	servers, diags := types.ListValueFrom(ctx, types.StringType, zone.NameServers)
	model.NameServers = servers
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// Host returns the name of a zone's host, and whether records can be published there. It asks the
// DNS or a delegate, as via says.
func (d *providerDataSource) Host(ctx context.Context, m *providerModel, zone dns.Zone) (name string, supported bool, err error) {
	s, ok := kit.Named(d.delegates, m.Via.ValueString())
	if !ok {
		found, supported := d.hosts.detect(zone)
		return found.Name, supported, nil
	}
	name, host, err := s.Delegate(d.Run).FindHost(ctx, m.Domain.ValueString())
	if kit.IsNotFound(err) {
		return dns.HostUnknown, false, nil
	}
	return name, host != "", err
}
