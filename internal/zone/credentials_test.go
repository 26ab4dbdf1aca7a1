package zone_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func cloudflareBlock(url, token string) string {
	return fmt.Sprintf("{\n    api_token = %q\n    base_url  = %q\n  }", token, url+"/cloudflare"+cloudflaresim.BasePath)
}

func namecheapBlock(url, user, key, ip string) string {
	return fmt.Sprintf("{\n    api_user  = %q\n    api_key   = %q\n    client_ip = %q\n    base_url  = %q\n  }", user, key, ip, url+"/namecheap"+namecheapsim.Path)
}

func rfc2136Block(t *testing.T, w *world.World, keyName, keySecret string) string {
	t.Helper()
	address, err := w.Box.DNSAddr()
	if err != nil {
		t.Fatal(err)
	}
	server, port, _ := strings.Cut(address, ":")
	return fmt.Sprintf("{\n    server     = %q\n    port       = %s\n    key_name   = %q\n    key_secret = %q\n  }", server, port, keyName, keySecret)
}

// Whatever is wrong with credentials, the message says what it is and what to do, and shows none of
// them.
func TestCredentialsThatDoNotServe(t *testing.T) {
	t.Parallel()
	const wrong = "a-token-of-the-right-form-that-nobody-has-00"
	token := func(value string) string { return fmt.Sprintf("token = %q", value) }
	cases := map[string]struct {
		host   string
		block  func(t *testing.T, w *world.World, url string) string
		secret string
		want   []string
	}{
		"Cloudflare, wrong": {"cloudflare", func(_ *testing.T, _ *world.World, url string) string { return cloudflareBlock(url, wrong) }, wrong,
			[]string{"knows no user's API token like this", "mistyped"}},
		"Cloudflare, no token": {"cloudflare", func(_ *testing.T, _ *world.World, url string) string { return cloudflareBlock(url, "short-and-wrong") }, "short-and-wrong",
			[]string{"has not the form of an API token"}},
		"Cloudflare, expired": {"cloudflare", func(_ *testing.T, _ *world.World, url string) string {
			return cloudflareBlock(url, cloudflaresim.TokenExpired)
		}, cloudflaresim.TokenExpired,
			[]string{"has expired", "make a new one"}},
		"Cloudflare, disabled": {"cloudflare", func(_ *testing.T, _ *world.World, url string) string {
			return cloudflareBlock(url, cloudflaresim.TokenDisabled)
		}, cloudflaresim.TokenDisabled,
			[]string{"has been disabled"}},
		"Cloudflare, read-only": {"cloudflare", func(_ *testing.T, _ *world.World, url string) string {
			return cloudflareBlock(url, cloudflaresim.TokenReadOnly)
		}, cloudflaresim.TokenReadOnly,
			[]string{"may read the zone's DNS records, but not edit them", "Zone / DNS / Edit"}},
		"Cloudflare, of another account": {"cloudflare", func(_ *testing.T, _ *world.World, url string) string {
			return cloudflareBlock(url, cloudflaresim.TokenOfOther)
		}, cloudflaresim.TokenOfOther,
			[]string{"none of the 0 zones", "make sure that the token is of that account"}},
		"Namecheap, wrong key": {"namecheap", func(_ *testing.T, _ *world.World, url string) string {
			return namecheapBlock(url, namecheapsim.APIUser, wrong, namecheapsim.ClientIP)
		}, wrong, []string{"api_key"}},
		"Namecheap, address not allowed": {"namecheap", func(_ *testing.T, _ *world.World, url string) string {
			return namecheapBlock(url, namecheapsim.APIUser, namecheapsim.APIKey, "192.0.2.99")
		}, namecheapsim.APIKey, []string{"192.0.2.99"}},
		"Namecheap, of another account": {"namecheap", func(_ *testing.T, _ *world.World, url string) string {
			return namecheapBlock(url, namecheapsim.OtherAPIUser, namecheapsim.OtherAPIKey, namecheapsim.ClientIP)
		}, namecheapsim.OtherAPIKey, []string{"example.org", "account"}},
		"GoDaddy, wrong": {"godaddy", func(_ *testing.T, _ *world.World, url string) string { return world.GoDaddyBlock(url, token(wrong)) }, wrong,
			[]string{"401"}},
		"GoDaddy, expired": {"godaddy", func(_ *testing.T, _ *world.World, url string) string {
			return world.GoDaddyBlock(url, token(godaddysim.ExpiredToken))
		}, godaddysim.ExpiredToken,
			[]string{"expired"}},
		"GoDaddy, of another account": {"godaddy", func(_ *testing.T, _ *world.World, url string) string {
			return world.GoDaddyBlock(url, token(godaddysim.OtherToken))
		}, godaddysim.OtherToken,
			[]string{"example.net", "account"}},
		"GoDaddy, too small an account": {"godaddy", func(_ *testing.T, _ *world.World, url string) string {
			return world.GoDaddyBlock(url, fmt.Sprintf("api_key = %q\n    api_secret = %q", godaddysim.SmallKey, godaddysim.SmallSecret))
		}, godaddysim.SmallSecret, []string{"ACCESS_DENIED"}},
		"RFC 2136, wrong secret": {"rfc2136", func(t *testing.T, w *world.World, _ string) string {
			return rfc2136Block(t, w, rfc2136sim.KeyName, "d3Jvbmctc2VjcmV0LXRoYXQtbm9ib2R5LWhhcw==")
		}, "d3Jvbmctc2VjcmV0LXRoYXQtbm9ib2R5LWhhcw==", []string{"with another secret"}},
		"RFC 2136, unknown key": {"rfc2136", func(t *testing.T, w *world.World, _ string) string {
			return rfc2136Block(t, w, "nobody.sandbox", rfc2136sim.KeySecret)
		}, rfc2136sim.KeySecret, []string{`no TSIG key "nobody.sandbox"`}},
	}
	w := world.New(t)
	url := w.Serve(t)
	domains := map[string]string{}
	for domain, host := range hostedDomains {
		domains[host] = domain
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := w.RealProvider(t, c.host+" = "+c.block(t, w, url)) + world.AuthorizationAt(c.host, domains[c.host])
			w.Run(t, resource.TestStep{PreConfig: w.Forget, Config: config, ExpectError: world.Saying(c.want[0])})
			said := strings.Join(w.Heard(), "\n")
			found := "plan error"
			if strings.HasSuffix(name, "of another account") { // where the run might still make the zone
				found = "apply error"
			}
			if !testkit.ContainsAll(said, append(c.want, found)) {
				t.Errorf("it does not say %q, but:\n%s", append(c.want, found), said)
			}
			if strings.Contains(said, c.secret) {
				t.Errorf("the credentials are shown:\n%s", said)
			}
		})
	}
}

