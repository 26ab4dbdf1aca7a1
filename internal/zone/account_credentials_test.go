package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// One account has one editor, however often and in whatever words the configuration names it, and
// no other account has that one.
func TestEditorsByCredentials(t *testing.T) {
	texts := func(pairs ...string) map[string]attr.Value {
		values := map[string]attr.Value{}
		for i := 0; i < len(pairs); i += 2 {
			values[pairs[i]] = types.StringValue(pairs[i+1])
		}
		return values
	}
	with := func(values map[string]attr.Value, name string, value attr.Value) map[string]attr.Value {
		values[name] = value
		return values
	}
	namecheapAccount := func(more ...string) map[string]attr.Value {
		return texts(append([]string{"api_user", "u", "api_key", "k", "client_ip", "192.0.2.1"}, more...)...)
	}
	for name, test := range map[string]struct {
		host zone.HostService
		a, b map[string]attr.Value
		same bool
	}{
		"one token":                    {cloudflare.Service{}, texts("api_token", "t"), texts("api_token", "t"), true},
		"two tokens":                   {cloudflare.Service{}, texts("api_token", "t"), texts("api_token", "u"), false},
		"the default address":          {cloudflare.Service{}, texts("api_token", "t"), texts("api_token", "t", "base_url", "https://api.cloudflare.com/client/v4/"), true},
		"another address":              {cloudflare.Service{}, texts("api_token", "t"), texts("api_token", "t", "base_url", "https://proxy.example.com/client/v4"), false},
		"one API user":                 {namecheap.Service{}, namecheapAccount(), namecheapAccount(), true},
		"the API user's own account":   {namecheap.Service{}, namecheapAccount(), namecheapAccount("user_name", "u"), true},
		"the account of another user":  {namecheap.Service{}, namecheapAccount(), namecheapAccount("user_name", "v"), false},
		"Namecheap's own test system":  {namecheap.Service{}, namecheapAccount(), with(namecheapAccount(), "use_sandbox", types.BoolValue(true)), false},
		"calls from another address":   {namecheap.Service{}, namecheapAccount(), namecheapAccount("client_ip", "192.0.2.2"), true},
		"a key beside the token":       {godaddy.Service{}, texts("token", "t"), texts("token", "t", "api_key", "k", "api_secret", "s"), true},
		"a key instead of the token":   {godaddy.Service{}, texts("token", "t"), texts("api_key", "k", "api_secret", "s"), false},
		"another customer":             {godaddy.Service{}, texts("api_key", "k", "api_secret", "s"), texts("api_key", "k", "api_secret", "s", "shopper_id", "1"), false},
		"the test environment":         {godaddy.Service{}, texts("token", "t"), texts("token", "t", "environment", "ote"), false},
		"the default environment":      {godaddy.Service{}, texts("token", "t"), texts("token", "t", "environment", "production"), true},
		"another spelling of a server": {rfc2136.Service{}, texts("server", "ns1.example.com"), with(texts("server", "NS1.example.com."), "port", types.Int64Value(53)), true},
		"another port":                 {rfc2136.Service{}, texts("server", "ns1.example.com"), with(texts("server", "ns1.example.com"), "port", types.Int64Value(5353)), false},
		"another key": {rfc2136.Service{}, texts("server", "ns1.example.com", "key_name", "a", "key_secret", "c2VjcmV0"),
			texts("server", "ns1.example.com", "key_name", "b", "key_secret", "c2VjcmV0"), false},
		"secrets that make one text": {godaddy.Service{}, texts("api_key", "k1", "api_secret", "s"), texts("api_key", "k", "api_secret", "1s"), false},
	} {
		t.Run(name, func(t *testing.T) {
			var diags diag.Diagnostics
			s := world.NewRun()
			world.ReadHosts(s, nil, types.MapValueMust(world.AccountType(), map[string]attr.Value{
				"a": world.AccountObject(map[string]types.Object{test.host.Name(): world.HostObject(test.host, test.a)}),
				"b": world.AccountObject(map[string]types.Object{test.host.Name(): world.HostObject(test.host, test.b)}),
			}), true, &diags)
			if diags.HasError() {
				t.Fatal(diags)
			}
			a, errA := zone.ZonesOf(s).Editor(zone.AccountKey{Host: test.host.Name(), Account: "a"})
			b, errB := zone.ZonesOf(s).Editor(zone.AccountKey{Host: test.host.Name(), Account: "b"})
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			if same := a == b; same != test.same {
				t.Errorf("that they have the same editor is %t", same)
			}
			for _, account := range zone.ZonesOf(s).EditorKeys() {
				for _, v := range test.a {
					if text, ok := v.(types.String); ok && len(text.ValueString()) > 1 && strings.Contains(account, text.ValueString()) {
						t.Error("a secret can be read from what editors are kept by")
					}
				}
			}
		})
	}
}

// Resources that publish in one zone by two names of one account take turns: a host that writes the
// whole zone would undo one of them otherwise.
func TestOneZoneByTwoNamesOfAnAccount(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	block := namecheapBlock(w.Serve(t), namecheapsim.APIUser, namecheapsim.APIKey, namecheapsim.ClientIP)
	config := w.RealProvider(t, fmt.Sprintf("dns_accounts = {\n    one = { namecheap = %s }\n    two = { namecheap = %s }\n  }", block, block))
	for _, account := range []string{"one", "two"} {
		config += fmt.Sprintf(`
resource "postmaster_dns_authorization" %[1]q {
  domain       = "example.org"
  dns_provider = "namecheap"
  account      = %[1]q
}
resource "postmaster_dns_records" %[1]q {
  dns_authorization_id = postmaster_dns_authorization.%[1]s.id
  records              = { text = { name = "%[1]s.example.org", type = "TXT", value = "x" } }
  wait_for_propagation = false
}
`, account)
	}
	zone := w.Stranger(t, "namecheap", "example.org")
	w.Run(t,
		resource.TestStep{Config: config, Check: resource.ComposeTestCheckFunc(
			zone.Holds(t, "one.example.org", "TXT", "x"), zone.Holds(t, "two.example.org", "TXT", "x"),
			func(*terraform.State) error {
				for _, said := range w.Heard() {
					if strings.Contains(said, "written by two") {
						return fmt.Errorf("it was said: %s", said)
					}
				}
				return nil
			})},
		resource.TestStep{Config: config, ConfigPlanChecks: world.EmptyPlan},
	)
}
