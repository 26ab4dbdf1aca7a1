package service_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// An account of dns_accounts never works with the credentials of the environment: they are somebody
// else's, and the zones that they reach are not the customer's. Without credentials of its own, it cannot
// be used, and the error names no variable. What the account itself chooses counts, also if that choice
// rests on the credentials of the run.
func TestAccountsHaveCredentialsOfTheirOwn(t *testing.T) {
	type set = world.Attributes
	const (
		id      = "00000000-0000-0000-0000-00000000f001"
		noKeys  = `dns_accounts["c"].route53 has no credentials. Set access_key and secret_key, or profile,`
		noAzure = `dns_accounts["c"].azure has no credentials. Set`
		noText  = `dns_accounts["c"].google has no credentials. Set credentials or access_token`
	)
	for name, c := range map[string]struct {
		host string
		set  set
		says string // "": it can be used
	}{
		"route53, empty":                   {"route53", set{}, noKeys},
		"route53, an address":              {"route53", set{"base_url": "http://127.0.0.1:19153/route53"}, noKeys},
		"route53, a region":                {"route53", set{"region": "eu-central-1"}, noKeys},
		"route53, empty texts":             {"route53", set{"access_key": "", "profile": ""}, noKeys},
		"route53, keys":                    {"route53", set{"access_key": "AKIA1", "secret_key": "s"}, ""},
		"route53, a profile":               {"route53", set{"profile": "customer"}, ""},
		"route53, a role":                  {"route53", set{"assume_role": set{"role_arn": "arn:aws:iam::111122223333:role/dns"}}, ""},
		"route53, a profile to come":       {"route53", set{"profile": world.Unknown{}}, "not known yet"},
		"azure, a subscription":            {"azure", set{"subscription_id": id}, noAzure},
		"azure, a tenant":                  {"azure", set{"subscription_id": id, "tenant_id": id}, noAzure},
		"azure, an application":            {"azure", set{"subscription_id": id, "client_id": id, "tenant_id": id}, noAzure},
		"azure, a flag that is off":        {"azure", set{"subscription_id": id, "use_msi": false}, noAzure},
		"azure, a secret":                  {"azure", set{"subscription_id": id, "client_id": id, "tenant_id": id, "client_secret": "s"}, ""},
		"azure, a token":                   {"azure", set{"subscription_id": id, "access_token": "t"}, ""},
		"azure, the machine":               {"azure", set{"subscription_id": id, "use_msi": true}, ""},
		"azure, a token's file":            {"azure", set{"subscription_id": id, "client_id": id, "tenant_id": id, "oidc_token_file_path": "/t"}, ""},
		"azure, a workflow's token":        {"azure", set{"subscription_id": id, "client_id": id, "tenant_id": id, "use_oidc": true}, `dns_accounts["c"].azure.oidc_request_url`},
		"azure, a secret to come":          {"azure", set{"subscription_id": id, "client_secret": world.Unknown{}}, "not known yet"},
		"google, empty":                    {"google", set{}, noText},
		"google, a project":                {"google", set{"project": "example-project"}, noText},
		"google, a key":                    {"google", set{"credentials": "/key.json"}, ""},
		"google, a token":                  {"google", set{"access_token": "ya29.x"}, ""},
		"google, to act as an account":     {"google", set{"impersonate_service_account": "dns@example-project.iam.gserviceaccount.com"}, ""},
		"google, to act, not known as who": {"google", set{"impersonate_service_account": world.Unknown{}}, "not known yet"},
	} {
		t.Run(name, func(t *testing.T) {
			world.WithoutHostVariables(t)
			for variable, value := range map[string]string{
				"AWS_ACCESS_KEY_ID": "AKIAFIRM", "AWS_SECRET_ACCESS_KEY": "FIRM0SECRET", "AWS_PROFILE": "firm",
				"AZURE_SUBSCRIPTION_ID": id, "AZURE_TENANT_ID": id, "AZURE_CLIENT_ID": id, "AZURE_CLIENT_SECRET": "FIRM0SECRET",
				"ARM_SUBSCRIPTION_ID": id, "ARM_TENANT_ID": id, "ARM_CLIENT_ID": id, "ARM_CLIENT_SECRET": "FIRM0SECRET", "ARM_USE_MSI": "true",
				"GOOGLE_CREDENTIALS": "/firm.json", "GOOGLE_APPLICATION_CREDENTIALS": "/firm.json", "GOOGLE_OAUTH_ACCESS_TOKEN": "ya29.firm",
				"GOOGLE_IMPERSONATE_SERVICE_ACCOUNT": "firm@example-project.iam.gserviceaccount.com",
			} {
				t.Setenv(variable, value)
			}
			run, diags := world.Configured(t, set{"dns_accounts": map[string]any{"c": set{c.host: c.set}}})
			if diags.HasError() {
				t.Fatal(diags)
			}
			settings := world.SettingsOf(t, zone.ZonesOf(run), c.host, "c")
			switch lacking := settings.Missing; {
			case c.says == "" && lacking != nil, c.says != "" && (lacking == nil || !strings.Contains(lacking.Error(), c.says)):
				t.Errorf("missing: %v; want %q", lacking, c.says)
			case lacking != nil && !errors.Is(lacking, api.ErrNotConfigured):
				t.Errorf("%v is no api.ErrNotConfigured", lacking)
			case lacking != nil:
				for _, prefix := range []string{"AWS_", "AZURE_", "ARM_", "GOOGLE_", "GCLOUD_", "ACTIONS_", "az login"} {
					if strings.Contains(lacking.Error(), prefix) {
						t.Errorf("%v names %s, which counts in the block of the provider only", lacking, prefix)
					}
				}
			}
			for what, value := range settings.Values {
				if value.Inherited || strings.Contains(value.Value, "FIRM") {
					t.Errorf("%s is %q", what, value.Value)
				}
			}
		})
	}
}
