package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
)

var _ datasource.DataSourceWithConfigure = (*senderDomainsDataSource)(nil)

// senderDomainsDataSource lists the domains of a sender.
type senderDomainsDataSource struct{ dataBase }

func newSenderDomainsDataSource() datasource.DataSource { return &senderDomainsDataSource{} }

func (d *senderDomainsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_sender_domains"
}

// What a list says of a domain.
const (
	senderVerified   = "verified"
	senderFailed     = "failed"
	senderUnverified = "unverified"
)

func (d *senderDomainsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The domains that are registered with a sender, sorted by name and subdomain, and how they stand at this moment.",
		Attributes: map[string]schema.Attribute{
			"service": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(serviceSendGrid)},
				MarkdownDescription: "The sender: `sendgrid`, which is the default.",
			},
			"domain": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{mailDomainSpelling},
				MarkdownDescription: "List the domains of this name only. Default: all.",
			},
			"domains": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The domains.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id":        schema.StringAttribute{Computed: true, MarkdownDescription: "As `postmaster_sender_domain` has it: `sendgrid/45373692`."},
					"domain":    schema.StringAttribute{Computed: true, MarkdownDescription: "The name, in punycode."},
					"subdomain": schema.StringAttribute{Computed: true, MarkdownDescription: "Subdomain that mail is sent from."},
					"valid":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the sender has verified it, as far as it knows now."},
					"status": schema.StringAttribute{Computed: true, MarkdownDescription: "`" + senderVerified + "`, `" + senderFailed + "` (the last verification has failed) or `" +
						senderUnverified + "` (there was none)."},
					"default": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether mail whose From matches no domain is sent with this one."},
				}},
			},
		},
	}
}

type senderDomainsModel struct {
	Service types.String       `tfsdk:"service"`
	Domain  types.String       `tfsdk:"domain"`
	Domains []senderDomainItem `tfsdk:"domains"`
}

type senderDomainItem struct {
	ID        string `tfsdk:"id"`
	Domain    string `tfsdk:"domain"`
	Subdomain string `tfsdk:"subdomain"`
	Valid     bool   `tfsdk:"valid"`
	Status    string `tfsdk:"status"`
	Default   bool   `tfsdk:"default"`
}

func (d *senderDomainsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model senderDomainsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, err := d.services.SendGrid()
	if err != nil {
		addError(&resp.Diagnostics, "SendGrid is not configured", err)
		return
	}
	domains, err := client.Domains(ctx)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to list sender domains", err)
		return
	}
	model.Domains = make([]senderDomainItem, 0, len(domains))
	for _, found := range domains {
		if model.Domain.IsNull() || mailDomainSpelling.same(model.Domain, types.StringValue(found.Domain)) {
			model.Domains = append(model.Domains, senderDomainItemOf(found))
		}
	}
	sortBy(model.Domains, func(i senderDomainItem) string { return i.Domain + " " + i.Subdomain + " " + i.ID })
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

func senderDomainItemOf(d sendgrid.Domain) senderDomainItem {
	item := senderDomainItem{
		ID:     senderID{Service: serviceSendGrid, Number: d.ID}.String(),
		Domain: d.Domain, Subdomain: d.Subdomain, Valid: d.Valid, Default: d.Default, Status: senderUnverified,
	}
	switch {
	case d.Valid:
		item.Status = senderVerified
	case !d.LastValidation.IsZero():
		item.Status = senderFailed
	}
	return item
}
