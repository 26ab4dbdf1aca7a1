package zone_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// readBlocks is readHosts for the provider's own blocks, without accounts.
func readBlocks(t *testing.T, withEnvironment bool, blocks map[string]types.Object) *zone.Zones {
	t.Helper()
	var diags diag.Diagnostics
	z := world.ReadHosts(world.NewRun(), blocks, types.MapNull(world.AccountType()), withEnvironment, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return z
}

func TestMissingHostCredentials(t *testing.T) {
	world.WithoutHostVariables(t)
	text := types.StringValue
	cases := map[string]struct {
		host   zone.HostService
		values map[string]attr.Value
		want   string // "" for nothing missing
	}{
		"Cloudflare":              {cloudflare.Service{}, nil, "Set cloudflare.api_token (environment: CLOUDFLARE_API_TOKEN) in"},
		"Cloudflare, complete":    {cloudflare.Service{}, map[string]attr.Value{"api_token": text("t")}, ""},
		"Cloudflare, unknown":     {cloudflare.Service{}, map[string]attr.Value{"api_token": types.StringUnknown()}, "cloudflare.api_token of the provider configuration not known yet"},
		"Cloudflare, address":     {cloudflare.Service{}, map[string]attr.Value{"api_token": text("t"), "base_url": types.StringUnknown()}, "cloudflare.base_url of the provider configuration not known yet"},
		"Namecheap":               {namecheap.Service{}, nil, "Set namecheap.api_user (environment: NAMECHEAP_API_USER), namecheap.api_key (environment: NAMECHEAP_API_KEY), namecheap.client_ip (environment: NAMECHEAP_CLIENT_IP) in"},
		"Namecheap, partly":       {namecheap.Service{}, map[string]attr.Value{"api_user": text("u"), "api_key": text("k")}, "Set namecheap.client_ip (environment: NAMECHEAP_CLIENT_IP) in"},
		"Namecheap, complete":     {namecheap.Service{}, map[string]attr.Value{"api_user": text("u"), "api_key": text("k"), "client_ip": text("192.0.2.1")}, ""},
		"Namecheap, use_sandbox":  {namecheap.Service{}, map[string]attr.Value{"api_user": text("u"), "api_key": text("k"), "client_ip": text("192.0.2.1"), "use_sandbox": types.BoolUnknown()}, "namecheap.use_sandbox of the provider configuration not known yet"},
		"GoDaddy":                 {godaddy.Service{}, nil, "Set godaddy.token (environment: GODADDY_TOKEN) in"},
		"GoDaddy, key alone":      {godaddy.Service{}, map[string]attr.Value{"api_key": text("k")}, "Set godaddy.api_secret (environment: GODADDY_API_SECRET) in"},
		"GoDaddy, secret alone":   {godaddy.Service{}, map[string]attr.Value{"api_secret": text("s")}, "Set godaddy.api_key (environment: GODADDY_API_KEY) in"},
		"GoDaddy, key and secret": {godaddy.Service{}, map[string]attr.Value{"api_key": text("k"), "api_secret": text("s")}, ""},
		"GoDaddy, token":          {godaddy.Service{}, map[string]attr.Value{"token": text("t")}, ""},
		"RFC 2136":                {rfc2136.Service{}, nil, "Set rfc2136.server (environment: DNS_UPDATE_SERVER) in"},
		"RFC 2136, unsigned":      {rfc2136.Service{}, map[string]attr.Value{"server": text("192.0.2.53")}, ""},
		"RFC 2136, name alone":    {rfc2136.Service{}, map[string]attr.Value{"server": text("192.0.2.53"), "key_name": text("k")}, "Set rfc2136.key_secret (environment: DNS_UPDATE_KEYSECRET) in"},
		"RFC 2136, secret alone":  {rfc2136.Service{}, map[string]attr.Value{"server": text("192.0.2.53"), "key_secret": text("cw==")}, "Set rfc2136.key_name (environment: DNS_UPDATE_KEYNAME) in"},
		"RFC 2136, port":          {rfc2136.Service{}, map[string]attr.Value{"server": text("192.0.2.53"), "port": types.Int64Unknown()}, "rfc2136.port of the provider configuration not known yet"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := world.SettingsOf(t, readBlocks(t, true, map[string]types.Object{c.host.Name(): world.HostObject(c.host, c.values)}), c.host.Name(), "")
			switch {
			case c.want == "" && got.Missing != nil:
				t.Errorf("missing: %v", got.Missing)
			case c.want != "" && (got.Missing == nil || !strings.Contains(got.Missing.Error(), c.want) || !errors.Is(got.Missing, api.ErrNotConfigured)):
				t.Errorf("missing: %v; want %q", got.Missing, c.want)
			}
			if pending := strings.Contains(c.want, "not known yet"); got.Pending != pending {
				t.Errorf("pending is %t", got.Pending)
			}
			if got.Missing == nil {
				if _, err := got.Open(world.NewRun()); err != nil {
					t.Errorf("the host cannot be made: %v", err)
				}
			}
		})
	}
}

