package mail

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var _ datasource.DataSourceWithConfigure = (*usersDataSource)(nil)

// usersDataSource is the data source that lists the mailboxes of a mail domain.
type usersDataSource struct {
	kit.DataBase
	services services
}

// NewUsersDataSource returns the constructor of the data source postmaster_mail_users.
func NewUsersDataSource(services []Service) func() datasource.DataSource {
	return func() datasource.DataSource { return &usersDataSource{services: services} }
}

func (d *usersDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = "postmaster_mail_users"
}

func (d *usersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The mailboxes of a mail domain, sorted by address." + d.services.say(" ", func(w Words) string { return w.Users }),
		Attributes: map[string]schema.Attribute{
			"mail_domain_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{d.services.domainIDSpelling()},
				MarkdownDescription: "The `id` of a `postmaster_mail_domain`, such as " + d.services.example("example.com") + ".",
			},
			"users": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The mailboxes.",
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"id": schema.StringAttribute{Computed: true, MarkdownDescription: "The `id` of the mailbox as a `postmaster_mail_user`: " + d.services.example("alice@example.com") + ". " +
						"Null for an address that cannot have one, such as an address of another domain." + d.services.say(" ", func(w Words) string { return w.UserID })},
					"email": schema.StringAttribute{Computed: true, MarkdownDescription: "The address as the service spells it."},
				}},
			},
		},
	}
}

type usersModel struct {
	MailDomainID types.String `tfsdk:"mail_domain_id"`
	Users        []userItem   `tfsdk:"users"`
}

type userItem struct {
	ID    types.String `tfsdk:"id"`
	Email types.String `tfsdk:"email"`
}

func (d *usersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model usersModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	if resp.Diagnostics.HasError() {
		return
	}
	id, err := d.services.parseDomainID(model.MailDomainID.ValueString())
	if err != nil {
		resp.Diagnostics.AddAttributeError(path.Root("mail_domain_id"), "Not the id of a mail domain", err.Error()+".")
		return
	}
	client := d.services.open(d.Run, id.Service, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	accounts, err := client.Mailboxes(ctx, id.Domain)
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to list mailboxes", err)
		return
	}
	model.Users = make([]userItem, 0, len(accounts))
	for _, account := range accounts {
		model.Users = append(model.Users, userItem{
			ID:    d.listedID(id, account.Email),
			Email: types.StringValue(account.Email),
		})
	}
	kit.SortBy(model.Users, func(m userItem) string { return caseless(m.Email.ValueString()) })
	resp.Diagnostics.Append(resp.State.Set(ctx, &model)...)
}

// listedID returns the ID of a mailbox in a service's list of a domain, or null if no
// postmaster_mail_user can have that ID.
func (d *usersDataSource) listedID(domain DomainID, email string) types.String {
	id, err := d.services.parseUserID(domain.Service + "/" + caseless(email))
	if err != nil || id.DomainID() != domain {
		return types.StringNull()
	}
	return types.StringValue(id.String())
}

// caseless returns the spelling that IDs have for a name or an address from a service's list. Case
// does not matter in either.
func caseless(name string) string { return strings.ToLower(name) }
