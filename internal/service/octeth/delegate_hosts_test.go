package octeth_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// octethAccounts are accounts of dns_accounts, each in a form of its own.
func octethAccounts() types.Map {
	text := types.StringValue
	account := func(host zone.HostService, values map[string]attr.Value) attr.Value {
		return world.AccountObject(map[string]types.Object{host.Name(): world.HostObject(host, values)})
	}
	ip := text("192.0.2.1")
	return types.MapValueMust(world.AccountType(), map[string]attr.Value{
		"cloudflare":  account(cloudflare.Service{}, map[string]attr.Value{"api_token": text("t")}),
		"none":        account(cloudflare.Service{}, nil),
		"late":        account(cloudflare.Service{}, map[string]attr.Value{"api_token": types.StringUnknown()}),
		"namecheap":   account(namecheap.Service{}, map[string]attr.Value{"api_user": text("u"), "api_key": text("k"), "client_ip": ip}),
		"customer":    account(namecheap.Service{}, map[string]attr.Value{"api_user": text("u"), "api_key": text("k"), "user_name": text("c"), "client_ip": ip}),
		"key":         account(godaddy.Service{}, map[string]attr.Value{"api_key": text("k"), "api_secret": text("s")}),
		"both":        account(godaddy.Service{}, map[string]attr.Value{"token": text("t"), "api_key": text("k"), "api_secret": text("s")}),
		"token":       account(godaddy.Service{}, map[string]attr.Value{"token": text("t")}),
		"half":        account(godaddy.Service{}, map[string]attr.Value{"token": text("t"), "api_key": text("k")}),
		"late-key":    account(godaddy.Service{}, map[string]attr.Value{"token": text("t"), "api_key": types.StringUnknown(), "api_secret": text("s")}),
		"server":      account(rfc2136.Service{}, map[string]attr.Value{"server": text("192.0.2.53")}),
		"late-server": account(rfc2136.Service{}, map[string]attr.Value{"server": types.StringUnknown()}),
	})
}

// Octeth gets what the account is configured with, in the way in which it takes it, and what it
// cannot use is told by the attributes to set.
func TestCredentialsForOcteth(t *testing.T) {
	world.WithoutHostVariables(t)
	var diags diag.Diagnostics
	s := world.NewRun()
	blocks := map[string]types.Object{"godaddy": types.ObjectNull(world.HostAttributeTypes(godaddy.Service{}))}
	if world.ReadHosts(s, blocks, octethAccounts(), true, &diags); diags.HasError() {
		t.Fatal(diags)
	}
	for name, c := range map[string]struct {
		id      string
		want    octethapi.Credentials
		err     string
		pending bool
	}{
		"Cloudflare":             {id: "cloudflare@cloudflare/example.com", want: octethapi.Credentials{Key: "t"}},
		"no token":               {id: "cloudflare@none/example.com", err: `Set dns_accounts["none"].cloudflare.api_token`},
		"token not known":        {id: "cloudflare@late/example.com", err: "not known yet", pending: true},
		"Namecheap":              {id: "namecheap@namecheap/example.org", want: octethapi.Credentials{Key: "k", User: "u", Username: "u"}},
		"Namecheap, a customer":  {id: "namecheap@customer/example.org", want: octethapi.Credentials{Key: "k", User: "u", Username: "c"}},
		"GoDaddy":                {id: "godaddy@key/example.net", want: octethapi.Credentials{Key: "k", Secret: "s"}},
		"GoDaddy, token besides": {id: "godaddy@both/example.net", want: octethapi.Credentials{Key: "k", Secret: "s"}},
		"GoDaddy, token":         {id: "godaddy@token/example.net", err: `and no token. Set dns_accounts["token"].godaddy.api_key, dns_accounts["token"].godaddy.api_secret in`},
		"GoDaddy, no secret":     {id: "godaddy@half/example.net", err: `Set dns_accounts["half"].godaddy.api_secret in`},
		"GoDaddy, not known":     {id: "godaddy@late-key/example.net", err: `dns_accounts["late-key"].godaddy.api_key of the provider configuration not known yet`, pending: true},
		"GoDaddy, nothing":       {id: "godaddy/example.net", err: "Set godaddy.api_key (environment: GODADDY_API_KEY), godaddy.api_secret (environment: GODADDY_API_SECRET) in"},
		"no account":             {id: "godaddy@nobody/example.net", err: `no account "nobody"`},
		"RFC 2136":               {id: "rfc2136@server/corp.example", err: "only at Cloudflare, Namecheap, GoDaddy"},
		"RFC 2136, not known":    {id: "rfc2136@late-server/corp.example", err: "only at Cloudflare, Namecheap, GoDaddy"},
	} {
		t.Run(name, func(t *testing.T) {
			id, err := zone.ParseAuthorizationID(c.id)
			if err != nil {
				t.Fatal(err)
			}
			host, got, err := octeth.Delegate{Run: s}.Credentials(id)
			switch {
			case c.err == "" && (err != nil || host != id.Host || got != c.want):
				t.Errorf("got others for %s: %v", host, err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("got %v; want %q", err, c.err)
			}
			if c.pending && !errors.Is(err, api.ErrNotConfigured) {
				t.Errorf("what is not known yet is %v", err)
			}
			if atPlan := (octeth.Delegate{Run: s}).Check(id); (atPlan != nil) != (c.err != "" && !c.pending) {
				t.Errorf("at plan: %v", atPlan)
			}
		})
	}
}

// In the sandbox nobody needs credentials, but a token alone is refused as outside.
func TestCredentialsForOctethInTheSandbox(t *testing.T) {
	t.Parallel()
	s := world.NewRun()
	w := world.New(t)
	s.EnterSandbox(w.Box, w.File)
	if _, c, err := (octeth.Delegate{Run: s}).Credentials(zone.AuthorizationID{Host: "godaddy", Domain: "example.net"}); err != nil || c.Key != godaddysim.Key || c.Secret != godaddysim.Secret {
		t.Errorf("got others: %v", err)
	}
	world.ReadHosts(s, nil, octethAccounts(), false, &diag.Diagnostics{})
	for account, refused := range map[string]bool{"token": true, "both": false, "late-key": false} {
		if _, _, err := (octeth.Delegate{Run: s}).Credentials(zone.AuthorizationID{Host: "godaddy", Account: account, Domain: "example.net"}); (err != nil) != refused {
			t.Errorf("%s: %v", account, err)
		}
	}
}

// What Octeth knows of DNS hosts is about hosts that there are.
func TestOctethHostsAreHosts(t *testing.T) {
	hosts := world.Hosts()
	for name, taken := range octeth.Hosts {
		host, ok := kit.Named(hosts, name)
		if !ok {
			t.Errorf("there is no DNS host %s", name)
			continue
		}
		for _, attribute := range taken.Needs {
			if host.Host().Attributes()[attribute] == nil {
				t.Errorf("%s has no attribute %s", name, attribute)
			}
		}
		simulated := taken.Credentials(func(attribute string) string {
			if host.Host().Attributes()[attribute] == nil {
				t.Errorf("%s has no attribute %s", name, attribute)
			}
			return host.Host().SimulatedValues[attribute]
		})
		if simulated.Key == "" {
			t.Errorf("%s has no simulated credentials for Octeth", name)
		}
		if octeth.HostCalled(taken.Called) != name {
			t.Errorf("%s is not what Octeth calls %s", name, taken.Called)
		}
	}
}
