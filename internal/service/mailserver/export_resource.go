package mailserver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/listplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
)

var (
	_ resource.ResourceWithConfigure   = (*exportResource)(nil)
	_ resource.ResourceWithImportState = (*exportResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*exportResource)(nil)
)

// exportResource is an archive of a domain's mail on the mail server.
type exportResource struct{ kit.Base }

func newExportResource() resource.Resource {
	return kit.Identified(func() resource.Resource { return &exportResource{} }, exportIdentity)()
}

func (r *exportResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = "postmaster_mail_domain_export"
}

func (r *exportResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An archive of a domain with all its mail, which the mail server writes to its own disk. It can be slow and large.\n\n" +
			"The mail server does not check the archive. If it cannot write the archive, for example on a full disk, it still reports success, and the broken file " +
			"replaces an earlier archive of that day. Check the file before you rely on it.\n\n" +
			"The mail server's answer also holds password hashes and the private DKIM key; neither is kept. There is no call to read or " +
			"delete an archive: destroying this resource leaves the file on the mail server.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "`mailserver/DOMAIN/TIME`, such as `mailserver/example.com/2026-01-31T02:00:00Z`.",
			},
			"mail_domain_id": schema.StringAttribute{
				Required:            true,
				Validators:          []validator.String{exportableIDSpelling},
				PlanModifiers:       []planmodifier.String{mail.DomainIDSpelling},
				MarkdownDescription: "The `id` of the `postmaster_mail_domain`. If it changes to another domain, an archive of that domain is written.",
			},
			"triggers": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplaceIf(
					func(_ context.Context, req planmodifier.MapRequest, resp *mapplanmodifier.RequiresReplaceIfFuncResponse) {
						resp.RequiresReplace = !req.StateValue.IsNull()
					}, "other triggers make a new archive", "other triggers make a new archive")},
				MarkdownDescription: "Any values. When they change, a new archive is written. Setting them for the first time, for example after an import, writes none.",
			},
			"archive_path": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Path of the archive's file on the mail server. Null after an import.",
			},
			"generated_at": schema.StringAttribute{
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Time when the archive was written (RFC 3339), by the mail server's clock, which is assumed to be UTC.",
			},
			"accounts": schema.ListAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				PlanModifiers:       []planmodifier.List{listplanmodifier.UseStateForUnknown()},
				MarkdownDescription: "Addresses of the mailboxes in the archive.",
			},
		},
	}
}

// exportableIDSpelling accepts the IDs of domains at the mail server, the only service that has
// exports.
var exportableIDSpelling = kit.Spelling{What: "the id of a domain of the mail server", Canonical: func(s string) (string, error) {
	id, err := parseExportableID(s)
	return id.String(), err
}}

func parseExportableID(text string) (mail.DomainID, error) {
	id, err := mail.ParseDomainID(text)
	if err == nil && id.Service != serviceName {
		err = fmt.Errorf("%q is not the id of a domain of the mail server, such as %q; only domains of the mail server can be exported", text, serviceName+"/example.com")
	}
	if err == nil {
		err = mailserverapi.CheckExport(id.Domain)
	}
	return id, err
}

type exportModel struct {
	ID           types.String `tfsdk:"id"`
	MailDomainID types.String `tfsdk:"mail_domain_id"`
	Triggers     types.Map    `tfsdk:"triggers"`
	ArchivePath  types.String `tfsdk:"archive_path"`
	GeneratedAt  types.String `tfsdk:"generated_at"`
	Accounts     types.List   `tfsdk:"accounts"`
}

// setUnknownArchive makes all attributes unknown that a new archive determines.
func (m *exportModel) setUnknownArchive() {
	m.ID, m.ArchivePath, m.GeneratedAt = types.StringUnknown(), types.StringUnknown(), types.StringUnknown()
	m.Accounts = types.ListUnknown(types.StringType)
}

// keepArchive copies the attributes of the archive from the state.
func (m *exportModel) keepArchive(state exportModel) {
	m.ID, m.ArchivePath, m.GeneratedAt, m.Accounts = state.ID, state.ArchivePath, state.GeneratedAt, state.Accounts
}

const archiveStays = "The archive stays on the mail server"

