package mail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/compare"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// lateConfig is a mail domain with a mailbox and a key, all of whose arguments come from a resource
// that each other run makes anew: they are not known at its plan.
func lateConfig(run int, domain, localPart string) string {
	return fmt.Sprintf(`
resource "terraform_data" "late" {
  triggers_replace = %d
  input = {
    domain     = %q
    local_part = %q
    mx         = "mail.example.com"
    password   = "correct horse"
  }
}

resource "postmaster_mail_domain" "d" {
  domain        = terraform_data.late.output.domain
  mx_hostname   = terraform_data.late.output.mx
  force_destroy = true
  first_account = {
    local_part          = terraform_data.late.output.local_part
    password_wo         = terraform_data.late.output.password
    password_wo_version = 1
  }
}

resource "postmaster_mail_user" "u" {
  mail_domain_id = postmaster_mail_domain.d.id
  local_part     = "${terraform_data.late.output.local_part}-2"
  password       = terraform_data.late.output.password
  force_destroy  = true
}

resource "postmaster_dkim_key" "k" {
  mail_domain_id = postmaster_mail_domain.d.id
}

resource "postmaster_mail_domain_export" "e" {
  mail_domain_id = postmaster_mail_domain.d.id
  depends_on     = [postmaster_mail_user.u, postmaster_dkim_key.k]
}

data "postmaster_mail_users" "all" {
  mail_domain_id = postmaster_mail_domain.d.id
  depends_on     = [postmaster_mail_user.u]
}
`, run, domain, localPart)
}

// Arguments that are known only after apply do not keep anything from being made in one apply from
// nothing. Where they come out as they were, what holds mail stays; where they come out as another
// name, they are refused.
func TestArgumentsKnownLate(t *testing.T) {
	s := world.StartMailServer(t)
	s.CreateDomain(t, "example.org", "info") // so that lists are not empty
	keptInPlace := func(address string) plancheck.PlanCheck {
		return plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)
	}
	keyStays := statecheck.CompareValue(compare.ValuesSame())
	key := func() statecheck.StateCheck {
		return keyStays.AddStateValue("postmaster_dkim_key.k", tfjsonpath.New("public_key"))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{
				Config: s.Provider(t) + lateConfig(1, "Bücher.example.", "Info"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectUnknownValue("postmaster_mail_domain.d", tfjsonpath.New("id")),
					plancheck.ExpectUnknownValue("postmaster_mail_domain.d", tfjsonpath.New("dns_records")),
					plancheck.ExpectUnknownValue("postmaster_mail_user.u", tfjsonpath.New("email")),
				}},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("id"), knownvalue.StringExact("mailserver/xn--bcher-kva.example")),
					statecheck.ExpectKnownValue("postmaster_mail_domain.d", tfjsonpath.New("dns_records").AtMapKey("mx").AtMapKey("name"), knownvalue.StringExact("xn--bcher-kva.example")),
					statecheck.ExpectKnownValue("postmaster_mail_user.u", tfjsonpath.New("email"), knownvalue.StringExact("info-2@xn--bcher-kva.example")),
					statecheck.ExpectKnownValue("postmaster_dkim_key.k", tfjsonpath.New("id"), knownvalue.StringExact("mailserver/xn--bcher-kva.example")),
					statecheck.ExpectKnownValue("postmaster_mail_domain_export.e", tfjsonpath.New("accounts"), knownvalue.ListSizeExact(2)),
					statecheck.ExpectKnownValue("data.postmaster_mail_users.all", tfjsonpath.New("users"), knownvalue.ListSizeExact(2)),
					key(),
				},
			},
			{Config: s.Provider(t) + lateConfig(1, "Bücher.example.", "Info"), ConfigPlanChecks: world.EmptyPlan},
			{ // unknown once more, and then another spelling of the same
				Config: s.Provider(t) + lateConfig(2, "bücher.EXAMPLE", "INFO"),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					keptInPlace("postmaster_mail_domain.d"), keptInPlace("postmaster_mail_user.u"), keptInPlace("postmaster_dkim_key.k"),
				}},
				ConfigStateChecks: []statecheck.StateCheck{key()},
			},
			{
				Config:      s.Provider(t) + lateConfig(3, "example.com", "info"),
				ExpectError: world.Saying("A mail domain cannot be renamed"),
			},
			{
				Config:      s.Provider(t) + lateConfig(4, "bücher.example", "sales"),
				ExpectError: world.Saying("A mailbox cannot be renamed"),
			},
			{
				PreConfig: func() {
					want := []string{"info-2@xn--bcher-kva.example", "info@example.org", "info@xn--bcher-kva.example"}
					if got := s.Accounts(t); !slices.Equal(got, want) {
						t.Errorf("the server holds %q", got)
					}
				},
				Config: s.Provider(t) + lateConfig(5, "bücher.example", "info"),
			},
			{Config: s.Provider(t) + lateConfig(5, "bücher.example", "info"), ConfigPlanChecks: world.EmptyPlan},
		},
	})
}

// What only apply finds out to be bad is refused there, and nothing of it is sent.
func TestBadArgumentsKnownLate(t *testing.T) {
	s := world.StartMailServer(t)
	for name, c := range map[string]struct{ domain, localPart, want string }{
		"domain":           {"example..com", "info", "Not a mail domain"},
		"too long":         {strings.Repeat("a", 39) + ".example.com", "info", "has 51 characters"},
		"first account":    {"example.com", "../../etc", "Not a local part"},
		"local part of 65": {"example.com", strings.Repeat("a", 65), "has 65 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			s.ForgetCalls()
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps: []resource.TestStep{{
					Config:      s.Provider(t) + lateConfig(1, c.domain, c.localPart),
					ExpectError: world.Saying(c.want),
				}},
			})
			if calls := s.CallsSoFar(); len(calls) > 0 {
				t.Errorf("the mail server was called: %q", calls)
			}
		})
	}
}
