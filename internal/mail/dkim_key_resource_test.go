package mail_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func dkimConfig(more string) string {
	return `
resource "postmaster_dkim_key" "k" {
  mail_domain_id = "mailserver/example.com"
  ` + more + `
}
`
}

func TestDKIMKeyLifecycle(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	const address = "postmaster_dkim_key.k"
	same := statecheck.CompareValue(compare.ValuesSame())
	differ := statecheck.CompareValue(compare.ValuesDiffer())
	publicKey := tfjsonpath.New("public_key")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config: s.Provider(t) + dkimConfig(`keepers = { half_year = "2027-1" }`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					// Keys and names are known at plan: for_each over them works from nothing.
					plancheck.ExpectKnownValue(address, tfjsonpath.New("dns_records").AtMapKey("dkim").AtMapKey("name"), knownvalue.StringExact("mail._domainkey.example.com")),
					plancheck.ExpectUnknownValue(address, tfjsonpath.New("dns_records").AtMapKey("dkim").AtMapKey("value")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("key_bits"), knownvalue.Int64Exact(2048)),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("key_type"), knownvalue.StringExact("rsa")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("selector"), knownvalue.StringExact("mail")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("dns_records").AtMapKey("dkim").AtMapKey("value"), knownvalue.StringRegexp(regexp.MustCompile(`^v=DKIM1; .*p=[A-Za-z0-9+/=]+$`))),
					same.AddStateValue(address, publicKey),
				},
			},
			{
				Config:           s.Provider(t) + strings.Replace(dkimConfig(`keepers = { half_year = "2027-1" }`), "example.com", "EXAMPLE.COM", 1),
				ConfigPlanChecks: world.EmptyPlan,
			},
			{
				ResourceName:            address,
				ImportState:             true,
				ImportStateVerify:       true,
				ImportStateVerifyIgnore: []string{"keepers"},
			},
			{ // rotation, in place
				Config: s.Provider(t) + dkimConfig(`keepers = { half_year = "2027-2" }`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
					plancheck.ExpectUnknownValue(address, publicKey),
				}},
				ConfigStateChecks: []statecheck.StateCheck{differ.AddStateValue(address, publicKey)},
			},
			{
				Config:           s.Provider(t) + dkimConfig(`keepers = { half_year = "2027-2" }`),
				ConfigPlanChecks: world.EmptyPlan,
			},
			{ // keepers that go leave the key alone
				Config: s.Provider(t) + dkimConfig(``),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectKnownValue(address, publicKey, knownvalue.NotNull()),
				}},
			},
		},
	})
}

// publish puts a DKIM record into the DNS of the test's world.
func publish(t *testing.T, s *world.MailServer, record string) {
	t.Helper()
	if err := s.PutZone("example.com", []string{`mail._domainkey 7200 IN TXT ` + record}); err != nil {
		t.Fatal(err)
	}
}

func TestDKIMKeyPublished(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	publish(t, s, `"v=DKIM1; k=rsa; p=`+world.PublishedElsewhere+`"`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config:      s.Provider(t) + dkimConfig(``),
				ExpectError: regexp.MustCompile(`(?s)published\s+at\s+this\s+selector.*id = "mailserver/example.com"`),
			},
			{
				PreConfig: func() {
					if s.Count("POST /dkim/add-new-domain") > 0 {
						t.Error("a key has been made although one is published")
					}
				},
				Config: s.Provider(t) + dkimConfig(`replace_existing = true`),
			},
		},
	})
}

// What is at the selector without being a key in force is no reason to refuse.
func TestDKIMKeyNotPublished(t *testing.T) {
	for name, record := range map[string]string{
		"revoked":                `"v=DKIM1; k=rsa; p="`,
		"answered by a wildcard": `"v=spf1 -all"`,
	} {
		t.Run(name, func(t *testing.T) {
			s := world.StartMailServer(t)
			s.CreateDomain(t, "example.com", "info")
			publish(t, s, record)
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps:                    []resource.TestStep{{Config: s.Provider(t) + dkimConfig(``)}},
			})
		})
	}
}

