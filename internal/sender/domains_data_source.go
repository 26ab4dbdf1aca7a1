package sender

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var _ datasource.DataSourceWithConfigure = (*domainsDataSource)(nil)

// domainsDataSource is the data source that lists a sender's domains.
type domainsDataSource struct {
	kit.DataBase
	services senders
}

// NewDomainsDataSource returns the constructor of the data source postmaster_sender_domains.
func NewDomainsDataSource(services []Service) func() datasource.DataSource {
	return func() datasource.DataSource { return &domainsDataSource{services: services} }
}

func (d *domainsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_sender_domains"
}

// Values of status that several senders use. A sender may have others of its own.
const (
	Verified   = "verified"
	Failed     = "failed"
	Unverified = "unverified"
)

func (d *domainsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	first := d.services[0].Name()
	resp.Schema = schema.Schema{
		MarkdownDescription: "The domains that are registered with a sender, sorted by name and subdomain, with their current status.",
		Attributes: map[string]schema.Attribute{
			"service": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(d.services.names()...)},
				MarkdownDescription: "The sender: " + kit.List(kit.Code(kit.Names(d.services)), "or") + ". Default: the only configured one; in the sandbox, where all are configured, `" + first + "`.",
			},
			"domain": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{kit.MailDomainSpelling},
				MarkdownDescription: "List only the domains with this name. Default: all.",
			},
			"domains": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The domains.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":        schema.StringAttribute{Computed: true, MarkdownDescription: "The `id` of the domain as a `postmaster_sender_domain`: " + strings.Join(d.services.words(func(s Service) string { return "`" + s.SenderWords().ExampleID + "`" }), ", ") + "."},
					"domain":    schema.StringAttribute{Computed: true, MarkdownDescription: "The name, in punycode."},
					"subdomain": schema.StringAttribute{Computed: true, MarkdownDescription: "Subdomain that mail is sent from; null if the sender does not report it."},
					"valid":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the sender now reports the domain as verified."},
					"status": schema.StringAttribute{Computed: true, MarkdownDescription: strings.Join(d.services.words(func(s Service) string {
						return "At " + s.Title() + ": " + s.SenderWords().Status + "."
					}), " ")},
					"default": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether mail whose From matches no domain is sent with this one" + d.services.withoutDefault() + "."},
				}},
			},
		},
	}
}

type domainsModel struct {
	Service types.String `tfsdk:"service"`
	Domain  types.String `tfsdk:"domain"`
	Domains []Item       `tfsdk:"domains"`
}

// Item is one domain in the list of a data source.
type Item struct {
	ID        string       `tfsdk:"id"`
	Domain    string       `tfsdk:"domain"`
	Subdomain types.String `tfsdk:"subdomain"`
	Valid     bool         `tfsdk:"valid"`
	Status    string       `tfsdk:"status"`
	Default   types.Bool   `tfsdk:"default"`
}

func (d *domainsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model domainsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if model.Service.IsNull() {
		if err := d.services.unconfigured(d.Run); err != nil {
			resp.Diagnostics.AddError("No sender is configured", kit.StartOfSentence(err.Error())+".")
			return
		}
	}
	service, err := d.services.toList(d.Run, model.Service)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("service"), "Ambiguous sender", err.Error()+".")
		return
	}
	domains, err := service.Sender(d.Run).Domains(ctx)
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to list the sender domains at "+service.Title(), err)
		return
	}
	model.Domains = chosen(domains, model.Domain.ValueString())
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// chosen returns the domains with a name, or all if it is "". They are sorted by name and subdomain.
// The result is never nil.
func chosen(domains []Item, name string) []Item {
	items := []Item{}
	for _, item := range domains {
		if name == "" || kit.MailDomainSpelling.Same(types.StringValue(name), types.StringValue(item.Domain)) {
			items = append(items, item)
		}
	}
	kit.SortBy(items, func(i Item) string { return i.Domain + " " + i.Subdomain.ValueString() + " " + i.ID })
	return items
}
