package testkit

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// ErrorText is all errors, as a person reads them.
func ErrorText(diags diag.Diagnostics) string {
	var out strings.Builder
	for _, d := range diags.Errors() {
		out.WriteString(d.Summary() + ": " + d.Detail() + "\n")
	}
	return out.String()
}