// ModifyPlan plans no change if only the spelling of the domain differs. If the domain changes, or
// may turn out to change, it plans a new archive in place.
func (r *exportResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.MarkPlanned(ctx, req, resp)
	if req.Plan.Raw.IsNull() {
		resp.Diagnostics.AddWarning(archiveStays,
			"The mail server has no call to delete an archive. Only Terraform forgets it; delete the file by hand if it is not wanted.")
		return
	}
	kit.KeepPriorState(req, resp)
	var plan exportModel
	resp.Diagnostics.Append(resp.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !req.State.Raw.IsNull() {
		var state exportModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if resp.Diagnostics.HasError() || mail.DomainIDSpelling.Same(plan.MailDomainID, state.MailDomainID) {
			return
		}
		if !plan.MailDomainID.IsUnknown() {
			resp.Diagnostics.AddWarning(archiveStays, fmt.Sprintf("An archive of another domain is written. The mail server has no call to delete the archive of %s; "+
				"delete the file by hand if it is not wanted.", state.MailDomainID.ValueString()))
		}
		plan.setUnknownArchive()
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
	if !plan.MailDomainID.IsUnknown() { // otherwise there may be nothing to write
		r.Run.RequireAtPlan(serviceName, missingSummary, &resp.Diagnostics)
	}
}

// Create makes the mail server write the archive.
func (r *exportResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan exportModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	r.export(ctx, &plan, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// export makes the mail server write an archive and copies its attributes into the model. It does
// nothing if there is an error already.
func (r *exportResource) export(ctx context.Context, m *exportModel, diags *diag.Diagnostics) {
	if diags.HasError() {
		return
	}
	id, err := parseExportableID(m.MailDomainID.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("mail_domain_id"), "Not the id of a mail domain", err.Error()+".")
		return
	}
	client, err := kit.PartOf[*Account](r.Run).Client()
	if err != nil {
		kit.AddError(diags, missingSummary, err)
		return
	}
	export, err := client.ExportDomain(ctx, id.Domain)
	if err != nil {
		kit.AddError(diags, "Unable to export mail domain", err)
		return
	}
	written, err := time.Parse(time.DateTime, export.GeneratedAt)
	if err != nil {
		written = r.Run.Now() // the archive is there, whatever the server's clock says
	}
	at := written.UTC().Format(time.RFC3339)
	m.ID = types.StringValue(id.String() + "/" + at)
	m.ArchivePath = types.StringValue(export.ArchivePath)
	m.GeneratedAt = types.StringValue(at)
	accounts, d := types.ListValueFrom(ctx, types.StringType, export.Emails)
	m.Accounts = accounts
	diags.Append(d...)
}

// Read keeps the state, because no call shows the archive on the mail server's disk.
func (r *exportResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
}

// Update saves triggers that are set for the first time after an import, and writes an archive of
// another domain. Changed triggers replace the resource.
func (r *exportResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state exportModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
	if mail.DomainIDSpelling.Same(plan.MailDomainID, state.MailDomainID) {
		plan.keepArchive(state)
	} else {
		r.export(ctx, &plan, &resp.Diagnostics)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
}

// Delete does nothing at the mail server, which has no call to delete an archive. The plan has
// warned about it.
func (r *exportResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.Append(r.Run.Belongs(ctx, req.Private)...)
}

// ImportState takes an ID such as "mailserver/example.com/2026-01-31T02:00:00Z". The archive itself
// cannot be read, so the mailboxes are those that exist now.
func (r *exportResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, at, err := parseExportID(req.ID)
	if err != nil {
		resp.Diagnostics.AddError("Unusable import id", err.Error()+".")
		return
	}
	client, err := kit.PartOf[*Account](r.Run).Client()
	if err != nil {
		kit.AddError(&resp.Diagnostics, missingSummary, err)
		return
	}
	accounts, err := client.Accounts(ctx, id.Domain)
	if err != nil {
		kit.AddError(&resp.Diagnostics, "Unable to import mail domain export", err)
		return
	}
	emails := make([]string, len(accounts))
	for i, a := range accounts {
		emails[i] = a.Email
	}
	resp.Diagnostics.Append(r.Run.Mark(ctx, resp.Private)...)
	resp.Diagnostics.Append(kit.SetAll(ctx, &resp.State, map[string]any{
		"id":             id.String() + "/" + at,
		"mail_domain_id": id.String(),
		"generated_at":   at,
		"accounts":       emails,
	})...)
}

func parseExportID(text string) (mail.DomainID, string, error) {
	cut := strings.LastIndexByte(text, '/')
	if cut < 0 {
		return mail.DomainID{}, "", errors.New("the id of an export looks like mailserver/example.com/2026-01-31T02:00:00Z")
	}
	id, err := parseExportableID(text[:cut])
	if err != nil {
		return mail.DomainID{}, "", err
	}
	at, err := time.Parse(time.RFC3339, text[cut+1:])
	if err != nil {
		return mail.DomainID{}, "", fmt.Errorf("%q is not a time as in 2026-01-31T02:00:00Z", text[cut+1:])
	}
	return id, at.UTC().Format(time.RFC3339), nil
}
