package mail_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func TestMailDomainLifecycle(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	const address = "postmaster_mail_domain.d"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config: s.Provider(t) + world.DomainConfig("Example.COM.", `mx_hostname = "mail.example.com"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringExact("mailserver/example.com")),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("dns_records").AtMapKey("mx").AtMapKey("value"), knownvalue.StringExact("mail.example.com")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("service"), knownvalue.StringExact("mailserver")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("domain"), knownvalue.StringExact("Example.COM.")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("dns_records"), knownvalue.MapExact(map[string]knownvalue.Check{
						"mx": knownvalue.ObjectExact(map[string]knownvalue.Check{
							"name": knownvalue.StringExact("example.com"), "type": knownvalue.StringExact("MX"),
							"value": knownvalue.StringExact("mail.example.com"), "priority": knownvalue.Int64Exact(10),
						}),
						"spf": knownvalue.ObjectExact(map[string]knownvalue.Check{
							"name": knownvalue.StringExact("example.com"), "type": knownvalue.StringExact("TXT"),
							"value": knownvalue.StringExact("v=spf1 a:mail.example.com ~all"), "priority": knownvalue.Null(),
						}),
					})),
				},
			},
			{ // other spellings of the same name plan nothing
				Config:           s.Provider(t) + world.DomainConfig("EXAMPLE.com", `mx_hostname = "Mail.Example.com."`),
				ConfigPlanChecks: world.EmptyPlan,
			},
			{
				Config: s.Provider(t) + world.DomainConfig("example.com", ""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(0)),
				},
			},
			{
				Config:      s.Provider(t) + world.DomainConfig("example.org", ""),
				ExpectError: world.Saying("cannot be renamed"),
			},
			{
				ResourceName:            address,
				ImportState:             true,
				ImportStateId:           "mailserver/EXAMPLE.com",
				ImportStateVerify:       true,
				ImportStateVerifyIgnore: []string{"domain", "first_account", "force_destroy"},
			},
		},
	})
}

// The first account's name is its default where none is set any more, and that is a renaming like
// any other; without the block, the account is left as it is.
func TestFirstAccountIsNotRenamed(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	config := func(account string) string {
		return s.Provider(t) + fmt.Sprintf("resource \"postmaster_mail_domain\" \"d\" {\n  domain = \"example.com\"\n  force_destroy = true\n  %s\n}\n", account)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config(`first_account = { local_part = "boss", password = "correct horse" }`)},
			{Config: config(`first_account = { local_part = "BOSS", password = "correct horse" }`), ConfigPlanChecks: world.EmptyPlan},
			{Config: config(`first_account = { local_part = "chief", password = "correct horse" }`), ExpectError: world.Saying("boss, was created with the domain and cannot become chief")},
			{Config: config(`first_account = { password = "correct horse" }`), ExpectError: world.Saying("cannot become postmaster")},
			{Config: config("")},
			{
				PreConfig: func() {
					if s.HashOf(t, "boss@example.com") == "" {
						t.Error("the account went with the block")
					}
				},
				Config:           config(""),
				ConfigPlanChecks: world.EmptyPlan,
			},
		},
	})
}

func TestMailDomainUnicode(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config: s.Provider(t) + world.DomainConfig("bücher.example", ""),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("id"), knownvalue.StringExact("mailserver/xn--bcher-kva.example")),
				},
			},
			{
				Config:           s.Provider(t) + world.DomainConfig("xn--BCHER-kva.example", ""),
				ConfigPlanChecks: world.EmptyPlan,
			},
		},
	})
}

// What cannot be a domain or its first account is refused before anything is called.
func TestMailDomainRefused(t *testing.T) {
	password := world.Attributes{"password": "correct horse"}
	first := func(account world.Attributes) world.Attributes {
		return world.Attributes{"domain": "example.com", "first_account": account}
	}
	for name, c := range map[string]struct {
		set  world.Attributes
		want string // "": nothing is refused
	}{
		"nothing wrong":     {world.Attributes{"domain": "Bücher.example.", "first_account": password, "service": "mailserver", "mx_hostname": "mail.example.com"}, ""},
		"one label":         {world.Attributes{"domain": "localhost", "first_account": password}, "one label only"},
		"empty label":       {world.Attributes{"domain": "example..com", "first_account": password}, "is empty"},
		"address":           {world.Attributes{"domain": "192.0.2.1", "first_account": password}, "is an address"},
		"underscore":        {world.Attributes{"domain": "_dmarc.example.com", "first_account": password}, "not allowed here"},
		"two passwords":     {first(world.Attributes{"password": "a1b2c3", "password_wo": "a1b2c3", "password_wo_version": 1}), "Invalid Attribute Combination"},
		"empty password":    {first(world.Attributes{"password": ""}), "password is empty"},
		"hyphen":            {world.Attributes{"domain": "example.com", "service": "mailserver", "first_account": world.Attributes{"password": "-rf"}}, "begins with a hyphen"},
		"no version":        {first(world.Attributes{"password_wo": "a1b2c3"}), "password_wo_version"},
		"bad local part":    {first(world.Attributes{"password": "a1b2c3", "local_part": "a/../b"}), "two in a row"},
		"unknown service":   {world.Attributes{"domain": "example.com", "service": "post office"}, "service"},
		"mx is an address":  {world.Attributes{"domain": "example.com", "first_account": password, "mx_hostname": "192.0.2.1"}, "is an address"},
		"mx of single name": {world.Attributes{"domain": "example.com", "first_account": password, "mx_hostname": "mail"}, "one label only"},
	} {
		t.Run(name, func(t *testing.T) {
			said := refusals(t, mail.DomainType, mail.NewDomainResource(kit.With[mail.Service](service.All))(), c.set)
			if (said == "") != (c.want == "") || !strings.Contains(said, c.want) {
				t.Errorf("it said %q", said)
			}
		})
	}
}

// What a new domain needs at its service is known when it is planned, also where the service is
// inferred.
func TestMailDomainRefusedAtPlan(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	for name, c := range map[string]struct{ config, want string }{
		"too long":         {`domain = "` + strings.Repeat("a", 39) + `.example.com"` + "\nfirst_account = { password = \"correct horse\" }", "has 51 characters"},
		"short label":      {`domain = "m.example.com"` + "\nfirst_account = { password = \"correct horse\" }", "at least two characters"},
		"long password":    {`domain = "example.com"` + "\nfirst_account = { password = \"" + strings.Repeat("p", 257) + "\" }", "ends after 256"},
		"long address":     {`domain = "` + strings.Repeat("d", 40) + `.example"` + "\nfirst_account = {\n password = \"correct horse\"\n local_part = \"" + strings.Repeat("a", 60) + "\"\n}", "at most 100"},
		"no first account": {`domain = "example.com"`, "needs its first account"},
		"no password":      {`domain = "example.com"` + "\nfirst_account = {}", "needs a password"},
		"hyphen":           {`domain = "example.com"` + "\nfirst_account = { password = \"-rf\" }", "begins with a hyphen"},
	} {
		t.Run(name, func(t *testing.T) {
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps: []resource.TestStep{{
					Config:   s.Provider(t) + "resource \"postmaster_mail_domain\" \"d\" {\n" + c.config + "\n}\n",
					PlanOnly: true, ExpectError: world.Saying(c.want),
				}},
			})
		})
	}
	if calls := s.CallsSoFar(); len(calls) > 0 {
		t.Errorf("the mail server was called: %q", calls)
	}
}

func TestMailDomainDestroyNeedsForce(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.org", "info")
	guarded := strings.Replace(world.DomainConfig("example.com", ""), "force_destroy = true", "force_destroy = false", 1)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: s.Provider(t) + guarded},
			{Config: s.Provider(t) + guarded, Destroy: true, ExpectError: world.Saying("force_destroy = true")},
			{Config: s.Provider(t), ExpectError: world.Saying("Refused to delete")},
			{ // a replacement that a person asks for is refused as well
				Config:      s.Provider(t) + guarded,
				Taint:       []string{"postmaster_mail_domain.d"},
				ExpectError: world.Saying("terraform untaint"),
			},
			{
				PreConfig: func() { s.DeleteDomain(t, "example.com") },
				Config:    s.Provider(t) + world.DomainConfig("example.com", ""),
			},
		},
	})
}

func TestMailDomainExists(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config:      s.Provider(t) + world.DomainConfig("example.com", ""),
				ExpectError: regexp.MustCompile(`(?s)exists already.*id = "mailserver/example.com"`),
			},
			{
				Config: s.Provider(t) + `
resource "postmaster_mail_domain" "d" {
  domain = "example.com"
}
import {
  to = postmaster_mail_domain.d
  id = "mailserver/example.com"
}
`,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("postmaster_mail_domain.d", plancheck.ResourceActionNoop),
				}},
			},
			{Config: s.Provider(t) + strings.Replace(world.DomainConfig("example.com", ""), "password_wo_version = 1", "password_wo_version = 1\n    local_part = \"info\"", 1)},
		},
	})
}

// A database that is down must not look like a server without domains.
func TestMailDomainDatabaseDown(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	config := s.Provider(t) + world.DomainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:   func() { s.With(t, fault.Conditions{Switches: map[string]bool{mailserversim.SwitchDatabaseDown: true}}) },
				Config:      config,
				ExpectError: world.Saying("which it also does when its database is down"),
			},
			{
				PreConfig:        func() { s.With(t, fault.Conditions{}) },
				Config:           config,
				ConfigPlanChecks: world.EmptyPlan,
			},
		},
	})
}

func TestMailDomainRemovedByHand(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.org", "info") // so that the list is not empty and proves something
	config := s.Provider(t) + world.DomainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() { s.DeleteDomain(t, "example.com") },
				Config:    config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("postmaster_mail_domain.d", plancheck.ResourceActionCreate),
				}},
			},
		},
	})
}

// An answer that is lost must not lead to a second domain.
func TestMailDomainLostAnswer(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.org", "info")
	s.With(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Path: "/domains", Count: 1, Kind: fault.CutAfter}}})
	config := s.Provider(t) + world.DomainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps:                    []resource.TestStep{{Config: config}, {Config: config, ConfigPlanChecks: world.EmptyPlan}},
	})
}
