package mailserver_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// The configuration wins over the environment, which stands in for what is not set and never for
// what is not known yet.
func TestEnvironment(t *testing.T) {
	t.Setenv("MAILSERVER_URL", "https://environment.example.com")
	t.Setenv("MAILSERVER_USERNAME", "environment")
	t.Setenv("MAILSERVER_PASSWORD", "correct horse")
	s, diags := world.Configured(t, world.Attributes{"mailserver": world.Attributes{"username": "configured"}})
	if diags.HasError() {
		t.Fatal(diags)
	}
	address, username, password := kit.PartOf[*mailserver.Account](s).Configured()
	if address.String() != "https://environment.example.com" || username != "configured" || password != "correct horse" {
		t.Errorf("it works on %s as %q", address, username)
	}
	if _, err := kit.PartOf[*mailserver.Account](s).Client(); err != nil {
		t.Error(err)
	}

	for name, set := range map[string]world.Attributes{
		"attribute": {"mailserver": world.Attributes{"url": world.Unknown{}}},
		"block":     {"mailserver": world.Unknown{}},
	} {
		s, _ := world.Configured(t, set)
		_, err := kit.PartOf[*mailserver.Account](s).Client()
		if err == nil || !strings.Contains(err.Error(), "mailserver.url") || !strings.Contains(err.Error(), "not known yet") {
			t.Errorf("with an unknown %s the error is %v", name, err)
		}
	}

	t.Setenv("MAILSERVER_URL", "environment.example.com")
	if _, diags := world.Configured(t, nil); !diags.HasError() || !strings.Contains(diags[0].Detail(), "MAILSERVER_URL") {
		t.Errorf("a variable without a scheme: %v", diags)
	}
}
