package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What is configured wins over the environment, also between attributes of which one
// stands in for the other: a variable that was set for something else changes nothing.
func TestEnvironmentBetweenAlternatives(t *testing.T) {
	const foreign = "INVENTED0FOREIGN"
	foreignGoDaddy := map[string]string{"GODADDY_TOKEN": foreign + "T", "GODADDY_API_KEY": foreign + "K", "GODADDY_API_SECRET": foreign + "S"}
	foreignOcteth := map[string]string{"OCTETH_URL": "https://octeth.example.com", "OCTETH_API_KEY": foreign + "K", "OCTETH_SESSION_ID": foreign + "S"}
	goDaddy := func(set world.Attributes) world.Attributes { return world.Attributes{"godaddy": set} }
	inOcteth := func(set world.Attributes) world.Attributes { return world.Attributes{"octeth": set} }

	for name, c := range map[string]struct {
		set       world.Attributes
		variables map[string]string
		want      []string // the values of the group, in the order of its attributes; "?" is not known yet
		missing   string   // what the error names, if there is one
	}{
		"GoDaddy, environment alone":             {goDaddy(nil), foreignGoDaddy, []string{foreign + "T", foreign + "K", foreign + "S"}, ""},
		"GoDaddy, no block":                      {nil, foreignGoDaddy, []string{foreign + "T", foreign + "K", foreign + "S"}, ""},
		"GoDaddy, key and secret":                {goDaddy(world.Attributes{"api_key": "k", "api_secret": "s"}), foreignGoDaddy, []string{"", "k", "s"}, ""},
		"GoDaddy, token":                         {goDaddy(world.Attributes{"token": "t"}), foreignGoDaddy, []string{"t", "", ""}, ""},
		"GoDaddy, all":                           {goDaddy(world.Attributes{"token": "t", "api_key": "k", "api_secret": "s"}), foreignGoDaddy, []string{"t", "k", "s"}, ""},
		"GoDaddy, key, its secret by a variable": {goDaddy(world.Attributes{"api_key": "k"}), foreignGoDaddy, []string{"", "k", foreign + "S"}, ""},
		"GoDaddy, secret, its key by a variable": {goDaddy(world.Attributes{"api_secret": "s"}), foreignGoDaddy, []string{"", foreign + "K", "s"}, ""},
		"GoDaddy, key and a foreign token":       {goDaddy(world.Attributes{"api_key": "k"}), map[string]string{"GODADDY_TOKEN": foreign}, []string{"", "k", ""}, "Set godaddy.api_secret (environment: GODADDY_API_SECRET) in"},
		"GoDaddy, unknown token":                 {goDaddy(world.Attributes{"token": world.Unknown{}}), foreignGoDaddy, []string{"?", "", ""}, "godaddy.token of the provider configuration not known yet"},
		"GoDaddy, unknown key":                   {goDaddy(world.Attributes{"api_key": world.Unknown{}, "api_secret": "s"}), foreignGoDaddy, []string{"", "?", "s"}, "godaddy.api_key of the provider configuration not known yet"},
		"GoDaddy, unknown block":                 {world.Attributes{"godaddy": world.Unknown{}}, foreignGoDaddy, []string{"?", "?", "?"}, "godaddy of the provider configuration not known yet"},
		"GoDaddy, empty token":                   {goDaddy(world.Attributes{"token": "", "api_key": "k", "api_secret": "s"}), foreignGoDaddy, []string{"", "k", "s"}, ""},
		"GoDaddy, empty key and secret":          {goDaddy(world.Attributes{"token": "t", "api_key": "", "api_secret": ""}), foreignGoDaddy, []string{"t", "", ""}, ""},
		"GoDaddy, all empty":                     {goDaddy(world.Attributes{"token": "", "api_key": "", "api_secret": ""}), foreignGoDaddy, []string{foreign + "T", foreign + "K", foreign + "S"}, ""},
		"GoDaddy, something else":                {goDaddy(world.Attributes{"environment": "ote"}), foreignGoDaddy, []string{foreign + "T", foreign + "K", foreign + "S"}, ""},

		"Octeth, environment alone": {inOcteth(nil), foreignOcteth, []string{foreign + "K", foreign + "S"}, ""},
		"Octeth, session":           {inOcteth(world.Attributes{"session_id": "s"}), foreignOcteth, []string{"", "s"}, ""},
		"Octeth, key":               {inOcteth(world.Attributes{"api_key": "k"}), foreignOcteth, []string{"k", ""}, ""},
		"Octeth, both":              {inOcteth(world.Attributes{"api_key": "k", "session_id": "s"}), foreignOcteth, []string{"k", "s"}, ""},
		"Octeth, unknown session":   {inOcteth(world.Attributes{"session_id": world.Unknown{}}), foreignOcteth, []string{"", "?"}, "octeth.session_id of the provider configuration not known yet"},
		"Octeth, unknown key":       {inOcteth(world.Attributes{"api_key": world.Unknown{}}), foreignOcteth, []string{"?", ""}, "octeth.api_key of the provider configuration not known yet"},
		"Octeth, empty session":     {inOcteth(world.Attributes{"session_id": ""}), foreignOcteth, []string{foreign + "K", foreign + "S"}, ""},
		"Octeth, session, no URL":   {inOcteth(world.Attributes{"session_id": "s"}), map[string]string{"OCTETH_API_KEY": foreign}, []string{"", "s"}, "Set octeth.url (environment: OCTETH_URL) in"},
		"Octeth, nothing but a URL": {inOcteth(world.Attributes{"url": "https://octeth.example.com"}), nil, []string{"", ""}, "Set octeth.api_key (environment: OCTETH_API_KEY) in"},
	} {
		t.Run(name, func(t *testing.T) {
			world.WithoutHostVariables(t)
			for _, variable := range []string{"OCTETH_URL", "OCTETH_API_KEY", "OCTETH_SESSION_ID"} {
				t.Setenv(variable, "")
			}
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			s, diags := world.Configured(t, c.set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			read, lacking := []kit.Setting{kit.PartOf[*octeth.Account](s).Key, kit.PartOf[*octeth.Account](s).Session}, kit.PartOf[*octeth.Account](s).Missing()
			if strings.HasPrefix(name, "GoDaddy") {
				read, lacking = goDaddySettings(t, c.set), world.SettingsOf(t, zone.ZonesOf(s), "godaddy", "").Missing
			}
			for i, want := range c.want {
				if got := read[i]; got.Unknown != (want == "?") || !got.Unknown && got.Value != want {
					t.Errorf("%s is %q (unknown: %t) and not %q", got.Attribute, got.Value, got.Unknown, want)
				}
			}
			if c.missing == "" && lacking != nil || c.missing != "" && (lacking == nil || !strings.Contains(lacking.Error(), c.missing)) {
				t.Errorf("missing: %v; want %q", lacking, c.missing)
			}
		})
	}
}

// goDaddySettings are the group of alternatives as the provider's block is read.
func goDaddySettings(t *testing.T, set world.Attributes) []kit.Setting {
	t.Helper()
	var diags diag.Diagnostics
	config := provider.ReadConfig(t.Context(), world.ProviderConfig(t, set), &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	token, key, keySecret := godaddy.ReadGoDaddyCredentials(config.Block("godaddy", true))
	return []kit.Setting{token, key, keySecret}
}

// Octeth's way into GoDaddy needs a key, which the environment does not add to a token
// that is configured. The advice is not to set a variable that would be ignored.
func TestOctethAtGoDaddyBesideAToken(t *testing.T) {
	world.WithoutHostVariables(t)
	t.Setenv("GODADDY_API_KEY", "INVENTED0FOREIGN0K")
	t.Setenv("GODADDY_API_SECRET", "INVENTED0FOREIGN0S")
	s, diags := world.Configured(t, world.Attributes{"godaddy": world.Attributes{"token": "INVENTED0TOKEN"}})
	if diags.HasError() {
		t.Fatal(diags)
	}
	err := octeth.OctethDelegate{Run: s}.Check(zone.AuthorizationID{Host: "godaddy", Domain: "example.net"})
	if err == nil || !strings.Contains(err.Error(), "Set godaddy.api_key, godaddy.api_secret in") || strings.Contains(err.Error(), "GODADDY_API") {
		t.Errorf("the error is %v", err)
	}
}

// Accounts take nothing from the environment, whatever it holds.
func TestAccountsIgnoreTheEnvironment(t *testing.T) {
	world.WithoutHostVariables(t)
	for variable, value := range map[string]string{
		"GODADDY_TOKEN": "INVENTED0T", "GODADDY_API_KEY": "INVENTED0K", "GODADDY_API_SECRET": "INVENTED0S",
		"CLOUDFLARE_API_TOKEN": "INVENTED0T", "NAMECHEAP_API_USER": "invented", "NAMECHEAP_API_KEY": "INVENTED0K", "NAMECHEAP_CLIENT_IP": "192.0.2.1",
		"NAMECHEAP_USE_SANDBOX": "true", "DNS_UPDATE_SERVER": "192.0.2.53",
	} {
		t.Setenv(variable, value)
	}
	account := func(host string, set world.Attributes) world.Attributes {
		return world.Attributes{"dns_accounts": map[string]any{"a": world.Attributes{host: set}}}
	}
	for name, c := range map[string]struct {
		host    string
		set     world.Attributes
		missing string
	}{
		"GoDaddy, key":      {"godaddy", world.Attributes{"api_key": "k"}, `Set dns_accounts["a"].godaddy.api_secret in`},
		"GoDaddy, complete": {"godaddy", world.Attributes{"api_key": "k", "api_secret": "s"}, ""},
		"GoDaddy, nothing":  {"godaddy", world.Attributes{}, `Set dns_accounts["a"].godaddy.token in`},
		"Cloudflare":        {"cloudflare", world.Attributes{}, `Set dns_accounts["a"].cloudflare.api_token in`},
		"Namecheap":         {"namecheap", world.Attributes{"api_user": "u"}, `Set dns_accounts["a"].namecheap.api_key, dns_accounts["a"].namecheap.client_ip in`},
		"RFC 2136":          {"rfc2136", world.Attributes{"key_name": "k"}, `Set dns_accounts["a"].rfc2136.server in`},
	} {
		t.Run(name, func(t *testing.T) {
			s, diags := world.Configured(t, account(c.host, c.set))
			if diags.HasError() {
				t.Fatal(diags)
			}
			err := world.SettingsOf(t, zone.ZonesOf(s), c.host, "a").Missing
			if c.missing == "" && err != nil || c.missing != "" && (err == nil || !strings.Contains(err.Error(), c.missing)) {
				t.Errorf("missing: %v; want %q", err, c.missing)
			}
		})
	}
}

// Which sender a list is asked of is decided by the configuration before the environment.
func TestSenderToListWithVariables(t *testing.T) {
	const url, key = "https://octeth.example.com", "INVENTED0KEY"
	for name, c := range map[string]struct {
		set       world.Attributes
		variables map[string]string
		want      string // "" for an error
	}{
		"both configured":                   {world.Attributes{"octeth": world.Attributes{"url": url}, "sendgrid": world.Attributes{"api_key": key}}, nil, ""},
		"both by the environment":           {nil, map[string]string{"OCTETH_URL": url, "SENDGRID_API_KEY": key}, ""},
		"Octeth, SendGrid by a variable":    {world.Attributes{"octeth": world.Attributes{"url": url}}, map[string]string{"SENDGRID_API_KEY": key}, octeth.ServiceOcteth},
		"SendGrid, Octeth by a variable":    {world.Attributes{"sendgrid": world.Attributes{"api_key": key}}, map[string]string{"OCTETH_URL": url}, sendgrid.ServiceSendGrid},
		"unknown, SendGrid by a variable":   {world.Attributes{"octeth": world.Attributes{"url": world.Unknown{}}}, map[string]string{"SENDGRID_API_KEY": key}, octeth.ServiceOcteth},
		"Octeth by the environment alone":   {nil, map[string]string{"OCTETH_URL": url}, octeth.ServiceOcteth},
		"nothing: SendGrid says what lacks": {nil, nil, sendgrid.ServiceSendGrid},
	} {
		t.Run(name, func(t *testing.T) {
			for variable, value := range c.variables {
				t.Setenv(variable, value)
			}
			s, diags := world.Configured(t, c.set)
			if diags.HasError() {
				t.Fatal(diags)
			}
			got, err := sender.Senders(kit.With[sender.Service](service.All)).ToList(s, types.StringNull())
			if (err != nil) != (c.want == "") || err == nil && got.Name() != c.want {
				t.Errorf("it is %q, %v", got, err)
			}
		})
	}
}
