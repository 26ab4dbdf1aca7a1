package provider_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// Attributes are values of an object's attributes; those that it lacks are null.
type Attributes map[string]any

// Unknown stands for a value that is known only after apply.
type Unknown struct{}

// ValueOf makes a value of a type out of strings, booleans, attributes, lists and maps
// of those, and unknown.
func ValueOf(t *testing.T, of tftypes.Type, v any) tftypes.Value {
	t.Helper()
	switch v := v.(type) {
	case Unknown:
		return tftypes.NewValue(of, tftypes.UnknownValue)
	case []any:
		elements := []tftypes.Value{}
		for _, element := range v {
			elements = append(elements, ValueOf(t, of.(tftypes.List).ElementType, element))
		}
		return tftypes.NewValue(of, elements)
	case map[string]any:
		elements := map[string]tftypes.Value{}
		for key, element := range v {
			elements[key] = ValueOf(t, of.(tftypes.Map).ElementType, element)
		}
		return tftypes.NewValue(of, elements)
	case Attributes:
		members := map[string]tftypes.Value{}
		types := of.(tftypes.Object).AttributeTypes
		for name := range v {
			if types[name] == nil {
				t.Fatalf("there is no attribute %s", name)
			}
		}
		for name, memberType := range types {
			members[name] = ValueOf(t, memberType, v[name])
		}
		return tftypes.NewValue(of, members)
	}
	return tftypes.NewValue(of, v)
}

// ProviderConfig is a provider block.
func ProviderConfig(t *testing.T, set Attributes) tfsdk.Config {
	t.Helper()
	var schema frameworkprovider.SchemaResponse
	provider.New("test")().Schema(t.Context(), frameworkprovider.SchemaRequest{}, &schema)
	return tfsdk.Config{Schema: schema.Schema, Raw: ValueOf(t, schema.Schema.Type().TerraformType(t.Context()), set)}
}

// Validated is what validating a provider block finds.
func Validated(t *testing.T, set Attributes) diag.Diagnostics {
	t.Helper()
	var resp frameworkprovider.ValidateConfigResponse
	p := provider.New("test")().(frameworkprovider.ProviderWithValidateConfig)
	p.ValidateConfig(t.Context(), frameworkprovider.ValidateConfigRequest{Config: ProviderConfig(t, set)}, &resp)
	return resp.Diagnostics
}

// Configured is what a provider block makes.
func Configured(t *testing.T, set Attributes) (*kit.Run, diag.Diagnostics) {
	t.Helper()
	var resp frameworkprovider.ConfigureResponse
	provider.New("test")().Configure(t.Context(), frameworkprovider.ConfigureRequest{Config: ProviderConfig(t, set)}, &resp)
	services, _ := resp.ResourceData.(*kit.Run)
	return services, resp.Diagnostics
}

