package godaddy_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What is configured wins over the environment, also between attributes of which one stands in for
// the other: a variable that was set for something else changes nothing.
func TestEnvironmentBetweenAlternatives(t *testing.T) {
	const foreign = "INVENTED0FOREIGN"
	foreignGoDaddy := map[string]string{"GODADDY_TOKEN": foreign + "T", "GODADDY_API_KEY": foreign + "K", "GODADDY_API_SECRET": foreign + "S"}
	goDaddy := func(set world.Attributes) world.Attributes { return world.Attributes{"godaddy": set} }

	for name, c := range map[string]struct {
		set       world.Attributes
		variables map[string]string
		want      []string // the values of the group, in the order of its attributes; "?" is not known yet
		missing   string   // what the error names, if there is one
	}{
		"environment alone":             {goDaddy(nil), foreignGoDaddy, []string{foreign + "T", foreign + "K", foreign + "S"}, ""},
		"no block":                      {nil, foreignGoDaddy, []string{foreign + "T", foreign + "K", foreign + "S"}, ""},
		"key and secret":                {goDaddy(world.Attributes{"api_key": "k", "api_secret": "s"}), foreignGoDaddy, []string{"", "k", "s"}, ""},
		"token":                         {goDaddy(world.Attributes{"token": "t"}), foreignGoDaddy, []string{"t", "", ""}, ""},
		"all":                           {goDaddy(world.Attributes{"token": "t", "api_key": "k", "api_secret": "s"}), foreignGoDaddy, []string{"t", "k", "s"}, ""},
		"key, its secret by a variable": {goDaddy(world.Attributes{"api_key": "k"}), foreignGoDaddy, []string{"", "k", foreign + "S"}, ""},
		"secret, its key by a variable": {goDaddy(world.Attributes{"api_secret": "s"}), foreignGoDaddy, []string{"", foreign + "K", "s"}, ""},
		"key and a foreign token":       {goDaddy(world.Attributes{"api_key": "k"}), map[string]string{"GODADDY_TOKEN": foreign}, []string{"", "k", ""}, "Set godaddy.api_secret (environment: GODADDY_API_SECRET) in"},
		"unknown token":                 {goDaddy(world.Attributes{"token": world.Unknown{}}), foreignGoDaddy, []string{"?", "", ""}, "godaddy.token of the provider configuration not known yet"},
		"unknown key":                   {goDaddy(world.Attributes{"api_key": world.Unknown{}, "api_secret": "s"}), foreignGoDaddy, []string{"", "?", "s"}, "godaddy.api_key of the provider configuration not known yet"},
		"unknown block":                 {world.Attributes{"godaddy": world.Unknown{}}, foreignGoDaddy, []string{"?", "?", "?"}, "godaddy of the provider configuration not known yet"},
		"empty token":                   {goDaddy(world.Attributes{"token": "", "api_key": "k", "api_secret": "s"}), foreignGoDaddy, []string{"", "k", "s"}, ""},
		"empty key and secret":          {goDaddy(world.Attributes{"token": "t", "api_key": "", "api_secret": ""}), foreignGoDaddy, []string{"t", "", ""}, ""},
		"all empty":                     {goDaddy(world.Attributes{"token": "", "api_key": "", "api_secret": ""}), foreignGoDaddy, []string{foreign + "T", foreign + "K", foreign + "S"}, ""},
		"something else":                {goDaddy(world.Attributes{"environment": "ote"}), foreignGoDaddy, []string{foreign + "T", foreign + "K", foreign + "S"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			world.WithoutHostVariables(t)
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			s, diags := world.Configured(t, c.set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			for i, got := range credentials(t, c.set) {
				if want := c.want[i]; got.Unknown != (want == "?") || !got.Unknown && got.Value != want {
					t.Errorf("%s is %q (unknown: %t) and not %q", got.Attribute, got.Value, got.Unknown, want)
				}
			}
			lacking := world.SettingsOf(t, zone.ZonesOf(s), "godaddy", "").Missing
			if c.missing == "" && lacking != nil || c.missing != "" && (lacking == nil || !strings.Contains(lacking.Error(), c.missing)) {
				t.Errorf("missing: %v; want %q", lacking, c.missing)
			}
		})
	}
}

// credentials are the token, the key and its secret, as the provider's block is read.
func credentials(t *testing.T, set world.Attributes) [3]kit.Setting {
	t.Helper()
	var block types.Object
	if diags := world.ProviderConfig(t, set).GetAttribute(t.Context(), path.Root("godaddy"), &block); diags.HasError() {
		t.Fatal(diags)
	}
	read := kit.BlockOf("godaddy", block)
	read.Env = true
	token, key, secret := godaddy.ReadCredentials(read)
	return [3]kit.Setting{token, key, secret}
}
