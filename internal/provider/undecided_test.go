package provider_test

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	miekg "github.com/miekg/dns"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// While it is not known whether all of this is a sandbox, or whom to ask, nobody is asked.
func TestNobodyIsAskedBeforeItIsKnownWhom(t *testing.T) {
	lookup := func(s *kit.Run) error { _, err := s.Lookup(); return err }
	everything := map[string]func(*kit.Run) error{
		"DNS":         lookup,
		"certificate": func(s *kit.Run) error { _, err := s.Dial(t.Context(), "tcp", "127.0.0.1:1"); return err },
		"Cloudflare": func(s *kit.Run) error {
			_, err := zone.ZonesOf(s).Editor(zone.AccountKey{Host: "cloudflare"})
			return err
		},
		"RFC 2136 server": func(s *kit.Run) error { _, err := zone.ZonesOf(s).Editor(zone.AccountKey{Host: "rfc2136"}); return err },
	}
	for _, opener := range kit.With[kit.Opener](service.All) {
		everything[opener.Name()] = func(s *kit.Run) error {
			if err := s.Unconfigured(opener.Name()); err != nil {
				t.Errorf("what may yet become known counts as missing: %v", err)
			}
			return opener.Open(s)
		}
	}
	configuredWith := world.Attributes{
		"mailserver": world.Attributes{"url": "https://mail.example.com", "username": "operator", "password": "INVENTED0PASSWORD"},
		"sendgrid":   world.Attributes{"api_key": "INVENTED0KEY"}, "octeth": world.Attributes{"url": "https://octeth.example.com", "api_key": "INVENTED0KEY"},
		"yandex": world.Attributes{"pdd_token": "INVENTED0TOKEN"}, "cloudflare": world.Attributes{"api_token": "INVENTED0TOKEN"}, "rfc2136": world.Attributes{"server": "192.0.2.53"},
		"dns_resolvers": []any{"192.0.2.53"},
	}
	for name, c := range map[string]struct {
		attribute string
		value     any
		concerns  map[string]func(*kit.Run) error
	}{
		"sandbox":       {"sandbox", world.Unknown{}, everything},
		"sandbox.path":  {"sandbox", world.Attributes{"path": world.Unknown{}}, everything},
		"resolvers":     {"dns_resolvers", world.Unknown{}, map[string]func(*kit.Run) error{"DNS": lookup}},
		"some resolver": {"dns_resolvers", []any{"192.0.2.53", world.Unknown{}}, map[string]func(*kit.Run) error{"DNS": lookup}},
	} {
		for what, use := range c.concerns {
			t.Run(name+", "+what, func(t *testing.T) {
				set := world.Attributes{}
				for attribute, value := range configuredWith {
					set[attribute] = value
				}
				set[c.attribute] = c.value
				s, diags := world.Configured(t, set)
				if diags.HasError() {
					t.Fatal(diags)
				}
				err := use(s)
				if err == nil || !strings.Contains(err.Error(), c.attribute+" of the provider configuration not known yet") {
					t.Errorf("the error is %v", err)
				}
			})
		}
	}
}