func TestProviderConfigRefused(t *testing.T) {
	url := path.Root("mailserver").AtName("url")
	resolver := path.Root("dns_resolvers").AtListIndex(1)
	for name, c := range map[string]struct {
		set  Attributes
		at   path.Path
		says string
	}{
		"no scheme":           {Attributes{"mailserver": Attributes{"url": "mail.example.com"}}, url, "needs a scheme"},
		"no scheme, port":     {Attributes{"mailserver": Attributes{"url": "mail.example.com:8081"}}, url, "needs a scheme"},
		"other scheme":        {Attributes{"mailserver": Attributes{"url": "ftp://mail.example.com"}}, url, "needs a scheme"},
		"no host":             {Attributes{"mailserver": Attributes{"url": "https:///api"}}, url, "needs a host"},
		"no URL":              {Attributes{"mailserver": Attributes{"url": "https://mail example.com"}}, url, "is not a URL"},
		"credentials":         {Attributes{"mailserver": Attributes{"url": "https://operator:hunter2@mail.example.com"}}, url, "must not hold a user name"},
		"query":               {Attributes{"mailserver": Attributes{"url": "https://mail.example.com/?a=b"}}, url, "must not have a query"},
		"plain http":          {Attributes{"mailserver": Attributes{"url": "http://mail.example.com"}}, url, "allow_insecure_http = true"},
		"plain http, refused": {Attributes{"mailserver": Attributes{"url": "http://192.0.2.1:8081", "allow_insecure_http": false}}, url, "unencrypted"},
		"resolver":            {Attributes{"dns_resolvers": []any{"192.0.2.53", ":53"}}, resolver, "is not a host"},
		"empty resolver":      {Attributes{"dns_resolvers": []any{"192.0.2.53", ""}}, resolver, "is not a host"},
	} {
		t.Run(name, func(t *testing.T) {
			diags := Validated(t, c.set)
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
	for name, set := range map[string]Attributes{
		"nothing":                {},
		"https":                  {"mailserver": Attributes{"url": "https://mail.example.com/api/"}},
		"http to this machine":   {"mailserver": Attributes{"url": "http://localhost:8081"}},
		"http to a loopback":     {"mailserver": Attributes{"url": "http://[::1]:8081"}},
		"http that is allowed":   {"mailserver": Attributes{"url": "http://mail.example.com", "allow_insecure_http": true}},
		"http that may be":       {"mailserver": Attributes{"url": "http://mail.example.com", "allow_insecure_http": Unknown{}}},
		"unknown URL":            {"mailserver": Attributes{"url": Unknown{}}},
		"unknown block":          {"mailserver": Unknown{}},
		"unknown resolver":       {"dns_resolvers": []any{Unknown{}, "192.0.2.53:5353"}},
		"unknown resolvers":      {"dns_resolvers": Unknown{}},
		"resolvers of all forms": {"dns_resolvers": []any{"192.0.2.53", "[2001:db8::53]:53", "2001:db8::53", "resolver.example.com"}},
		"ignored in the sandbox": {"sandbox": Attributes{}, "mailserver": Attributes{"url": "mail.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diags := Validated(t, set); len(diags) > 0 {
				t.Errorf("validating finds %v", diags)
			}
		})
	}
}

// What is missing is an error of whoever needs it, and says where to set it.
func TestMissingCredentials(t *testing.T) {
	all := Attributes{"url": "https://mail.example.com", "username": "operator", "password": "correct horse"}
	for name := range all {
		for what, value := range map[string]any{"not set": nil, "empty": "", "not known": Unknown{}} {
			t.Run(name+" "+what, func(t *testing.T) {
				block := Attributes{}
				for other, v := range all {
					block[other] = v
				}
				block[name] = value
				s, diags := Configured(t, Attributes{"mailserver": block})
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
		s, _ := Configured(t, nil)
		_, err := kit.PartOf[*mailserver.Account](s).Client()
		for name := range all {
			if err == nil || !strings.Contains(err.Error(), "MAILSERVER_"+strings.ToUpper(name)) {
				t.Errorf("the error does not name the variable of %s: %v", name, err)
			}
		}
	})
}

// The configuration wins over the environment, which stands in for what is not set
// and never for what is not known yet.
func TestEnvironment(t *testing.T) {
	t.Setenv("MAILSERVER_URL", "https://environment.example.com")
	t.Setenv("MAILSERVER_USERNAME", "environment")
	t.Setenv("MAILSERVER_PASSWORD", "correct horse")
	s, diags := Configured(t, Attributes{"mailserver": Attributes{"username": "configured"}})
	if diags.HasError() {
		t.Fatal(diags)
	}
	c := kit.PartOf[*mailserver.Account](s)
	if c.Address.String() != "https://environment.example.com" || c.Username.Value != "configured" || c.Password.Value != "correct horse" {
		t.Errorf("it works on %s as %q", c.Address, c.Username.Value)
	}
	if _, err := kit.PartOf[*mailserver.Account](s).Client(); err != nil {
		t.Error(err)
	}

	for name, set := range map[string]Attributes{
		"attribute": {"mailserver": Attributes{"url": Unknown{}}},
		"block":     {"mailserver": Unknown{}},
	} {
		s, _ := Configured(t, set)
		_, err := kit.PartOf[*mailserver.Account](s).Client()
		if err == nil || !strings.Contains(err.Error(), "mailserver.url") || !strings.Contains(err.Error(), "not known yet") {
			t.Errorf("with an unknown %s the error is %v", name, err)
		}
	}

	t.Setenv("MAILSERVER_URL", "environment.example.com")
	if _, diags := Configured(t, nil); !diags.HasError() || !strings.Contains(diags[0].Detail(), "MAILSERVER_URL") {
		t.Errorf("a variable without a scheme: %v", diags)
	}
}

// Credentials from the environment alone are all that Terraform needs.
func TestProviderFromEnvironment(t *testing.T) {
	s := StartMailServer(t)
	t.Setenv("MAILSERVER_URL", s.URL)
	t.Setenv("MAILSERVER_USERNAME", mailserversim.Username)
	t.Setenv("MAILSERVER_PASSWORD", mailserversim.Password)
	s.CreateDomain(t, "example.com", "info")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories,
		Steps:                    []resource.TestStep{{Config: UserConfig("alice", WriteOnly)}},
	})
	if n := s.Count("POST /users/1"); n != 1 {
		t.Errorf("%d mailboxes were created", n)
	}
}

// A provider whose address comes from something that is yet to be made can plan
// what is new, and apply it.
func TestProviderWithUnknownAddress(t *testing.T) {
	s := StartMailServer(t)
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
`, s.URL, mailserversim.Username, mailserversim.Password) + UserConfig("alice", WriteOnly)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories,
		Steps:                    []resource.TestStep{{Config: config}, {Config: config, ConfigPlanChecks: EmptyPlan}},
	})
}

// The error of a resource whose service is not configured says which attributes
// and variables are missing.
func TestProviderNotConfigured(t *testing.T) {
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories,
		Steps: []resource.TestStep{{
			Config:      UserConfig("alice", WriteOnly),
			PlanOnly:    true,
			ExpectError: Saying("mailserver.password (environment: MAILSERVER_PASSWORD)"),
		}},
	})
}
