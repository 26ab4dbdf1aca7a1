package mailserver_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// The authorities that a certificate may come from are not guessed.
func TestRootsWaitForWhatDecides(t *testing.T) {
	for name, set := range map[string]world.Attributes{
		"sandbox": {"sandbox": world.Unknown{}},
		"ca_file": {"mailserver": world.Attributes{"ca_file": world.Unknown{}}},
	} {
		s, diags := world.Configured(t, set)
		if diags.HasError() {
			t.Fatal(diags)
		}
		_, err := mailserver.Service{}.Certificates(s).Roots()
		if err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "not known yet") {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}

// The mail server's word on a certificate that did not arrive, and why it may not have.
func TestMailServerExplainsMissingCertificates(t *testing.T) {
	t.Run("self-signed", func(t *testing.T) {
		w := world.NewCert(t)
		w.With(t, map[string]bool{mailserversim.SwitchCertificatesNeverArrive: true})
		explains(t, w, "The mail server itself cannot tell how many days are left", "HTTP 500", "ACME v1",
			"the name in the mail server's own configuration must be mail.example.com.")
	})
	t.Run("too old", func(t *testing.T) {
		w := world.NewCert(t)
		w.Install(t, "mail.example.com")
		w.Look(t, "mail.example.com") // it arrives when looked for
		w.Pass(80 * testkit.Days)
		explains(t, w, "The mail server itself says that 0 days are left", "do not rely on the number alone", "ACME v1")
	})
}

func explains(t *testing.T, w *world.Cert, want ...string) {
	t.Helper()
	text := mailserver.Service{}.Certificates(w.Services()).Explain(t.Context(), "mail.example.com")
	for _, want := range want {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
