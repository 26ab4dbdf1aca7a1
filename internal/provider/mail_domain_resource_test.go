package provider

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

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	sandboxmail "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/mailserver"
)

func domainConfig(domain, more string) string {
	return fmt.Sprintf(`
resource "postmaster_mail_domain" "d" {
  domain        = %q
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
  %s
}
`, domain, more)
}

func TestMailDomainLifecycle(t *testing.T) {
	s := startMailServer(t)
	const address = "postmaster_mail_domain.d"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{
				Config: s.provider(t) + domainConfig("Example.COM.", `mx_hostname = "mail.example.com"`),
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
				Config:           s.provider(t) + domainConfig("EXAMPLE.com", `mx_hostname = "Mail.Example.com."`),
				ConfigPlanChecks: emptyPlan,
			},
			{
				Config: s.provider(t) + domainConfig("example.com", ""),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(0)),
				},
			},
			{
				Config:      s.provider(t) + domainConfig("example.org", ""),
				ExpectError: saying("cannot be renamed"),
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

// The first account's name is its default where none is set any more, and that is
// a renaming like any other; without the block, the account is left as it is.
func TestFirstAccountIsNotRenamed(t *testing.T) {
	s := startMailServer(t)
	config := func(account string) string {
		return s.provider(t) + fmt.Sprintf("resource \"postmaster_mail_domain\" \"d\" {\n  domain = \"example.com\"\n  force_destroy = true\n  %s\n}\n", account)
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: config(`first_account = { local_part = "boss", password = "correct horse" }`)},
			{Config: config(`first_account = { local_part = "BOSS", password = "correct horse" }`), ConfigPlanChecks: emptyPlan},
			{Config: config(`first_account = { local_part = "chief", password = "correct horse" }`), ExpectError: saying("boss, was created with the domain and cannot become chief")},
			{Config: config(`first_account = { password = "correct horse" }`), ExpectError: saying("cannot become postmaster")},
			{Config: config("")},
			{
				PreConfig: func() {
					if s.hashOf(t, "boss@example.com") == "" {
						t.Error("the account went with the block")
					}
				},
				Config:           config(""),
				ConfigPlanChecks: emptyPlan,
			},
		},
	})
}

// emptyPlan expects that nothing is to be done, before and after the refresh.
var emptyPlan = resource.ConfigPlanChecks{
	PreApply:             []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	PostApplyPreRefresh:  []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
}

func TestMailDomainUnicode(t *testing.T) {
	s := startMailServer(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{
				Config: s.provider(t) + domainConfig("bücher.example", ""),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("id"), knownvalue.StringExact("mailserver/xn--bcher-kva.example")),
				},
			},
			{
				Config:           s.provider(t) + domainConfig("xn--BCHER-kva.example", ""),
				ConfigPlanChecks: emptyPlan,
			},
		},
	})
}

