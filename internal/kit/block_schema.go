package kit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

func Text(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description}
}

func Secret(description string) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, Sensitive: true, MarkdownDescription: description}
}

const BaseURLDescription = "Address of the API, for tests and proxies. Default: the real one."

func AllowInsecureHTTPAttribute() schema.BoolAttribute {
	return schema.BoolAttribute{
		Optional:            true,
		MarkdownDescription: "Allow plain `http://` to a host other than this machine. Credentials then travel unencrypted. Default: `false`.",
	}
}

// TextCheck is a check of a text that does not depend on other settings. Its error is a
// sentence without its full stop. It implements [validator.String].
type TextCheck func(text string) error

// Description returns nothing: the attribute's own description says what is allowed.
func (c TextCheck) Description(context.Context) string { return "" }

// MarkdownDescription is [textCheck.Description].
func (c TextCheck) MarkdownDescription(context.Context) string { return "" }

// ValidateString reports what is wrong with a text that is set and known.
func (c TextCheck) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.ValueString() == "" {
		return // it is not set, or not known yet
	}
	if err := c(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Unusable value", fmt.Sprintf("%s: %s.", req.Path, err))
	}
}
