package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
)

// certWorld is a simulated host with its provider.
type certWorld struct{ *testkit.CertHost }

func newCertWorld(t *testing.T) *certWorld {
	t.Helper()
	return &certWorld{testkit.NewCertHost(t)}
}

// services are what a provider in this world works with.
func (w *certWorld) services() *kit.Run {
	s := testRun()
	w.Adjust(s)
	return s
}

func (w *certWorld) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"postmaster": providerserver.NewProtocol6WithError(provider.NewWith("test", provider.Hooks{Adjust: w.Adjust})()),
	}
}

func (w *certWorld) provider() string {
	return sandboxBlock(w.File, "")
}

// install is somebody else who gets a certificate for the mail server.
func (w *certWorld) install(t *testing.T, hostname string) {
	t.Helper()
	client, err := kit.PartOf[*mailserver.Account](w.services()).Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.InstallLetsEncrypt(t.Context(), hostname); err != nil {
		t.Fatal(err)
	}
}
