package octeth_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// What is configured wins over the environment, also between the key and the session, of which one
// stands in for the other: a variable that was set for something else changes nothing.
func TestEnvironmentBetweenAlternatives(t *testing.T) {
	const foreign = "INVENTED0FOREIGN"
	foreignPair := map[string]string{"OCTETH_URL": "https://octeth.example.com", "OCTETH_API_KEY": foreign + "K", "OCTETH_SESSION_ID": foreign + "S"}
	for name, c := range map[string]struct {
		set       world.Attributes
		variables map[string]string
		want      [2]string // the values of the key and the session; "?" is not known yet
		missing   string    // what the error names, if there is one
	}{
		"environment alone": {nil, foreignPair, [2]string{foreign + "K", foreign + "S"}, ""},
		"session":           {world.Attributes{"session_id": "s"}, foreignPair, [2]string{"", "s"}, ""},
		"key":               {world.Attributes{"api_key": "k"}, foreignPair, [2]string{"k", ""}, ""},
		"both":              {world.Attributes{"api_key": "k", "session_id": "s"}, foreignPair, [2]string{"k", "s"}, ""},
		"unknown session":   {world.Attributes{"session_id": world.Unknown{}}, foreignPair, [2]string{"", "?"}, "octeth.session_id of the provider configuration not known yet"},
		"unknown key":       {world.Attributes{"api_key": world.Unknown{}}, foreignPair, [2]string{"?", ""}, "octeth.api_key of the provider configuration not known yet"},
		"empty session":     {world.Attributes{"session_id": ""}, foreignPair, [2]string{foreign + "K", foreign + "S"}, ""},
		"session, no URL":   {world.Attributes{"session_id": "s"}, map[string]string{"OCTETH_API_KEY": foreign}, [2]string{"", "s"}, "Set octeth.url (environment: OCTETH_URL) in"},
		"nothing but a URL": {world.Attributes{"url": "https://octeth.example.com"}, nil, [2]string{"", ""}, "Set octeth.api_key (environment: OCTETH_API_KEY) in"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{"OCTETH_URL", "OCTETH_API_KEY", "OCTETH_SESSION_ID"} {
				t.Setenv(variable, c.variables[variable])
			}
			run, diags := world.Configured(t, world.Attributes{"octeth": c.set})
			if diags.HasError() {
				t.Fatal(diags)
			}
			account := kit.PartOf[*octeth.Account](run)
			key, session := account.Alternatives()
			for i, got := range []kit.Setting{key, session} {
				if want := c.want[i]; got.Unknown != (want == "?") || !got.Unknown && got.Value != want {
					t.Errorf("%s is %q (unknown: %t) and not %q", got.Attribute, got.Value, got.Unknown, want)
				}
			}
			lacking := account.Missing()
			if c.missing == "" && lacking != nil || c.missing != "" && (lacking == nil || !strings.Contains(lacking.Error(), c.missing)) {
				t.Errorf("missing: %v; want %q", lacking, c.missing)
			}
		})
	}
}
