package mail

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var _ datasource.DataSourceWithConfigure = (*domainsDataSource)(nil)

// domainsDataSource is the data source that lists the domains of a mail service.
type domainsDataSource struct {
	kit.DataBase
	services services
}

// NewDomainsDataSource returns the constructor of the data source postmaster_mail_domains.
func NewDomainsDataSource(services []Service) func() datasource.DataSource {
	return func() datasource.DataSource { return &domainsDataSource{services: services} }
}

func (d *domainsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_mail_domains"
}

func (d *domainsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The domains of a mail service, sorted by name.",
		Attributes: map[string]schema.Attribute{
			"service": schema.StringAttribute{
				Optional:            true,
				Computed:            true,
				Validators:          []validator.String{stringvalidator.OneOf(kit.Names(d.services)...)},
				MarkdownDescription: "The mail service: " + d.services.alternatives() + ". Default: the only configured one, as for a new `postmaster_mail_domain`.",
			},
			"allow_empty": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Accept an empty list. By default an empty list is an error if the service " +
					"may return one by mistake, because a `for_each` over this list would then destroy everything." +
					d.services.say(" ", func(w Words) string { return w.Domains }),
			},
			"domains": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The domains.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":         schema.StringAttribute{Computed: true, MarkdownDescription: "The `id` of the domain as a `postmaster_mail_domain`: " + d.services.example("example.com") + ". Null for a name that cannot be a mail domain's."},
					"domain":     schema.StringAttribute{Computed: true, MarkdownDescription: "The name as the service spells it."},
					"user_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "Number of its mailboxes; null if the service does not report it."},
				}},
			},
		},
	}
}

type domainsModel struct {
	Service    types.String `tfsdk:"service"`
	AllowEmpty types.Bool   `tfsdk:"allow_empty"`
	Domains    []domainItem `tfsdk:"domains"`
}

type domainItem struct {
	ID        types.String `tfsdk:"id"`
	Domain    types.String `tfsdk:"domain"`
	UserCount types.Int64  `tfsdk:"user_count"`
}

func (d *domainsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model domainsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if model.Service.IsNull() {
		model.Service = of(d.Run).inferredMail(&resp.Diagnostics)
	}
	if model.Service.IsUnknown() && !resp.Diagnostics.HasError() {
		resp.Diagnostics.AddAttributeError(path.Root("service"), "The mail service is not known yet",
			"It depends on the provider configuration, a part of which is not known yet. Set service.")
	}
	client := d.services.open(d.Run, model.Service.ValueString(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	domains, err := client.Domains(ctx)
	var empty EmptyListError
	switch {
	case errors.As(err, &empty) && model.AllowEmpty.ValueBool():
	case errors.As(err, &empty):
		resp.Diagnostics.AddError("Unable to list mail domains",
			err.Error()+". If it is a new server without any domain, set allow_empty = true, or make the data source depend on the first postmaster_mail_domain.")
		return
	case err != nil:
		kit.AddError(&resp.Diagnostics, "Unable to list mail domains", err)
		return
	}
	model.Domains = make([]domainItem, 0, len(domains))
	for _, domain := range domains {
		id := types.StringNull()
		if parsed, err := d.services.parseDomainID(model.Service.ValueString() + "/" + caseless(domain.Name)); err == nil {
			id = types.StringValue(parsed.String())
		}
		model.Domains = append(model.Domains, domainItem{
			ID:        id,
			Domain:    types.StringValue(domain.Name),
			UserCount: domain.Accounts,
		})
	}
	kit.SortBy(model.Domains, func(m domainItem) string { return caseless(m.Domain.ValueString()) })
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}
