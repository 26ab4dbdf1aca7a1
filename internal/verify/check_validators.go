package verify

import (
	"context"
	"fmt"
	"net/netip"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/check"
)

// textValidator checks the form of a text.
type textValidator struct {
	what string
	test func(string) error
}

func (v textValidator) Description(context.Context) string { return "must be " + v.what }

func (v textValidator) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

// ValidateString implements validator.String.
func (v textValidator) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := v.test(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not "+v.what, err.Error()+".")
	}
}

// The forms of elements of postmaster_domain_check.
var (
	anAddress = textValidator{"an IP address", func(text string) error {
		if addr, err := netip.ParseAddr(text); err != nil || addr.Zone() != "" {
			return fmt.Errorf("%q is not an IP address", text)
		}
		return nil
	}}
	aNetwork = textValidator{"a network", func(text string) error {
		if _, err := netip.ParsePrefix(text); err != nil {
			return fmt.Errorf("%q is not a network such as 10.0.0.0/8", text)
		}
		return nil
	}}
	aCheck   = textValidator{"a check", check.CheckPattern}
	aFailure = textValidator{"a check or a severity", check.CheckFailOn}
)
