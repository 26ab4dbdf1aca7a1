package provider_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func TestProviderConfigRefused(t *testing.T) {
	url := path.Root("mailserver").AtName("url")
	resolver := path.Root("dns_resolvers").AtListIndex(1)
	for name, c := range map[string]struct {
		set  world.Attributes
		at   path.Path
		says string
	}{
		"no scheme":           {world.Attributes{"mailserver": world.Attributes{"url": "mail.example.com"}}, url, "needs a scheme"},
		"no scheme, port":     {world.Attributes{"mailserver": world.Attributes{"url": "mail.example.com:8081"}}, url, "needs a scheme"},
		"other scheme":        {world.Attributes{"mailserver": world.Attributes{"url": "ftp://mail.example.com"}}, url, "needs a scheme"},
		"no host":             {world.Attributes{"mailserver": world.Attributes{"url": "https:///api"}}, url, "needs a host"},
		"no URL":              {world.Attributes{"mailserver": world.Attributes{"url": "https://mail example.com"}}, url, "is not a URL"},
		"credentials":         {world.Attributes{"mailserver": world.Attributes{"url": "https://operator:hunter2@mail.example.com"}}, url, "must not hold a user name"},
		"query":               {world.Attributes{"mailserver": world.Attributes{"url": "https://mail.example.com/?a=b"}}, url, "must not have a query"},
		"plain http":          {world.Attributes{"mailserver": world.Attributes{"url": "http://mail.example.com"}}, url, "allow_insecure_http = true"},
		"plain http, refused": {world.Attributes{"mailserver": world.Attributes{"url": "http://192.0.2.1:8081", "allow_insecure_http": false}}, url, "unencrypted"},
		"resolver":            {world.Attributes{"dns_resolvers": []any{"192.0.2.53", ":53"}}, resolver, "has no host"},
		"empty resolver":      {world.Attributes{"dns_resolvers": []any{"192.0.2.53", ""}}, resolver, "has no host"},
	} {
		t.Run(name, func(t *testing.T) {
			diags := world.Validated(t, c.set)
			if len(diags) != 1 {
				t.Fatalf("%d diagnostics: %v", len(diags), diags)
			}
			d, ok := diags[0].(diag.DiagnosticWithPath)
			if !ok || !d.Path().Equal(c.at) || d.Severity() != diag.SeverityError {
				t.Errorf("it is not an error at %s: %v", c.at, diags[0])
			}
			if !strings.Contains(diags[0].Detail(), c.says) || strings.Contains(diags[0].Detail(), "hunter2") {
				t.Errorf("it says %q", diags[0].Detail())
			}
		})
	}
}

func TestProviderConfigAccepted(t *testing.T) {
	for name, set := range map[string]world.Attributes{
		"nothing":                {},
		"https":                  {"mailserver": world.Attributes{"url": "https://mail.example.com/api/"}},
		"http to this machine":   {"mailserver": world.Attributes{"url": "http://localhost:8081"}},
		"http to a loopback":     {"mailserver": world.Attributes{"url": "http://[::1]:8081"}},
		"http that is allowed":   {"mailserver": world.Attributes{"url": "http://mail.example.com", "allow_insecure_http": true}},
		"http that may be":       {"mailserver": world.Attributes{"url": "http://mail.example.com", "allow_insecure_http": world.Unknown{}}},
		"unknown URL":            {"mailserver": world.Attributes{"url": world.Unknown{}}},
		"unknown block":          {"mailserver": world.Unknown{}},
		"unknown resolver":       {"dns_resolvers": []any{world.Unknown{}, "192.0.2.53:5353"}},
		"unknown resolvers":      {"dns_resolvers": world.Unknown{}},
		"resolvers of all forms": {"dns_resolvers": []any{"192.0.2.53", "[2001:db8::53]:53", "2001:db8::53", "resolver.example.com"}},
		"ignored in the sandbox": {"sandbox": world.Attributes{}, "mailserver": world.Attributes{"url": "mail.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diags := world.Validated(t, set); len(diags) > 0 {
				t.Errorf("validating finds %v", diags)
			}
		})
	}
}

// What is missing is an error of whoever needs it, and says where to set it.
func TestMissingCredentials(t *testing.T) {
	all := world.Attributes{"url": "https://mail.example.com", "username": "operator", "password": "correct horse"}
	for name := range all {
		for what, value := range map[string]any{"not set": nil, "empty": "", "not known": world.Unknown{}} {
			t.Run(name+" "+what, func(t *testing.T) {
				block := world.Attributes{}
				for other, v := range all {
					block[other] = v
				}
				block[name] = value
				s, diags := world.Configured(t, world.Attributes{"mailserver": block})
				if diags.HasError() {
					t.Fatalf("configuring fails already: %v", diags)
				}
				_, err := kit.PartOf[*mailserver.Account](s).Client()
				if !errors.Is(err, api.ErrNotConfigured) {
					t.Fatalf("the error is %v", err)
				}
				want := fmt.Sprintf("Set mailserver.%s (environment: MAILSERVER_%s)", name, strings.ToUpper(name))
				if what == "not known" {
					want = fmt.Sprintf("mailserver.%s of the provider configuration not known yet", name)
				}
				if !strings.Contains(err.Error(), want) {
					t.Errorf("it does not say %q but %q", want, err)
				}
				for other := range all {
					if other != name && strings.Contains(err.Error(), "mailserver."+other) {
						t.Errorf("it names %s, which is set: %q", other, err)
					}
				}
			})
		}
	}
	t.Run("no block", func(t *testing.T) {
		s, _ := world.Configured(t, nil)
		_, err := kit.PartOf[*mailserver.Account](s).Client()
		for name := range all {
			if err == nil || !strings.Contains(err.Error(), "MAILSERVER_"+strings.ToUpper(name)) {
				t.Errorf("the error does not name the variable of %s: %v", name, err)
			}
		}
	})
}

// Credentials from the environment alone are all that Terraform needs.
func TestProviderFromEnvironment(t *testing.T) {
	s := world.StartMailServer(t)
	t.Setenv("MAILSERVER_URL", s.URL)
	t.Setenv("MAILSERVER_USERNAME", mailserversim.Username)
	t.Setenv("MAILSERVER_PASSWORD", mailserversim.Password)
	s.CreateDomain(t, "example.com", "info")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps:                    []resource.TestStep{{Config: world.UserConfig("alice", world.WriteOnly)}},
	})
	if n := s.Count("POST /users/1"); n != 1 {
		t.Errorf("%d mailboxes were created", n)
	}
}

// A provider whose address comes from something that is yet to be made can plan what is new, and
// apply it.
func TestProviderWithUnknownAddress(t *testing.T) {
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	config := fmt.Sprintf(`
resource "terraform_data" "server" {
  input = %q
}
provider "postmaster" {
  mailserver = {
    url      = terraform_data.server.output
    username = %q
    password = %q
  }
}
`, s.URL, mailserversim.Username, mailserversim.Password) + world.UserConfig("alice", world.WriteOnly)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps:                    []resource.TestStep{{Config: config}, {Config: config, ConfigPlanChecks: world.EmptyPlan}},
	})
}

// The error of a resource whose service is not configured says which attributes and variables are
// missing.
func TestProviderNotConfigured(t *testing.T) {
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{{
			Config:      world.UserConfig("alice", world.WriteOnly),
			PlanOnly:    true,
			ExpectError: world.Saying("mailserver.password (environment: MAILSERVER_PASSWORD)"),
		}},
	})
}
