package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

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
	err := octeth.Service{}.Delegate(s).Check(zone.AuthorizationID{Host: "godaddy", Domain: "example.net"})
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
		"Octeth, SendGrid by a variable":    {world.Attributes{"octeth": world.Attributes{"url": url}}, map[string]string{"SENDGRID_API_KEY": key}, "octeth"},
		"SendGrid, Octeth by a variable":    {world.Attributes{"sendgrid": world.Attributes{"api_key": key}}, map[string]string{"OCTETH_URL": url}, "sendgrid"},
		"unknown, SendGrid by a variable":   {world.Attributes{"octeth": world.Attributes{"url": world.Unknown{}}}, map[string]string{"SENDGRID_API_KEY": key}, "octeth"},
		"Octeth by the environment alone":   {nil, map[string]string{"OCTETH_URL": url}, "octeth"},
		"nothing: SendGrid says what lacks": {nil, nil, "sendgrid"},
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
