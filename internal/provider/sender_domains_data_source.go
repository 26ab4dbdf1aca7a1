package provider

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var _ datasource.DataSourceWithConfigure = (*senderDomainsDataSource)(nil)

// senderDomainsDataSource lists the domains of a sender.
type senderDomainsDataSource struct{ dataBase }

func newSenderDomainsDataSource() datasource.DataSource { return &senderDomainsDataSource{} }

func (d *senderDomainsDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_sender_domains"
}

// What a list says of a domain, beside words of the sender's own.
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
				Validators:          []validator.String{stringvalidator.OneOf(senderNames()...)},
				MarkdownDescription: "The sender: `sendgrid` or `octeth`. Default: the only one that is configured; in the sandbox, where all are, `sendgrid`.",
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
					"id":        schema.StringAttribute{Computed: true, MarkdownDescription: "As `postmaster_sender_domain` has it: `sendgrid/45373692`, `octeth/campaign/12`."},
					"domain":    schema.StringAttribute{Computed: true, MarkdownDescription: "The name, in punycode."},
					"subdomain": schema.StringAttribute{Computed: true, MarkdownDescription: "Subdomain that mail is sent from; null where the sender does not tell it."},
					"valid":     schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the sender has verified it, as far as it knows now."},
					"status": schema.StringAttribute{Computed: true, MarkdownDescription: "At SendGrid: `" + senderVerified + "`, `" + senderFailed +
						"` (the last verification has failed) or `" + senderUnverified + "` (there was none). At Octeth: `" + senderVerified + "`, `" + senderUnverified +
						"` (its approval is pending), `disabled` (by its user), `suspended` (by the operator), or another word of the installation's."},
					"default": schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether mail whose From matches no domain is sent with this one; null at Octeth, which has no such domain."},
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
	ID        string       `tfsdk:"id"`
	Domain    string       `tfsdk:"domain"`
	Subdomain types.String `tfsdk:"subdomain"`
	Valid     bool         `tfsdk:"valid"`
	Status    string       `tfsdk:"status"`
	Default   types.Bool   `tfsdk:"default"`
}

func (d *senderDomainsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model senderDomainsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	service, err := d.run.senderToList(model.Service)
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("service"), "Which sender is meant", err.Error()+".")
		return
	}
	s := d.run.senderNamed(service)
	domains, err := s.domains(ctx)
	if err != nil {
		addError(&resp.Diagnostics, "Unable to list the sender domains at "+s.title(), err)
		return
	}
	model.Domains = []senderDomainItem{} // and not null where there are none
	model.Domains = append(model.Domains, slices.DeleteFunc(domains, func(i senderDomainItem) bool {
		return !model.Domain.IsNull() && !mailDomainSpelling.same(model.Domain, types.StringValue(i.Domain))
	})...)
	sortBy(model.Domains, func(i senderDomainItem) string { return i.Domain + " " + i.Subdomain.ValueString() + " " + i.ID })
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// senderToList is the sender that a list is asked of: the one that is named or else
// the only one that is configured. A sender in the provider's configuration counts before
// one in the environment. All are in the sandbox, where it is SendGrid.
func (r *Run) senderToList(named types.String) (string, error) {
	grid, octeth := PartOf[*sendgridAccount](r), PartOf[*octethAccount](r)
	switch {
	case !named.IsNull():
		return named.ValueString(), nil
	case r.sandbox != nil || !octeth.url.isSet() && !octeth.url.unknown:
		return serviceSendGrid, nil
	case !grid.key.isSet() && !grid.key.unknown:
		return serviceOcteth, nil
	}
	switch fromEnvironment := grid.key.inherited; {
	case fromEnvironment && !octeth.url.inherited:
		return serviceOcteth, nil
	case !fromEnvironment && octeth.url.inherited:
		return serviceSendGrid, nil
	}
	return "", fmt.Errorf("both SendGrid and Octeth are configured: set service to one of %s", strings.Join(senderNames(), " and "))
}
