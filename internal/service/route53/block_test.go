package route53_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What has to be set before the account can be used, and what need not be. Opening it reads nothing:
// none of these profiles and files exists.
func TestBlock(t *testing.T) {
	block := func(set world.Attributes) world.Attributes { return world.Attributes{"route53": set} }
	keys := map[string]string{"AWS_ACCESS_KEY_ID": "AKIAINVENTED", "AWS_SECRET_ACCESS_KEY": "INVENTED0S"}
	for name, c := range map[string]struct {
		set       world.Attributes
		variables map[string]string
		missing   string // in the error; "" for none
	}{
		"nothing":               {nil, nil, "With an empty block, route53 = {}"},
		"a region alone":        {nil, map[string]string{"AWS_REGION": "eu-central-1"}, "Set route53.access_key (environment: AWS_ACCESS_KEY_ID)"},
		"an empty block":        {block(world.Attributes{}), nil, ""},
		"a profile":             {block(world.Attributes{"profile": "mail"}), nil, ""},
		"keys":                  {block(world.Attributes{"access_key": "AKIA1", "secret_key": "s"}), nil, ""},
		"a key of environment":  {nil, map[string]string{"AWS_ACCESS_KEY_ID": "AKIA1"}, "Set route53.secret_key (environment: AWS_SECRET_ACCESS_KEY) in"},
		"a region of no use":    {block(world.Attributes{}), map[string]string{"AWS_REGION": "eu central"}, "AWS_REGION: \"eu central\" is not the name of a region"},
		"keys of environment":   {nil, keys, ""},
		"profile of it":         {nil, map[string]string{"AWS_PROFILE": "mail"}, ""},
		"web identity of it":    {nil, map[string]string{"AWS_WEB_IDENTITY_TOKEN_FILE": "/no/such/file", "AWS_ROLE_ARN": "arn"}, ""},
		"container role":        {nil, map[string]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/"}, ""},
		"an unknown key":        {block(world.Attributes{"access_key": world.Unknown{}, "secret_key": "s"}), keys, "route53.access_key of the provider configuration not known yet"},
		"an unknown role":       {block(world.Attributes{"assume_role": world.Attributes{"role_arn": world.Unknown{}}}), keys, "route53.assume_role.role_arn of the provider configuration not known yet"},
		"an unknown block":      {world.Attributes{"route53": world.Unknown{}}, keys, "not known yet"},
		"a role":                {block(world.Attributes{"assume_role": world.Attributes{"role_arn": "arn:aws:iam::111122223333:role/dns", "external_id": "12"}}), nil, ""},
		"a profile beside keys": {block(world.Attributes{"profile": "mail"}), map[string]string{"AWS_ACCESS_KEY_ID": "AKIAINVENTED"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			world.WithoutHostVariables(t)
			t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			run, diags := world.Configured(t, c.set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			settings := world.SettingsOf(t, zone.ZonesOf(run), "route53", "")
			switch lacking := settings.Missing; {
			case c.missing == "" && lacking != nil, c.missing != "" && (lacking == nil || !strings.Contains(lacking.Error(), c.missing)):
				t.Errorf("missing: %v; want %q", lacking, c.missing)
			case lacking != nil && !errors.Is(lacking, api.ErrNotConfigured):
				t.Errorf("%v is no api.ErrNotConfigured", lacking)
			case lacking == nil:
				if _, err := settings.Open(run); err != nil {
					t.Errorf("it cannot be opened: %v", err)
				}
			}
		})
	}
}

// Two blocks are one account only if they reach the same one.
func TestAccounts(t *testing.T) {
	world.WithoutHostVariables(t)
	seen := map[string]string{}
	for name, set := range map[string]world.Attributes{
		"empty": {}, "keys": {"access_key": "AKIA1", "secret_key": "s"}, "profile": {"profile": "mail"},
		"role":    {"profile": "mail", "assume_role": world.Attributes{"role_arn": "arn:aws:iam::111122223333:role/one"}},
		"another": {"profile": "mail", "assume_role": world.Attributes{"role_arn": "arn:aws:iam::111122223333:role/two"}},
		"china":   {"profile": "mail", "region": "cn-north-1"}, "proxy": {"profile": "mail", "base_url": "https://proxy.example.com"},
	} {
		run, diags := world.Configured(t, world.Attributes{"route53": set})
		if diags.HasError() {
			t.Fatal(diags)
		}
		account := world.SettingsOf(t, zone.ZonesOf(run), "route53", "").Account
		if other, taken := seen[account]; taken {
			t.Errorf("%s and %s are one account", name, other)
		}
		seen[account] = name
	}
}

// The address of the API comes from the attribute, or else from the variables that all programs for AWS
// know.
func TestAddress(t *testing.T) {
	for name, c := range map[string]struct {
		set       world.Attributes
		variables map[string]string
		want      string
	}{
		"none":             {nil, nil, "https://route53.amazonaws.com"},
		"China":            {world.Attributes{"region": "cn-north-1"}, nil, "https://route53.amazonaws.com.cn"},
		"GovCloud":         {nil, map[string]string{"AWS_REGION": "us-gov-east-1"}, "https://route53.us-gov.amazonaws.com"},
		"default region":   {nil, map[string]string{"AWS_DEFAULT_REGION": "cn-north-1"}, "https://route53.amazonaws.com.cn"},
		"attribute":        {world.Attributes{"base_url": "https://a.example.com"}, map[string]string{"AWS_ENDPOINT_URL": "https://b.example.com"}, "https://a.example.com"},
		"service variable": {nil, map[string]string{"AWS_ENDPOINT_URL_ROUTE_53": "https://a.example.com", "AWS_ENDPOINT_URL": "https://b.example.com"}, "https://a.example.com"},
		"variable":         {nil, map[string]string{"AWS_ENDPOINT_URL": "https://b.example.com"}, "https://b.example.com"},
		"ignored":          {nil, map[string]string{"AWS_ENDPOINT_URL": "https://b.example.com", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}, "https://route53.amazonaws.com"},
	} {
		t.Run(name, func(t *testing.T) {
			world.WithoutHostVariables(t)
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			var object types.Object
			if diags := world.ProviderConfig(t, world.Attributes{"route53": c.set}).GetAttribute(t.Context(), path.Root("route53"), &object); diags.HasError() {
				t.Fatal(diags)
			}
			block := kit.BlockOf("route53", object)
			block.Env = true
			var diags diag.Diagnostics
			if got, _, _ := route53.ReadAddress(block, &diags); diags.HasError() || got.String() != c.want {
				t.Errorf("got %s, %v; want %s", got, diags, c.want)
			}
		})
	}
}
