package provider

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// certWorld is a simulated host with its provider.
type certWorld struct{ *certHost }

func newCertWorld(t *testing.T) *certWorld {
	t.Helper()
	return &certWorld{newCertHost(t)}
}

// services are what a provider in this world works with.
func (w *certWorld) services() *Run {
	s := testRun()
	w.adjust(s)
	return s
}

func (w *certWorld) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"postmaster": providerserver.NewProtocol6WithError(NewWith("test", Hooks{Adjust: w.adjust})()),
	}
}

func (w *certWorld) provider() string {
	return fmt.Sprintf("\nprovider \"postmaster\" {\n  sandbox = {\n    path = %q\n  }\n}\n", w.file)
}

// install is somebody else who gets a certificate for the mail server.
func (w *certWorld) install(t *testing.T, hostname string) {
	t.Helper()
	client, err := PartOf[*mailServerAccount](w.services()).Client()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.InstallLetsEncrypt(t.Context(), hostname); err != nil {
		t.Fatal(err)
	}
}