// Good credentials at real sockets, in each way in which they are configured.
func TestCredentialsThatServe(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	url := w.Serve(t)
	access := func(want string) []statecheck.StateCheck {
		return []statecheck.StateCheck{statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("write_access"), knownvalue.StringExact(want))}
	}
	publishes := world.RecordsConfig("r", `note = { name = "note.%s", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	cases := map[string]struct{ host, domain, block, access string }{
		"Cloudflare":             {"cloudflare", "example.com", cloudflareBlock(url, cloudflaresim.Token), "proven"},
		"Cloudflare, of account": {"cloudflare", "example.com", cloudflareBlock(url, cloudflaresim.TokenOfAccount), "proven"},
		"Namecheap":              {"namecheap", "example.org", namecheapBlock(url, namecheapsim.APIUser, namecheapsim.APIKey, namecheapsim.ClientIP), "proven"},
		"GoDaddy, token":         {"godaddy", "example.net", world.GoDaddyBlock(url, fmt.Sprintf("token = %q", godaddysim.Token)), "unknown"},
		"GoDaddy, key":           {"godaddy", "example.net", world.GoDaddyBlock(url, fmt.Sprintf("api_key = %q\n    api_secret = %q", godaddysim.Key, godaddysim.Secret)), "proven"},
		"RFC 2136":               {"rfc2136", "corp.example", rfc2136Block(t, w, rfc2136sim.KeyName, rfc2136sim.KeySecret), "unknown"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			zone := w.Stranger(t, c.host, c.domain)
			w.Run(t, resource.TestStep{
				Config:            w.RealProvider(t, c.host+" = "+c.block) + world.AuthorizationAt(c.host, c.domain) + fmt.Sprintf(publishes, c.domain),
				ConfigStateChecks: access(c.access),
				Check:             zone.Holds(t, "note."+c.domain, "TXT", "ours"),
			})
		})
	}
}

func TestReadOnlyKeyCannotBeProven(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	config := w.RealProvider(t, "rfc2136 = "+rfc2136Block(t, w, rfc2136sim.ReadOnlyKeyName, rfc2136sim.ReadOnlyKeySecret)) + world.AuthorizationAt("rfc2136", "corp.example")
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("write_access"), knownvalue.StringExact("unknown")),
			},
		},
		resource.TestStep{
			Config:      config + world.RecordsConfig("r", `note = { name = "note.corp.example", type = "TXT", value = "ours" }`, "wait_for_propagation = false"),
			ExpectError: world.Saying("REFUSED"),
		},
	)
}

// Credentials come from the environment where the configuration has none, and are asked for by name
// where that has none either.
func TestCredentialsFromTheEnvironment(t *testing.T) {
	w := world.New(t)
	url := w.Serve(t)
	t.Setenv("CLOUDFLARE_API_TOKEN", "")
	t.Setenv("CLOUDFLARE_BASE_URL", url+"/cloudflare"+cloudflaresim.BasePath)
	config := w.RealProvider(t, "") + world.AuthorizationAt("cloudflare", "example.com")
	w.Run(t,
		resource.TestStep{Config: config, ExpectError: world.Saying("Set cloudflare.api_token (environment: CLOUDFLARE_API_TOKEN)")},
		resource.TestStep{PreConfig: func() { t.Setenv("CLOUDFLARE_API_TOKEN", cloudflaresim.Token) }, Config: config},
	)
}

// Accounts of dns_accounts are told apart, and tell which host is meant.
func TestAccounts(t *testing.T) {
	t.Parallel()
	w := world.New(t)
	url := w.Serve(t)
	accounts := fmt.Sprintf("dns_accounts = {\n    agency = { cloudflare = %s }\n    other  = { cloudflare = %s }\n  }",
		cloudflareBlock(url, cloudflaresim.Token), cloudflareBlock(url, cloudflaresim.TokenOfOther))
	config := func(provider, account string) string {
		return provider + fmt.Sprintf(`
resource "postmaster_dns_authorization" "a" {
  domain  = "example.com"
  account = %q
}
`, account) + world.RecordsConfig("r", `note = { name = "note.example.com", type = "TXT", value = "ours" }`, "wait_for_propagation = false")
	}
	authorization := []statecheck.StateCheck{
		statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("id"), knownvalue.StringExact("cloudflare@agency/example.com")),
		statecheck.ExpectKnownValue("postmaster_dns_authorization.a", tfjsonpath.New("dns_provider"), knownvalue.StringExact("cloudflare")),
	}
	t.Run("real", func(t *testing.T) {
		w.Run(t,
			resource.TestStep{Config: config(w.RealProvider(t, accounts), "nobody"), ExpectError: world.Saying(`no account "nobody"`)},
			resource.TestStep{Config: config(w.RealProvider(t, accounts), "other"), ExpectError: world.Saying("none of the 0 zones")},
			resource.TestStep{Config: config(w.RealProvider(t, accounts), "agency"), ConfigStateChecks: authorization},
			resource.TestStep{Config: config(w.RealProvider(t, accounts), "agency"), ConfigPlanChecks: world.EmptyPlan},
			resource.TestStep{
				ResourceName: "postmaster_dns_authorization.a", ImportState: true, ImportStateId: "cloudflare@agency/example.com", ImportStateVerify: true,
			},
		)
	})
	t.Run("sandbox", func(t *testing.T) {
		provider := strings.Replace(w.Provider(), "provider \"postmaster\" {", "provider \"postmaster\" {\n  "+accounts, 1)
		w.Run(t,
			resource.TestStep{Config: config(provider, "agency"), ConfigStateChecks: authorization},
			resource.TestStep{Config: config(provider, "agency"), ConfigPlanChecks: world.EmptyPlan},
		)
	})
}
