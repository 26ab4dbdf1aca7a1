package mail

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// passwordAttributes returns the attributes for a password, at most one of which may be set: the
// password in the state, the write-only password with its version and, if withHash is set, the same
// for a hash. The schema requires none of them, because an imported mailbox needs no password. Only
// ModifyPlan knows whether a mailbox is being created.
func (l services) passwordAttributes(withHash bool) map[string]schema.Attribute {
	forms := []string{"password", "password_wo"}
	if withHash {
		forms = append(forms, "password_hash", "password_hash_wo")
	}
	others := func(name string) validator.String {
		var paths []path.Expression
		for _, f := range forms {
			if f != name {
				paths = append(paths, path.MatchRelative().AtParent().AtName(f))
			}
		}
		return stringvalidator.ConflictsWith(paths...)
	}
	versionOf := func(name string) path.Expression { return path.MatchRelative().AtParent().AtName(name) }

	attributes := map[string]schema.Attribute{
		"password": schema.StringAttribute{
			Optional:   true,
			Sensitive:  true,
			Validators: []validator.String{passwordValidator{}, others("password")},
			MarkdownDescription: "Password. It is stored in the state; `password_wo` is not." + l.sayEach(" ", func(s Service) string {
				longest := s.MailRules().LongestPassword
				if longest == 0 {
					return ""
				}
				return fmt.Sprintf("At most %d bytes at %s, which would ignore the rest.", longest, s.Title())
			}),
		},
		"password_wo": schema.StringAttribute{
			Optional:   true,
			Sensitive:  true,
			WriteOnly:  true,
			Validators: []validator.String{passwordValidator{}, others("password_wo"), stringvalidator.AlsoRequires(versionOf("password_wo_version"))},
			MarkdownDescription: "Password, write-only: it is sent to the service and stored nowhere else. " +
				"Needs Terraform 1.11 or later. Terraform notices a change only if `password_wo_version` changes too.",
		},
		"password_wo_version": schema.Int64Attribute{
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AlsoRequires(versionOf("password_wo"))},
			MarkdownDescription: "Version of `password_wo`. A new number sets the password again.",
		},
	}
	if withHash {
		attributes["password_hash"] = schema.StringAttribute{
			Optional:   true,
			Sensitive:  true,
			Validators: []validator.String{others("password_hash")},
			MarkdownDescription: "Hash of the password, for mailboxes that move from another server." + l.only("password_hash") +
				l.say(" ", func(w Words) string { return w.Hash }) + " It is stored in the state.",
		}
		attributes["password_hash_wo"] = schema.StringAttribute{
			Optional:            true,
			Sensitive:           true,
			WriteOnly:           true,
			Validators:          []validator.String{others("password_hash_wo"), stringvalidator.AlsoRequires(versionOf("password_hash_wo_version"))},
			MarkdownDescription: "The same, write-only. Terraform notices a change only if `password_hash_wo_version` changes too.",
		}
		attributes["password_hash_wo_version"] = schema.Int64Attribute{
			Optional:            true,
			Validators:          []validator.Int64{int64validator.AlsoRequires(versionOf("password_hash_wo"))},
			MarkdownDescription: "Version of `password_hash_wo`. A new number sets the password again.",
		}
	}
	return attributes
}

// Passwords are the values of these attributes. Only the configuration has the write-only values.
// Plan and state have the others and the versions.
type Passwords struct {
	Password      types.String
	PasswordWO    types.String
	WOVersion     types.Int64
	Hash          types.String
	HashWO        types.String
	HashWOVersion types.Int64
}

// Given reports whether any form of the password is set, known or not.
func (p Passwords) Given() bool {
	return !p.Password.IsNull() || !p.PasswordWO.IsNull() || !p.Hash.IsNull() || !p.HashWO.IsNull()
}

// Plain returns the password. Ok is false if none is set, or only a hash.
func (p Passwords) Plain() (password string, ok bool) {
	return firstGiven(p.Password, p.PasswordWO)
}

// Hashed returns the password's hash. Ok is false if none is set.
func (p Passwords) Hashed() (hash string, ok bool) {
	return firstGiven(p.Hash, p.HashWO)
}

// firstGiven returns the first value that is not null.
func firstGiven(values ...types.String) (string, bool) {
	for _, v := range values {
		if !v.IsNull() {
			return v.ValueString(), true
		}
	}
	return "", false
}

// changedFrom reports whether the password must be set again: a value that the state stores has
// changed, or the version of a write-only value has.
func (p Passwords) changedFrom(state Passwords) bool {
	return !p.Password.IsNull() && !p.Password.Equal(state.Password) ||
		!p.Hash.IsNull() && !p.Hash.Equal(state.Hash) ||
		!p.WOVersion.IsNull() && !p.WOVersion.Equal(state.WOVersion) ||
		!p.HashWOVersion.IsNull() && !p.HashWOVersion.Equal(state.HashWOVersion)
}

// taken reports whether the plan has a password and the state has none, as after an import. The
// password is then set, although the mailbox may have it already.
func (p Passwords) taken(state Passwords) bool {
	inState := !state.Password.IsNull() || !state.Hash.IsNull() || !state.WOVersion.IsNull() || !state.HashWOVersion.IsNull()
	return !inState && p.changedFrom(state)
}

// passwordValidator refuses passwords that no service accepts. The rules of a service refuse
// others. Its errors never show the value.
type passwordValidator struct{}

// Description implements validator.Describer.
func (passwordValidator) Description(context.Context) string {
	return "must not be empty or hold control characters"
}

// MarkdownDescription implements validator.Describer.
func (v passwordValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements validator.String.
func (passwordValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	value, problem := req.ConfigValue.ValueString(), ""
	switch {
	case value == "":
		problem = "The password is empty."
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7F }):
		problem = "The password holds a control character, such as a line break at its end: trimspace() or chomp() removes one."
	}
	if problem != "" {
		resp.Diagnostics.AddAttributeError(req.Path, "Unusable password", problem)
	}
}
