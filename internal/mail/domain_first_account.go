package mail

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

// firstAccountAttribute returns the attribute first_account: the mailbox that a service creates a
// domain with.
func (l services) firstAccountAttribute() schema.SingleNestedAttribute {
	attributes := l.passwordAttributes(false)
	attributes["local_part"] = schema.StringAttribute{
		Optional:            true,
		Computed:            true,
		Default:             stringdefault.StaticString("postmaster"),
		Validators:          []validator.String{localPartSpelling},
		PlanModifiers:       []planmodifier.String{localPartSpelling},
		MarkdownDescription: "What stands before the `@`. Default: `postmaster`, an address that RFC 5321 requires of every domain.",
	}
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "The account that the service creates the domain with. Its password may be changed later, its name may not. " +
			"An account that was deleted by hand is created again, with the configured password. " +
			"Removing the block leaves the account as it is. Do not declare a `postmaster_mail_user` with the same address." + l.only("first_account"),
		Attributes: attributes,
	}
}

// firstAccountTypes returns the types of the attributes of first_account.
func firstAccountTypes() map[string]attr.Type {
	return map[string]attr.Type{
		"local_part": types.StringType, "password": types.StringType,
		"password_wo": types.StringType, "password_wo_version": types.Int64Type,
	}
}

type firstAccountModel struct {
	LocalPart         types.String `tfsdk:"local_part"`
	Password          types.String `tfsdk:"password"`
	PasswordWO        types.String `tfsdk:"password_wo"`
	PasswordWOVersion types.Int64  `tfsdk:"password_wo_version"`
}

func (m firstAccountModel) passwords() Passwords {
	return Passwords{Password: m.Password, PasswordWO: m.PasswordWO, WOVersion: m.PasswordWOVersion,
		Hash: types.StringNull(), HashWO: types.StringNull(), HashWOVersion: types.Int64Null()}
}

// firstAccount reads the block first_account. Ok is false if it is not set or not known yet.
func (m domainModel) firstAccount(ctx context.Context, diags *diag.Diagnostics) (account firstAccountModel, ok bool) {
	if m.FirstAccount.IsNull() || m.FirstAccount.IsUnknown() {
		return account, false
	}
	diags.Append(m.FirstAccount.As(ctx, &account, basetypes.ObjectAsOptions{})...)
	return account, !diags.HasError()
}

// firstMailbox returns the mailbox to create a domain with. Its name comes from the plan, which has
// the default. Its password comes from the configuration, which alone has write-only values. The
// result is empty if no first mailbox is configured.
func firstMailbox(ctx context.Context, plan, config domainModel, diags *diag.Diagnostics) NewMailbox {
	account, ok := config.firstAccount(ctx, diags)
	if !ok {
		return NewMailbox{}
	}
	return NewMailbox{LocalPart: firstLocalPart(ctx, plan, diags), Passwords: account.passwords()}
}

// firstLocalPart returns the local part of the first mailbox.
func firstLocalPart(ctx context.Context, plan domainModel, diags *diag.Diagnostics) string {
	account, _ := plan.firstAccount(ctx, diags)
	local, err := canonicalLocalPart(account.LocalPart.ValueString())
	if err != nil {
		diags.AddAttributeError(path.Root("first_account").AtName("local_part"), "Not a local part", err.Error())
	}
	return local
}