// The environment fills what is not set, at Configure only, and nothing that is unknown.
func TestHostsFromTheEnvironment(t *testing.T) {
	world.WithoutHostVariables(t)
	for name, value := range map[string]string{
		"CLOUDFLARE_API_TOKEN": "t", "NAMECHEAP_API_USER": "u", "NAMECHEAP_API_KEY": "k", "NAMECHEAP_CLIENT_IP": "192.0.2.1", "NAMECHEAP_USE_SANDBOX": "True",
		"GODADDY_API_KEY": "k", "GODADDY_API_SECRET": "s",
		"DNS_UPDATE_SERVER": "192.0.2.53", "DNS_UPDATE_PORT": "5353", "DNS_UPDATE_TRANSPORT": "udp",
		"DNS_UPDATE_KEYNAME": "k", "DNS_UPDATE_KEYALGORITHM": "hmac-sha512", "DNS_UPDATE_KEYSECRET": "cw==",
	} {
		t.Setenv(name, value)
	}
	hosts := []zone.HostService{cloudflare.Service{}, namecheap.Service{}, godaddy.Service{}, rfc2136.Service{}}
	blocks := map[string]types.Object{}
	for _, host := range hosts {
		blocks[host.Name()] = types.ObjectNull(world.HostAttributeTypes(host))
	}
	for _, host := range hosts {
		got := world.SettingsOf(t, readBlocks(t, true, blocks), host.Name(), "")
		if got.Missing != nil {
			t.Errorf("%s: missing: %v", host.Name(), got.Missing)
			continue
		}
		if _, err := got.Open(world.NewRun()); err != nil {
			t.Errorf("%s: %v", host.Name(), err)
		}
	}
	for _, host := range hosts {
		got := world.SettingsOf(t, readBlocks(t, false, blocks), host.Name(), "")
		if got.Missing == nil {
			t.Errorf("%s takes its credentials from the environment at validate", host.Name())
		}
	}
	unknown := map[string]types.Object{"cloudflare": world.HostObject(cloudflare.Service{}, map[string]attr.Value{"api_token": types.StringUnknown()})}
	if got := world.SettingsOf(t, readBlocks(t, true, unknown), "cloudflare", ""); !got.Pending {
		t.Error("a token that is not known yet is taken from the environment")
	}
}

func TestUnusableHostSettings(t *testing.T) {
	world.WithoutHostVariables(t)
	cases := map[string]struct {
		variable, value string
		host            zone.HostService
		values          map[string]attr.Value
		want            string
	}{
		"a flag":          {"NAMECHEAP_USE_SANDBOX", "perhaps", namecheap.Service{}, nil, `NAMECHEAP_USE_SANDBOX is "perhaps"`},
		"a port":          {"DNS_UPDATE_PORT", "many", rfc2136.Service{}, nil, `DNS_UPDATE_PORT is "many"`},
		"plain http":      {"", "", cloudflare.Service{}, map[string]attr.Value{"base_url": types.StringValue("http://proxy.example.com")}, "cloudflare.base_url"},
		"no URL at all":   {"", "", godaddy.Service{}, map[string]attr.Value{"base_url": types.StringValue("proxy")}, "godaddy.base_url"},
		"in the variable": {"CLOUDFLARE_BASE_URL", "http://proxy.example.com", cloudflare.Service{}, nil, "CLOUDFLARE_BASE_URL"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if c.variable != "" {
				t.Setenv(c.variable, c.value)
			}
			var diags diag.Diagnostics
			world.ReadHosts(world.NewRun(), map[string]types.Object{c.host.Name(): world.HostObject(c.host, c.values)}, types.MapNull(world.AccountType()), true, &diags)
			if !diags.HasError() || !strings.Contains(diags.Errors()[0].Detail(), c.want) {
				t.Errorf("got %v; want an error with %q", diags, c.want)
			}
		})
	}
}

