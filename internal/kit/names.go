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

// A spelling is how an attribute that names something is checked and compared:
// canonical gives the one form of all spellings that mean the same.
type Spelling struct {
	What      string // "a mail domain", for messages
	Canonical func(string) (string, error)
}

var (
	MailDomainSpelling = Spelling{"a mail domain", CanonicalMailDomain}
	HostnameSpelling   = Spelling{"a host name", CanonicalHostname}
	DNSNameSpelling    = Spelling{"a domain name", dns.Canonical}
)

// Same is whether two values are spellings of one name.
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

// PlanModifyString implements planmodifier.String: another spelling of the same
// name keeps the earlier one, so that it plans no change.
func (s Spelling) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	if !req.StateValue.IsNull() && s.Same(req.StateValue, req.PlanValue) {
		resp.PlanValue = req.StateValue
	}
}

// ReplaceIfNamedAnew plans a replacement where the value is known to name
// something else. An unknown one may end up equal, which Update sees.
func ReplaceIfNamedAnew(s Spelling) planmodifier.String {
	const description = "another name makes a new object"
	return stringplanmodifier.RequiresReplaceIf(func(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
		resp.RequiresReplace = !req.PlanValue.IsUnknown() && !s.Same(req.StateValue, req.PlanValue)
	}, description, description)
}
