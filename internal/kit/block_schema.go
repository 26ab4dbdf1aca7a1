package kit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Text returns an optional text attribute for a block.
func Text(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}

// Secret returns an optional sensitive text attribute for a block.
func Secret(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description}
}

// BaseURLDescription describes the attribute that overrides the address of a service's API.
const BaseURLDescription = "Base URL of the API, for tests and proxies. Default: the service's own API."

// AllowInsecureHTTPAttribute returns the attribute that allows unencrypted HTTP to a service.
func AllowInsecureHTTPAttribute() schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: "Allow plain `http://` to a host other than this machine. Credentials then travel unencrypted. Default: `false`.",
	}
}

// TextCheck checks a text without looking at other settings. It returns an error without a full
// stop. It implements [validator.String].
type TextCheck func(text string) error

// Description returns nothing, because the attribute's own description says which values are
// allowed.
func (c TextCheck) Description(context.Context) string { return "" }

// MarkdownDescription returns the same as [TextCheck.Description].
func (c TextCheck) MarkdownDescription(context.Context) string { return "" }

// ValidateString adds an error if the text is set, known, and fails the check.
func (c TextCheck) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.ValueString() == "" {
		return // not set, or not known yet
	}
	if err := c(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Unusable value", fmt.Sprintf("%s: %s.", req.Path, err))
	}
}