func TestReadAccounts(t *testing.T) {
	world.WithoutHostVariables(t)
	t.Setenv("CLOUDFLARE_API_TOKEN", "from the environment")
	token := world.HostObject(cloudflare.Service{}, map[string]attr.Value{"api_token": types.StringValue("t")})
	accounts := types.MapValueMust(world.AccountType(), map[string]attr.Value{
		"agency":  world.AccountObject(map[string]types.Object{"cloudflare": token}),
		"empty":   world.AccountObject(map[string]types.Object{"cloudflare": world.HostObject(cloudflare.Service{}, nil)}),
		"later":   world.AccountObject(map[string]types.Object{"godaddy": types.ObjectUnknown(world.HostAttributeTypes(godaddy.Service{}))}),
		"unknown": types.ObjectUnknown(world.AccountType().AttrTypes),
	})
	var diags diag.Diagnostics
	s := world.NewRun()
	world.ReadHosts(s, nil, accounts, true, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	for _, c := range []struct {
		account, host string // host is empty where it is not known
		pending       bool
		want          string // in the error; empty for none
	}{
		{"agency", "cloudflare", false, ""},
		{"empty", "cloudflare", false, `Set dns_accounts["empty"].cloudflare.api_token`},
		{"later", "godaddy", true, `dns_accounts["later"].godaddy of the provider configuration not known yet`},
		{"unknown", "", true, `dns_accounts["unknown"] of the provider configuration not known yet`},
		{"nobody", "", false, `there is no account "nobody" at Cloudflare`},
	} {
		if host, _ := zone.ZonesOf(s).AccountHost(c.account); host != c.host {
			t.Errorf("account %s is at %q", c.account, host)
		}
		key := zone.AccountKey{Host: c.host, Account: c.account}
		if key.Host == "" {
			key.Host = "cloudflare"
		}
		if pending := zone.ZonesOf(s).Pending(zone.AuthorizationID{Host: key.Host, Account: key.Account}); pending != c.pending {
			t.Errorf("that account %s is pending is %t", c.account, pending)
		}
		_, err := zone.ZonesOf(s).Host(key)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("account %s: got %v; want %q", c.account, err, c.want)
		}
	}

	world.ReadHosts(s, nil, types.MapUnknown(world.AccountType()), true, &diags)
	if !zone.ZonesOf(s).Pending(zone.AuthorizationID{Host: "cloudflare", Account: "agency"}) || zone.ZonesOf(s).Pending(zone.AuthorizationID{Host: "cloudflare"}) {
		t.Error("while no account is known, just the provider's own blocks are")
	}
}

func TestUnusableAccounts(t *testing.T) {
	token := world.HostObject(cloudflare.Service{}, map[string]attr.Value{"api_token": types.StringValue("t")})
	for name, c := range map[string]struct {
		account types.Object
		want    string
	}{
		"two":  {world.AccountObject(map[string]types.Object{"cloudflare": token, "godaddy": world.HostObject(godaddy.Service{}, nil)}), "exactly one of the blocks " + hostNames()},
		"none": {world.AccountObject(nil), "exactly one of"},
		"a/b":  {world.AccountObject(map[string]types.Object{"cloudflare": token}), "is no name for an account"},
		"a@b":  {world.AccountObject(map[string]types.Object{"cloudflare": token}), "is no name for an account"},
		"":     {world.AccountObject(map[string]types.Object{"cloudflare": token}), "is no name for an account"},
	} {
		var diags diag.Diagnostics
		world.ReadHosts(world.NewRun(), nil, types.MapValueMust(world.AccountType(), map[string]attr.Value{name: c.account}), true, &diags)
		if !diags.HasError() || !strings.Contains(diags.Errors()[0].Detail(), c.want) {
			t.Errorf("account %q: got %v; want an error with %q", name, diags, c.want)
		}
	}
}

// Each pattern of a host is written as name servers are compared, and finds this host alone.
func TestHostsAreDetected(t *testing.T) {
	hosts := world.Hosts()
	for _, host := range hosts {
		patterns := host.Host().NameServers
		if _, self := host.(zone.SelfDetecting); self == (len(patterns) > 0) {
			t.Errorf("%s is recognized by its name servers or asked itself, and not both or neither", host.Name())
		}
		for _, pattern := range patterns {
			zone := dns.Zone{Apex: "example.com", NameServers: []string{"ns1." + strings.NewReplacer("#", "12", "*", "net").Replace(pattern)}}
			if found, supported := hosts.Detect(zone); !supported || found.Name != host.Name() || found.Title != host.Title() {
				t.Errorf("%s: %s is taken for %+v", host.Name(), zone.NameServers, found)
			}
			if found := dns.DetectHost(zone); found.Name != dns.HostUnknown {
				t.Errorf("%s: %s is that of %+v as well", host.Name(), zone.NameServers, found)
			}
		}
	}
}

// While it is not known whom to ask, an editor looks up no values.
func TestValuesAreNotLookedUpBeforeItIsKnownWhom(t *testing.T) {
	for attribute, value := range map[string]any{"sandbox": world.Unknown{}, "dns_resolvers": []any{"192.0.2.53", world.Unknown{}}} {
		run, diags := world.Configured(t, world.Attributes{attribute: value})
		if diags.HasError() {
			t.Fatal(diags)
		}
		_, err := zone.ZonesOf(run).LookUpValues(t.Context(), "example.com", "TXT")
		if err == nil || !strings.Contains(err.Error(), attribute+" of the provider configuration not known yet") {
			t.Errorf("%s: the error is %v", attribute, err)
		}
	}
}

// hostNames are the names of all hosts, as messages list them.
func hostNames() string { return strings.Join(kit.Names(world.Hosts()), ", ") }

// The example of a host that is detected and not supported is one.
func TestExampleOfAnotherHost(t *testing.T) {
	var described datasource.SchemaResponse
	zone.NewProviderDataSource(world.Hosts(), nil)().Schema(t.Context(), datasource.SchemaRequest{}, &described)
	text := described.Schema.Attributes["name"].GetMarkdownDescription()
	for _, other := range dns.OtherHosts() {
		if strings.Contains(text, "` or `"+other.Name+"`;") && !slices.Contains(kit.Names(world.Hosts()), other.Name) {
			return
		}
	}
	t.Errorf("it says %q", text)
}
