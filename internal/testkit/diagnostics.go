package testkit

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// ErrorText returns the summaries and details of all errors, one error per line.
func ErrorText(diags diag.Diagnostics) string {
	var out strings.Builder
	for _, d := range diags.Errors() {
		out.WriteString(d.Summary() + ": " + d.Detail() + "\n")
	}
	return out.String()
}
