package sendgrid_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// What is not known yet is not taken for unset: it decides whose domains are meant, and where.
func TestSendGridConfigNotKnownYet(t *testing.T) {
	for name, set := range map[string]world.Attributes{
		"sendgrid.api_key":      {"sendgrid": world.Attributes{"api_key": world.Unknown{}}},
		"sendgrid.region":       {"sendgrid": world.Attributes{"api_key": "SG.key", "region": world.Unknown{}}},
		"sendgrid.on_behalf_of": {"sendgrid": world.Attributes{"api_key": "SG.key", "on_behalf_of": world.Unknown{}}},
		"sendgrid.base_url":     {"sendgrid": world.Attributes{"api_key": "SG.key", "base_url": world.Unknown{}}},
		"sendgrid.api_key,":     {"sendgrid": world.Unknown{}},
		"sandbox":               {"sandbox": world.Unknown{}, "sendgrid": world.Attributes{"api_key": "SG.key"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("SENDGRID_API_KEY", "SG.key-of-the-environment")
			t.Setenv("SENDGRID_REGION", "eu")
			t.Setenv("SENDGRID_ON_BEHALF_OF", "newsletter")
			services, diags := world.Configured(t, set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			_, err := kit.PartOf[*sendgrid.Account](services).Client()
			if !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), "not known yet") {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestSendGridConfigFromEnvironment(t *testing.T) {
	t.Setenv("SENDGRID_API_KEY", "")
	services, _ := world.Configured(t, world.Attributes{})
	if _, err := kit.PartOf[*sendgrid.Account](services).Client(); !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), "sendgrid.api_key (environment: SENDGRID_API_KEY)") {
		t.Errorf("without a key the error is %v", err)
	}
	t.Setenv("SENDGRID_API_KEY", "SG.key")
	t.Setenv("SENDGRID_REGION", "eu")
	t.Setenv("SENDGRID_ON_BEHALF_OF", "newsletter")
	t.Setenv("SENDGRID_BASE_URL", "https://sendgrid.example/v3")
	for name, c := range map[string]struct {
		set    world.Attributes
		region sendgridapi.Region
	}{
		"environment":   {world.Attributes{}, sendgridapi.EU},
		"configuration": {world.Attributes{"sendgrid": world.Attributes{"region": "global"}}, sendgridapi.Global},
	} {
		services, diags := world.Configured(t, c.set)
		client, err := kit.PartOf[*sendgrid.Account](services).Client()
		if diags.HasError() || err != nil {
			t.Fatal(diags, err)
		}
		if client.Region() != c.region {
			t.Errorf("by the %s the region is %s", name, client.Region())
		}
		if user, address := kit.PartOf[*sendgrid.Account](services).Configured(); user != "newsletter" || address.Host != "sendgrid.example" {
			t.Errorf("by the %s the account is %q at %s", name, user, address)
		}
	}
}

func TestSendGridVariablesRefused(t *testing.T) {
	for variable, c := range map[string]struct{ value, says string }{
		"SENDGRID_REGION":   {"europe", `sendgrid.region (environment: SENDGRID_REGION) is "europe"; SendGrid has "global" and "eu"`},
		"SENDGRID_BASE_URL": {"http://sendgrid.example", "sendgrid.base_url (environment: SENDGRID_BASE_URL)"},
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, c.value)
			if _, diags := world.Configured(t, world.Attributes{}); !strings.Contains(testkit.ErrorText(diags), c.says) {
				t.Errorf("it says %q", testkit.ErrorText(diags))
			}
		})
	}
}

func TestSenderIDs(t *testing.T) {
	for _, text := range []string{"sendgrid/45373692", "sendgrid/newsletter/45373692", "sendgrid/account-id a0b1c2d3/45373692", "sendgrid/a/b/1"} {
		if id, err := sendgrid.ParseDomainID(text); err != nil || id.String() != text {
			t.Errorf("%q is read as %q, %v", text, id, err)
		}
	}
	for _, text := range []string{"", "45373692", "sendgrid/", "sendgrid/0", "sendgrid/-1", "sendgrid/example.com", "sendgrid//1", "other/1", "sendgrid/99999999999999999999"} {
		if id, err := sendgrid.ParseDomainID(text); err == nil || !strings.Contains(err.Error(), "use the id attribute of a postmaster_sender_domain") {
			t.Errorf("%q is read as %q, %v", text, id, err)
		}
	}
}