func TestMailDomainRefusedAtPlan(t *testing.T) {
	s := startMailServer(t)
	account := `first_account = { password = "correct horse" }`
	cases := map[string]struct{ config, want string }{
		"one label":         {`domain = "localhost"` + "\n" + account, `one label only`},
		"empty label":       {`domain = "example..com"` + "\n" + account, `(?s)domain.*label`},
		"address":           {`domain = "192.0.2.1"` + "\n" + account, `is an address`},
		"underscore":        {`domain = "_dmarc.example.com"` + "\n" + account, `not allowed here`},
		"too long":          {`domain = "` + strings.Repeat("a", 39) + `.example.com"` + "\n" + account, `has 51 bytes`},
		"no first account":  {`domain = "example.com"`, `needs its first account`},
		"no password":       {`domain = "example.com"` + "\n" + `first_account = {}`, `needs a password`},
		"two passwords":     {`domain = "example.com"` + "\n" + `first_account = { password = "a1b2c3", password_wo = "a1b2c3", password_wo_version = 1 }`, `Invalid Attribute Combination`},
		"empty password":    {`domain = "example.com"` + "\n" + `first_account = { password = "" }`, `password is empty`},
		"hyphen":            {`domain = "example.com"` + "\n" + `first_account = { password = "-rf" }`, `begins with a hyphen`},
		"no version":        {`domain = "example.com"` + "\n" + `first_account = { password_wo = "a1b2c3" }`, `password_wo_version`},
		"bad local part":    {`domain = "example.com"` + "\n" + `first_account = { password = "a1b2c3", local_part = "a/../b" }`, `must not begin or end with a dot|holds '/'`},
		"unknown service":   {`domain = "example.com"` + "\n" + `service = "post office"` + "\n" + account, `(?s)service.*mailserver`},
		"mx is an address":  {`domain = "example.com"` + "\n" + `mx_hostname = "192.0.2.1"` + "\n" + account, `is an address`},
		"mx of single name": {`domain = "example.com"` + "\n" + `mx_hostname = "mail"` + "\n" + account, `one label only`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			s.forgetCalls()
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: factories,
				Steps: []resource.TestStep{{
					Config:      s.provider(t) + "resource \"postmaster_mail_domain\" \"d\" {\n" + c.config + "\n}\n",
					PlanOnly:    true,
					ExpectError: regexp.MustCompile(strings.ReplaceAll(c.want, " ", `\s+`)),
				}},
			})
			if calls := s.callsSoFar(); len(calls) > 0 {
				t.Errorf("the mail server was called: %q", calls)
			}
		})
	}
}

func TestMailDomainDestroyNeedsForce(t *testing.T) {
	s := startMailServer(t)
	s.createDomain(t, "example.org", "info")
	guarded := strings.Replace(domainConfig("example.com", ""), "force_destroy = true", "force_destroy = false", 1)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: s.provider(t) + guarded},
			{Config: s.provider(t) + guarded, Destroy: true, ExpectError: saying("force_destroy = true")},
			{Config: s.provider(t), ExpectError: saying("Refused to delete")},
			{ // a replacement that a person asks for is refused as well
				Config:      s.provider(t) + guarded,
				Taint:       []string{"postmaster_mail_domain.d"},
				ExpectError: saying("terraform untaint"),
			},
			{
				PreConfig: func() { s.deleteDomain(t, "example.com") },
				Config:    s.provider(t) + domainConfig("example.com", ""),
			},
		},
	})
}

func TestMailDomainExists(t *testing.T) {
	s := startMailServer(t)
	s.createDomain(t, "example.com", "info")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{
				Config:      s.provider(t) + domainConfig("example.com", ""),
				ExpectError: regexp.MustCompile(`(?s)exists already.*id = "mailserver/example.com"`),
			},
			{
				Config: s.provider(t) + `
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
			{Config: s.provider(t) + strings.Replace(domainConfig("example.com", ""), "password_wo_version = 1", "password_wo_version = 1\n    local_part = \"info\"", 1)},
		},
	})
}

// A database that is down must not look like a server without domains.
func TestMailDomainDatabaseDown(t *testing.T) {
	s := startMailServer(t)
	config := s.provider(t) + domainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig:   func() { s.with(t, fault.Conditions{Switches: map[string]bool{sandboxmail.SwitchDatabaseDown: true}}) },
				Config:      config,
				ExpectError: saying("which it also does when its database is down"),
			},
			{
				PreConfig:        func() { s.with(t, fault.Conditions{}) },
				Config:           config,
				ConfigPlanChecks: emptyPlan,
			},
		},
	})
}

func TestMailDomainRemovedByHand(t *testing.T) {
	s := startMailServer(t)
	s.createDomain(t, "example.org", "info") // so that the list is not empty and proves something
	config := s.provider(t) + domainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps: []resource.TestStep{
			{Config: config},
			{
				PreConfig: func() { s.deleteDomain(t, "example.com") },
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
	s := startMailServer(t)
	s.createDomain(t, "example.org", "info")
	s.with(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Path: "/domains", Count: 1, Kind: fault.CutAfter}}})
	config := s.provider(t) + domainConfig("example.com", "")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: factories,
		Steps:                    []resource.TestStep{{Config: config}, {Config: config, ConfigPlanChecks: emptyPlan}},
	})
}
