package sender_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A domain that is gone when it comes to be deleted, as somebody was faster, is no error at any
// sender.
func TestDeletingASenderDomainThatIsGone(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	w.InstallOcteth(t, "5.9.4")
	s := world.NewRun()
	s.EnterSandbox(w.Box, w.File)
	for _, id := range []string{"sendgrid/45999999", "octeth/" + string(octethapi.Campaign) + "/99", "octeth/" + string(octethapi.EmailGateway) + "/99"} {
		name, _, _ := strings.Cut(id, "/")
		service, _ := kit.Named(kit.With[sender.Service](service.All), name)
		var diags diag.Diagnostics
		service.Sender(s).Delete(t.Context(), sender.Domain{ID: types.StringValue(id)}, &diags)
		if diags.HasError() {
			t.Errorf("%s: %s", id, testkit.ErrorText(diags))
		}
	}
}
