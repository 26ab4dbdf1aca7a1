package mailserver

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

var _ action.ActionWithConfigure = (*exportAction)(nil)

// exportAction is the action that makes the mail server write an archive of a domain.
type exportAction struct{ kit.ActionBase }

func newExportAction() action.Action { return &exportAction{} }

func (a *exportAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = "postmaster_export_mail_domain"
}

func (a *exportAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Makes the mail server write an archive of a domain with all its mail to its own disk, as `postmaster_mail_domain_export` does once. It can be slow and large.\n\n" +
			"The mail server does not check the archive. Check the file before you rely on it. An archive of the same day is replaced.",
		Attributes: map[string]schema.Attribute{
			"mail_domain_id": schema.StringAttribute{
				Required: true, Validators: []validator.String{exportableIDSpelling},
				MarkdownDescription: "The `id` of the `postmaster_mail_domain`.",
			},
		},
	}
}

func (a *exportAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config struct {
		MailDomainID types.String `tfsdk:"mail_domain_id"`
	}
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	say := kit.Say(resp)
	if !resp.Diagnostics.HasError() {
		say(fmt.Sprintf("The mail server writes an archive of %s. This takes as long as the mail is large.", config.MailDomainID.ValueString()))
	}
	m := exportModel{MailDomainID: config.MailDomainID}
	exporter := &exportResource{Base: kit.Base{Run: a.Run}}
	if exporter.export(ctx, &m, &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	say(fmt.Sprintf("The mail server reports the archive %s with %d mailboxes. It does not check the file.", m.ArchivePath.ValueString(), len(m.Accounts.Elements())))
}
