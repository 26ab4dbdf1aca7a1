package kit_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
)

func TestInterruptionIsSaidInWords(t *testing.T) {
	for _, err := range []error{context.Canceled, context.DeadlineExceeded} {
		var diags diag.Diagnostics
		kit.AddError(&diags, "Unable to do it", err)
		if text := diags[0].Detail(); strings.Contains(text, err.Error()) || !strings.Contains(text, "Run again") {
			t.Errorf("%v is reported as %q", err, text)
		}
	}
	var diags diag.Diagnostics
	kit.AddError(&diags, "Unable to do it", fmt.Errorf("reading the list: %w", context.Canceled))
	if text := diags[0].Detail(); text != "reading the list: context canceled." {
		t.Errorf("what was interrupted is lost: %q", text)
	}
}
