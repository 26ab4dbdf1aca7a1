package verify

import (
	"context"
	"fmt"

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
		resp.Diagnostics.AddAttributeError(req.Path, "Not "+v.what, fmt.Sprintf("%s: %v.", req.Path, err))
	}
}

// The forms of elements of postmaster_domain_check.
var (
	anAddress    = textValidator{"an IP address", parses(check.ParseSender)}
	aNetwork     = textValidator{"a network", parses(check.ParseNetwork)}
	aSelector    = textValidator{"a DKIM selector", parses(check.ParseSelector)}
	aGreeting    = textValidator{"the name in a greeting", parses(check.ParseHELO)}
	aBlockList   = textValidator{"a DNS block list", parses(check.ParseBlockList)}
	aControlHost = textValidator{"a mail server", parses(check.ParseControlHost)}
	aProofZone   = textValidator{"a DNS zone", parses(check.ParseProofZone)}
	aMailbox     = textValidator{"a mailbox", func(text string) error { _, _, err := check.ParseMailbox(text); return err }}
	aCheck       = textValidator{"a check", check.CheckPattern}
	aFailure     = textValidator{"a check or a severity", check.CheckFailOn}
)

// parses makes a test of a function that reads a text.
func parses[T any](parse func(string) (T, error)) func(string) error {
	return func(text string) error {
		_, err := parse(text)
		return err
	}
}