// Without an answer from the DNS, the mail server's export tells whether it has a key; a key in
// force is not replaced on a guess.
func TestDKIMKeyWithoutDNS(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	deaf := regexp.MustCompile(`dns_resolvers = \[.*\]`).ReplaceAllString(s.Provider(t), `dns_resolvers = ["127.0.0.1:1"]`)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: deaf + dkimConfig(``)},
			{Config: deaf, PlanOnly: false},
			{
				Config:      deaf + dkimConfig(``),
				ExpectError: world.Saying("A DKIM key is in force"),
			},
			{
				Config: deaf + dkimConfig(``) + `
import {
  to = postmaster_dkim_key.k
  id = "mailserver/example.com"
}
`,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction("postmaster_dkim_key.k", plancheck.ResourceActionNoop),
				}},
			},
		},
	})
}

func TestDKIMKeyImportRefused(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	for id, want := range map[string]string{
		"mailserver/example.com": "No DKIM key to import",
		"mailserver/example.net": "Unable to read the DKIM key",
		"example.com":            "is not the id of a mail domain",
	} {
		t.Run(id, func(t *testing.T) {
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps: []resource.TestStep{{
					Config:      s.Provider(t) + dkimConfig(``) + "import {\n  to = postmaster_dkim_key.k\n  id = \"" + id + "\"\n}\n",
					ExpectError: world.Saying(want),
				}},
			})
		})
	}
}

func TestDKIMKeyForUnknownDomain(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.org", "info")
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{{
			Config:      s.Provider(t) + dkimConfig(``),
			ExpectError: world.Saying("Unable to create DKIM key"),
		}},
	})
	if s.Count("POST /dkim/add-new-domain") > 0 {
		t.Error("a key has been made for a domain that the mail server does not have")
	}
}

// Neither a refresh nor a lost answer makes a second key.
func TestDKIMKeyIsMadeOnce(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	s.With(t, fault.Conditions{Faults: []fault.Fault{{Method: http.MethodPost, Path: "/dkim/*", Count: 1, Kind: fault.CutAfter}}})
	const add = "POST /dkim/add-new-domain"
	config := s.Provider(t) + dkimConfig(``)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config, ExpectError: world.Saying("may or may not have been carried out")},
			{
				PreConfig: func() {
					if n := s.Count(add); n != 1 {
						t.Errorf("%d keys were made by one create", n)
					}
				},
				Config: config,
			},
			{Config: config, ConfigPlanChecks: world.EmptyPlan},
		},
	})
	if n := s.Count(add); n != 2 {
		t.Errorf("%d keys were made by two creates and their refreshes", n)
	}
}

func TestMailDomainExport(t *testing.T) {
	t.Parallel()
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.com", "info")
	config := func(month string) string {
		return s.Provider(t) + `
resource "postmaster_mail_domain_export" "e" {
  mail_domain_id = "mailserver/example.com"
  triggers       = { month = "` + month + `" }
}
`
	}
	const address = "postmaster_mail_domain_export.e"
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config: config("2027-01"),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("accounts"), knownvalue.ListExact([]knownvalue.Check{knownvalue.StringExact("info@example.com")})),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("archive_path"), knownvalue.StringRegexp(regexp.MustCompile(`/example\.com/.*\.tar\.gz$`))),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringRegexp(regexp.MustCompile(`^mailserver/example\.com/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`))),
				},
			},
			{Config: config("2027-01"), ConfigPlanChecks: world.EmptyPlan},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateVerifyIgnore: []string{"triggers", "archive_path"},
			},
			{
				Config: config("2027-02"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionReplace),
				}},
				Check: func(*terraform.State) error {
					if n := s.Count("GET /export/domain"); n != 2 { // an import in between only lists accounts
						t.Errorf("the mail server has written %d archives", n)
					}
					return nil
				},
			},
		},
	})
}
