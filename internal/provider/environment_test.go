package provider_test

import (
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// Octeth's way into GoDaddy needs a key, which the environment does not add to a token that is
// configured. The advice is not to set a variable that would be ignored.
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
