package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/octeth"
)

// The sender is told by the block that is set and, before that is known, by the only
// one that may turn out to be.
func TestSenderOfADomain(t *testing.T) {
	t.Parallel()
	var diags diag.Diagnostics
	octethBlock := unknownOcteth().object(t.Context(), &diags)
	sendgridBlock, _ := types.ObjectValueFrom(t.Context(), sendgridTypes, unknownSendGrid())
	noSendGrid, lateSendGrid := types.ObjectNull(sendgridTypes), types.ObjectUnknown(sendgridTypes)
	noOcteth, lateOcteth := types.ObjectNull(octethTypes), types.ObjectUnknown(octethTypes)
	for name, c := range map[string]struct {
		sendgrid, octeth types.Object
		want             string
	}{
		"SendGrid":          {sendgridBlock, noOcteth, serviceSendGrid},
		"Octeth":            {noSendGrid, octethBlock, serviceOcteth},
		"SendGrid, later":   {lateSendGrid, noOcteth, serviceSendGrid},
		"Octeth, later":     {noSendGrid, lateOcteth, serviceOcteth},
		"SendGrid, or both": {sendgridBlock, lateOcteth, serviceSendGrid},
		"either of them":    {lateSendGrid, lateOcteth, ""},
		"both":              {sendgridBlock, octethBlock, ""},
		"none":              {noSendGrid, noOcteth, ""},
	} {
		if got := (senderDomainModel{SendGrid: c.sendgrid, Octeth: c.octeth}).service(); got != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A domain that is gone when it comes to be deleted, as somebody was faster, is no
// error at any sender.
func TestDeletingASenderDomainThatIsGone(t *testing.T) {
	t.Parallel()
	w := newDNSWorld(t)
	w.installOcteth(t, "5.9.4")
	s := testRun()
	s.EnterSandbox(w.box, w.file)
	for _, id := range []string{"sendgrid/45999999", "octeth/" + string(octeth.Campaign) + "/99", "octeth/" + string(octeth.EmailGateway) + "/99"} {
		service, _, _ := strings.Cut(id, "/")
		var diags diag.Diagnostics
		s.senderNamed(service).delete(t.Context(), senderDomainModel{ID: types.StringValue(id)}, &diags)
		if diags.HasError() {
			t.Errorf("%s: %s", id, errorText(diags))
		}
	}
}