// askedResolver is a resolver that counts who asks it and answers nothing of use.
func askedResolver(t *testing.T) (address string, asked func() int64) {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	server := &miekg.Server{PacketConn: conn, Handler: miekg.HandlerFunc(func(w miekg.ResponseWriter, q *miekg.Msg) {
		n.Add(1)
		if err := w.WriteMsg(new(miekg.Msg).SetRcode(q, miekg.RcodeServerFailure)); err != nil {
			t.Log(err)
		}
	})}
	started, done := make(chan struct{}), make(chan error, 1)
	server.NotifyStartedFunc = func() { close(started) }
	go func() { done <- server.ActivateAndServe() }()
	<-started // one that has not started cannot be shut down
	t.Cleanup(func() {
		if err := server.Shutdown(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return conn.LocalAddr().String(), n.Load
}

// A data source whose sandbox is only made by the run does not look into the real DNS, and says how
// to go on; once the path is known, it looks into the simulated one.
func TestDNSProviderInASandboxKnownLate(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "sandbox.json")
	resolver, asked := askedResolver(t)
	config := func(path string) string {
		return fmt.Sprintf(`
resource "terraform_data" "late" {
  input = %q
}

provider "postmaster" {
  sandbox       = { path = %s }
  dns_resolvers = [%q]
}

data "postmaster_dns_provider" "p" {
  domain = "example.com"
}
`, file, path, resolver)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config("terraform_data.late.output"), ExpectError: world.Saying("sandbox of the provider configuration not known yet")},
			{
				Config:            config(fmt.Sprintf("%q", file)),
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue("data.postmaster_dns_provider.p", tfjsonpath.New("name"), knownvalue.StringExact("cloudflare"))},
			},
			{
				Config:            config("terraform_data.late.output"), // which is known by now
				ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownValue("data.postmaster_dns_provider.p", tfjsonpath.New("name"), knownvalue.StringExact("cloudflare"))},
			},
		},
	})
	if n := asked(); n != 0 {
		t.Errorf("a real resolver was asked %d times", n)
	}
}

// A zone of the sandbox whose host is not known yet is none yet, and no fault of anybody's.
func TestSandboxZonesKnownLate(t *testing.T) {
	s, diags := world.Configured(t, world.Attributes{"sandbox": world.Attributes{
		"path":  filepath.Join(t.TempDir(), "sandbox.json"),
		"zones": map[string]any{"shop.example": world.Unknown{}, "firm.example": "namecheap"},
	}})
	if diags.HasError() || s.Sandbox() == nil {
		t.Fatal(diags)
	}
}

// In the sandbox all other blocks are ignored, also where only a variable asks for it.
func TestBlocksAreIgnoredInTheSandboxOfAVariable(t *testing.T) {
	broken := world.Attributes{"mailserver": world.Attributes{"url": "mail.example.com"}}
	if diags := world.Validated(t, broken); !diags.HasError() {
		t.Error("a URL without a scheme is accepted")
	}
	t.Setenv("POSTMASTER_SANDBOX", filepath.Join(t.TempDir(), "sandbox.json"))
	if diags := world.Validated(t, broken); diags.HasError() {
		t.Errorf("in the sandbox it is not: %v", diags)
	}
}

// An account whose blocks may turn out to be null is not refused for having several.
func TestAccountsWithUnknownBlocks(t *testing.T) {
	world.WithoutHostVariables(t)
	for name, c := range map[string]struct {
		account world.Attributes
		pending bool
		refused bool
	}{
		"one of two":  {world.Attributes{"cloudflare": world.Attributes{"api_token": "INVENTED0TOKEN"}, "godaddy": world.Unknown{}}, true, false},
		"both":        {world.Attributes{"cloudflare": world.Unknown{}, "godaddy": world.Unknown{}}, true, false},
		"three":       {world.Attributes{"cloudflare": world.Attributes{}, "godaddy": world.Attributes{}, "namecheap": world.Unknown{}}, false, true},
		"two, known":  {world.Attributes{"cloudflare": world.Attributes{}, "godaddy": world.Attributes{}}, false, true},
		"one, known":  {world.Attributes{"cloudflare": world.Attributes{"api_token": "INVENTED0TOKEN"}}, false, false},
		"none, known": {world.Attributes{}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, diags := world.Configured(t, world.Attributes{"dns_accounts": map[string]any{"a": c.account}})
			if diags.HasError() != c.refused {
				t.Fatal(diags)
			}
			if got := zone.ZonesOf(s).Pending(zone.AuthorizationID{Host: "cloudflare", Account: "a"}); !c.refused && got != c.pending {
				t.Errorf("pending is %t", got)
			}
		})
	}
}
