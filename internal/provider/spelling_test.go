package provider_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// spelledConfig names things in each attribute that can: DOMAIN, HOST, LOCAL. A certificate of
// one's own, which would replace the other, has its test beside it.
const spelledConfig = `
resource "postmaster_mail_domain" "d" {
  domain        = "DOMAIN"
  mx_hostname   = "HOST"
  force_destroy = true
  first_account = {
    local_part          = "LOCAL"
    password_wo         = "correct horse"
    password_wo_version = 1
  }
}

resource "postmaster_mail_user" "u" {
  mail_domain_id      = "mailserver/DOMAIN"
  local_part          = "LOCAL-2"
  password_wo         = "correct horse"
  password_wo_version = 1
  force_destroy       = true
  depends_on          = [postmaster_mail_domain.d]
}

resource "postmaster_dkim_key" "k" {
  mail_domain_id = "mailserver/DOMAIN"
  depends_on     = [postmaster_mail_domain.d]
}

resource "postmaster_mail_domain_export" "e" {
  mail_domain_id = "mailserver/DOMAIN"
  depends_on     = [postmaster_mail_user.u, postmaster_dkim_key.k]
}

resource "postmaster_letsencrypt_cert" "l" {
  hostname = "HOST"
}

data "postmaster_mail_users" "all" {
  mail_domain_id = "mailserver/DOMAIN"
  depends_on     = [postmaster_mail_user.u]
}
`

// A name in another case, with a trailing dot, or in Unicode instead of punycode is the same name
// wherever it stands, and plans nothing.
func TestSpellingsPlanNothing(t *testing.T) {
	w := world.NewCert(t)
	spelled := func(domain, host, local string) string {
		return w.Provider() + strings.NewReplacer("DOMAIN", domain, "HOST", host, "LOCAL", local).Replace(spelledConfig)
	}
	steps := []resource.TestStep{{Config: spelled("xn--bcher-kva.example", "mail.xn--bcher-kva.example", "info")}}
	for _, other := range [][3]string{
		{"XN--Bcher-KVA.Example", "Mail.XN--bcher-kva.EXAMPLE", "INFO"},
		{"xn--bcher-kva.example.", "mail.xn--bcher-kva.example.", "Info"},
		{"bücher.example", "mail.bücher.example", "info"},
		{"BÜCHER.example.", "MAIL.Bücher.example.", "iNFO"},
	} {
		steps = append(steps, resource.TestStep{Config: spelled(other[0], other[1], other[2]), ConfigPlanChecks: world.EmptyPlan})
	}
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: w.Factories(), Steps: steps})
}
