package world

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// Cert is a simulated host with its provider.
type Cert struct{ *testkit.CertHost }

// NewCert is such a host, which ends with the test.
func NewCert(t *testing.T) *Cert {
	t.Helper()
	return &Cert{testkit.NewCertHost(t)}
}

// Services are what a provider in this world works with.
func (w *Cert) Services() *kit.Run {
	s := NewRun()
	w.Adjust(s)
	return s
}

// Factories serve a provider that works on the host, on its clock.
func (w *Cert) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"postmaster": providerserver.NewProtocol6WithError(provider.NewWith("test", provider.Hooks{Adjust: w.Adjust})()),
	}
}

// Provider is the configuration block of this sandbox.
func (w *Cert) Provider() string {
	return SandboxBlock(w.File, "")
}

// Install is somebody else who gets a certificate for the mail server.
func (w *Cert) Install(t *testing.T, hostname string) {
	t.Helper()
	client, err := kit.PartOf[*mailserver.Account](w.Services()).Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.InstallLetsEncrypt(t.Context(), hostname); err != nil {
		t.Fatal(err)
	}
}
