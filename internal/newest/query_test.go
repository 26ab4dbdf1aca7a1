//go:build terraform114

package newest_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

const mailDomain = `
resource "postmaster_mail_domain" "d" {
  domain      = "example.com"
  service     = "mailserver"
  mx_hostname = "mail.example.com"
  first_account = {
    local_part          = "postmaster"
    password_wo         = "correct horse battery"
    password_wo_version = 1
  }
  force_destroy = true
}
resource "postmaster_dns_authorization" "a" {
  domain = "example.com"
}
resource "postmaster_dns_records" "mail" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_mail_domain.d.dns_records
}
`

func TestQuery(t *testing.T) {
	w := world.NewHasty(t)
	w.Run(t,
		resource.TestStep{Config: w.Provider() + mailDomain},
		resource.TestStep{
			Query: true, // with the provider block of the step before
			Config: `
list "postmaster_mail_domain" "all" {
  provider = postmaster
  config {
    service = "mailserver"
  }
}
list "postmaster_dns_records" "mail" {
  provider = postmaster
  config {
    host = "cloudflare"
  }
}
`,
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("postmaster_mail_domain.all", 1),
				querycheck.ExpectIdentity("postmaster_mail_domain.all", map[string]knownvalue.Check{
					"service": knownvalue.StringExact("mailserver"), "domain": knownvalue.StringExact("example.com"),
				}),
				querycheck.ExpectIdentity("postmaster_dns_records.mail", map[string]knownvalue.Check{
					"authorization": knownvalue.StringExact("cloudflare/example.com"), "set": knownvalue.StringExact("mail-mx"),
				}),
			},
		})
}

// An object is taken over by its identity without a change.
func TestImportByIdentity(t *testing.T) {
	w := world.NewHasty(t)
	w.Stranger(t, "cloudflare", "example.com").Add(t, dns.Record{Name: "example.com", Type: "MX", Value: "mx.example.net", Priority: 10, TTL: 300})
	imports := func(set, records string) string {
		return fmt.Sprintf(`
import {
  to = postmaster_dns_records.r
  identity = {
    authorization = "cloudflare/example.com"
    set           = %q
  }
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = "cloudflare/example.com"
  ttl                  = 300
  records              = { %s }
}
`, set, records)
	}
	w.Run(t, resource.TestStep{
		Config: w.Provider() + imports("mail-mx", `"mx.example.net" = { name = "example.com", type = "MX", value = "mx.example.net", priority = 10 }`),
		ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
			plancheck.ExpectResourceAction("postmaster_dns_records.r", plancheck.ResourceActionNoop),
		}},
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectIdentity("postmaster_dns_records.r", map[string]knownvalue.Check{
				"authorization": knownvalue.StringExact("cloudflare/example.com"), "set": knownvalue.StringExact("mail-mx"),
			}),
			statecheck.ExpectKnownValue("postmaster_dns_records.r", tfjsonpath.New("id"), knownvalue.StringExact("cloudflare/example.com/mail-mx")),
		},
	})
}

// A resource that was moved to another object in place has the other identity.
func TestIdentityChangesWithTheObject(t *testing.T) {
	w := world.NewHasty(t)
	config := func(domain string) string {
		return w.Provider() + fmt.Sprintf(`
resource "postmaster_dns_authorization" "a" {
  domain = %[1]q
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = { dmarc = { name = "_dmarc.%[1]s", type = "TXT", value = "v=DMARC1; p=none", priority = null } }
}
`, domain)
	}
	w.Run(t,
		resource.TestStep{Config: config("example.com")},
		resource.TestStep{
			Config: config("example.org"),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectIdentityValue("postmaster_dns_records.r", tfjsonpath.New("authorization"), knownvalue.StringExact("namecheap/example.org")),
			},
		})
}
