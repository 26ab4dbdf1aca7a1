package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// What somebody has tainted is deleted and made again, also in the sandbox, although Terraform then
// gives Delete nothing of what was remembered beside the state.
func TestTaintedObjectsAreReplaced(t *testing.T) {
	t.Parallel()
	provider, _ := world.SandboxProvider(t)
	config := provider + `
resource "postmaster_mail_domain" "d" {
  domain        = "example.com"
  service       = "yandex"
  force_destroy = true
}

resource "postmaster_mail_domain" "m" {
  domain        = "example.org"
  service       = "mailserver"
  force_destroy = true
  first_account = {
    password_wo         = "correct horse"
    password_wo_version = 1
  }
}

resource "postmaster_mail_user" "u" {
  mail_domain_id = postmaster_mail_domain.m.id
  local_part     = "alice"
  password       = "correct horse"
  force_destroy  = true
}

resource "postmaster_dkim_key" "k" {
  mail_domain_id   = postmaster_mail_domain.m.id
  replace_existing = true
}

resource "postmaster_dns_authorization" "a" {
  domain = "example.org"
}

resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = { note = { name = "note.example.org", type = "TXT", value = "ours" } }
}

resource "postmaster_dns_records" "none" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = {}
}

resource "postmaster_letsencrypt_cert" "c" {
  hostname = "mail.example.com"
}
` + world.SenderConfig("example.net", "")
	addresses := []string{
		"postmaster_mail_domain.d", "postmaster_mail_user.u", "postmaster_dkim_key.k", "postmaster_dns_authorization.a",
		"postmaster_dns_records.r", "postmaster_dns_records.none", "postmaster_letsencrypt_cert.c", world.SenderAddress,
	}
	var replaced []plancheck.PlanCheck
	for _, address := range addresses {
		replaced = append(replaced, plancheck.ExpectResourceAction(address, plancheck.ResourceActionReplace))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: config},
			{Config: config, Taint: addresses, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: replaced}},
			{Config: config, ConfigPlanChecks: world.EmptyPlan},
		},
	})
}
