package kit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

// Spelling says how an attribute that holds a name is checked and compared. Canonical returns the
// one form that stands for all spellings of the same name, or an error for a text that is no such
// name.
type Spelling struct {
	What      string // such as "a mail domain", for messages
	Canonical func(string) (string, error)
}

// Spellings of names that several rooms use.
var (
	MailDomainSpelling = Spelling{"a mail domain", CanonicalMailDomain}
	HostnameSpelling   = Spelling{"a host name", CanonicalHostname}
	DNSNameSpelling    = Spelling{"a domain name", dns.Canonical}
)

// Same reports whether two values are spellings of the same name. Null and unknown values are the
// same only as an equal value.
func (s Spelling) Same(a, b types.String) bool {
	if a.IsNull() || a.IsUnknown() || b.IsNull() || b.IsUnknown() {
		return a.Equal(b)
	}
	ca, errA := s.Canonical(a.ValueString())
	cb, errB := s.Canonical(b.ValueString())
	return errA == nil && errB == nil && ca == cb
}

// Description implements validator.Describer and planmodifier.Describer.
func (s Spelling) Description(context.Context) string { return "must be " + s.What }

// MarkdownDescription implements validator.Describer and planmodifier.Describer.
func (s Spelling) MarkdownDescription(ctx context.Context) string { return s.Description(ctx) }

// ValidateString implements validator.String.
func (s Spelling) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := s.Canonical(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not "+s.What, fmt.Sprintf("%s: %s.", req.Path, err))
	}
}

// PlanModifyString implements planmodifier.String. A new spelling of the same name keeps the prior
// one, so it plans no change.
func (s Spelling) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && s.Same(req.StateValue, req.PlanValue) {
		resp.PlanValue = req.StateValue
	}
}

// ReplaceIfNamedAnew plans a replacement if the value is known and names something else. An unknown
// value plans none, because it may turn out equal; Update checks it.
func ReplaceIfNamedAnew(s Spelling) planmodifier.String {
	const description = "a different name forces replacement"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !req.PlanValue.IsUnknown() && !s.Same(req.StateValue, req.PlanValue)
	}, description, description)
}
