package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
)

// A domain that is gone when it comes to be deleted, as somebody was faster, is no
// error at any sender.
func TestDeletingASenderDomainThatIsGone(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	s := newServices("test")
	s.sandbox, s.sandboxPath = w.box, w.file
	for _, id := range []string{"sendgrid/45999999", "octeth/" + string(octeth.Campaign) + "/99", "octeth/" + string(octeth.EmailGateway) + "/99"} {
		service, _, _ := strings.Cut(id, "/")
		var diags diag.Diagnostics
		s.senderNamed(service).delete(t.Context(), senderDomainModel{ID: types.StringValue(id)}, &diags)
		if diags.HasError() {
			t.Errorf("%s: %s", id, errorText(diags))
		}
	}
}
