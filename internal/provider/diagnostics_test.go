package provider

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// errorText is all errors, as a person reads them.
func errorText(diags diag.Diagnostics) string {
	var out strings.Builder
	for _, d := range diags.Errors() {
		out.WriteString(d.Summary() + ": " + d.Detail() + "\n")
	}
	return out.String()
}
