package world

import (
	"fmt"
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
)

// Main is the TestMain of packages with acceptance tests. It keeps the tests apart from the
// environment of whoever runs them, and ends the process.
func Main(m *testing.M) {
	for _, name := range []string{"MAILSERVER_URL", "MAILSERVER_USERNAME", "MAILSERVER_PASSWORD", "POSTMASTER_SANDBOX",
		"SENDGRID_API_KEY", "SENDGRID_REGION", "SENDGRID_ON_BEHALF_OF", "SENDGRID_BASE_URL", "OCTETH_URL", "OCTETH_API_KEY", "OCTETH_SESSION_ID", "YANDEX_PDD_TOKEN", "YANDEX_PDD_BASE_URL"} {
		if err := os.Unsetenv(name); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	// Terraform's processes live for moments, and spend a fifth of them collecting garbage.
	if err := os.Setenv("GOGC", "400"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// Factories serve the provider to Terraform from within the test process.
var Factories = map[string]func() (tfprotov6.ProviderServer, error){
	"postmaster": providerserver.NewProtocol6WithError(provider.New("test")()),
}
