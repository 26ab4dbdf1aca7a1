package yandex_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// yandexWhole is everything that domain "d" needs to work, published at the host.
func yandexWhole(domain string) string {
	return world.YandexDomainConfig(domain, "") + world.AuthorizationAt("cloudflare", domain) + `
resource "postmaster_mail_user" "u" {
  mail_domain_id      = postmaster_mail_domain.d.id
  local_part          = "alice"
  password_wo         = "Correct-Horse-1"
  password_wo_version = 1
  first_name          = "Alice"
  last_name           = "Liddell"
  force_destroy       = true
  depends_on          = [postmaster_dns_records.proof] # Yandex makes none before it has seen that
}

resource "postmaster_dkim_key" "k" {
  mail_domain_id = postmaster_mail_domain.d.id
}

resource "postmaster_dns_records" "proof" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = { for key, r in postmaster_mail_domain.d.dns_records : key => r if key == "ownership" }
}

# Mail arrives from here on, so there is a mailbox.
resource "postmaster_dns_records" "d" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = { for key, r in postmaster_mail_domain.d.dns_records : key => r if key != "ownership" }
  depends_on           = [postmaster_mail_user.u]
}

resource "postmaster_dns_records" "k" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_dkim_key.k.dns_records
}

resource "postmaster_domain_verification" "v" {
  domain_id   = postmaster_mail_domain.d.id
  dns_records = merge(postmaster_dns_records.proof.published, postmaster_dns_records.d.published)
}

output "records" {
  value = [for r in postmaster_mail_domain.d.dns_records : r.name]
}
`
}

// One apply makes a domain with everything that belongs to it, from nothing to verified. Nothing is
// left to be planned then, and refreshing starts no check.
func TestYandexFromNothingToVerified(t *testing.T) {
	t.Parallel()
	w := world.NewHasty(t)
	config := w.Provider() + yandexWhole("example.com")
	const domain, user, key = "postmaster_mail_domain.d", "postmaster_mail_user.u", "postmaster_dkim_key.k"
	records, proof := tfjsonpath.New("dns_records"), tfjsonpath.New("ownership")
	cname := regexp.MustCompile(`^yamail-[0-9a-f]+\.example\.com$`)
	w.Run(t,
		resource.TestStep{
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
				// Keys are known at plan: for_each over them works from nothing.
				plancheck.ExpectUnknownValue(domain, records.AtMapKey("ownership").AtMapKey("name")),
				plancheck.ExpectKnownValue(domain, records.AtMapKey("ownership").AtMapKey("value"), knownvalue.StringExact("mail.yandex.ru")),
				plancheck.ExpectKnownValue(domain, records.AtMapKey("mx").AtMapKey("value"), knownvalue.StringExact("mx.yandex.net")),
				plancheck.ExpectKnownValue(domain, records.AtMapKey("spf").AtMapKey("value"), knownvalue.StringExact("v=spf1 include:_spf.yandex.net ~all")),
				plancheck.ExpectKnownValue(key, records.AtMapKey("dkim").AtMapKey("name"), knownvalue.StringExact("mail._domainkey.example.com")),
			}},
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue(domain, records.AtMapKey("ownership").AtMapKey("name"), knownvalue.StringRegexp(cname)),
				statecheck.ExpectKnownValue(domain, proof.AtMapKey("cname_name"), knownvalue.StringRegexp(cname)),
				statecheck.ExpectKnownValue(domain, proof.AtMapKey("cname_value"), knownvalue.StringExact("mail.yandex.ru")),
				statecheck.ExpectKnownValue(domain, proof.AtMapKey("file_name"), knownvalue.StringRegexp(regexp.MustCompile(`^[0-9a-f]+\.html$`))),
				statecheck.ExpectKnownValue(domain, proof.AtMapKey("file_content"), knownvalue.StringRegexp(regexp.MustCompile(`.`))),
				statecheck.ExpectKnownValue(user, tfjsonpath.New("id"), knownvalue.StringExact("yandex/alice@example.com")),
				statecheck.ExpectKnownValue(user, tfjsonpath.New("enabled"), knownvalue.Bool(true)),
				statecheck.ExpectKnownValue(key, tfjsonpath.New("key_type"), knownvalue.StringExact("rsa")),
				statecheck.ExpectKnownValue("postmaster_domain_verification.v", tfjsonpath.New("valid"), knownvalue.Bool(true)),
			},
		},
		resource.TestStep{
			PreConfig:        w.Forget,
			Config:           config,
			ConfigPlanChecks: world.EmptyPlan,
			Check: func(*terraform.State) error {
				for _, call := range w.YandexCalls("GET") {
					if strings.HasPrefix(call, "domain/registration_status") {
						return fmt.Errorf("refreshing has started a check")
					}
				}
				return w.YandexChanges()(nil)
			},
		},
	)
	for _, d := range w.YandexState(t).Domains {
		t.Errorf("the domain %s is still there", d.Name)
	}

}
