package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

func SenderConfig(domain, options string) string {
	return fmt.Sprintf(`
resource "postmaster_sender_domain" "s" {
  domain   = %q
  sendgrid = { %s }
}
`, domain, options)
}

// PublishedRecords has a sender's records published.
func PublishedRecords(domain string) string {
	return fmt.Sprintf(`
resource "postmaster_dns_authorization" "a" {
  domain = %q
}
resource "postmaster_dns_records" "r" {
  dns_authorization_id = postmaster_dns_authorization.a.id
  records              = postmaster_sender_domain.s.dns_records
}
`, domain)
}

// PublishedSender has a sender's records published and verified, from nothing. The
// output shows in a plan whatever of them changes by itself.
func PublishedSender(domain string) string {
	return PublishedRecords(domain) + `
resource "postmaster_domain_verification" "v" {
  domain_id   = postmaster_sender_domain.s.id
  dns_records = postmaster_dns_records.r.published
}
output "all" {
  value = [postmaster_sender_domain.s, postmaster_dns_records.r, postmaster_domain_verification.v]
}
`
}

func TestSenderDomainFromNothingToVerified(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][2]string{"automatic": {"", "automatic_security = false"}, "manual": {"automatic_security = false", ""}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider, _ := SandboxProvider(t)
			config := provider + SenderConfig("example.com", options[0]) + PublishedSender("example.com")
			replaced := provider + SenderConfig("example.com", options[1]+`
  subdomain = "em2"`) + PublishedSender("example.com")
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: Factories,
				Steps: []resource.TestStep{
					{
						Config: config,
						ConfigStateChecks: []statecheck.StateCheck{
							statecheck.ExpectKnownValue("postmaster_domain_verification.v", tfjsonpath.New("valid"), knownvalue.Bool(true)),
							statecheck.ExpectKnownValue("postmaster_sender_domain.s", tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(3)),
						},
					},
					{Config: config, ConfigPlanChecks: EmptyPlan},
					{ // another domain is verified from the beginning, in the same apply
						Config: replaced,
						ConfigPlanChecks: PreApply(
							plancheck.ExpectResourceAction("postmaster_sender_domain.s", plancheck.ResourceActionReplace),
							plancheck.ExpectResourceAction("postmaster_domain_verification.v", plancheck.ResourceActionReplace),
						),
						ConfigStateChecks: []statecheck.StateCheck{
							statecheck.ExpectKnownValue("postmaster_domain_verification.v", tfjsonpath.New("valid"), knownvalue.Bool(true)),
						},
					},
					{Config: replaced, ConfigPlanChecks: EmptyPlan},
				},
			})
		})
	}
}

func TestSenderDomainExists(t *testing.T) {
	t.Parallel()
	provider, _ := SandboxProvider(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories,
		Steps: []resource.TestStep{
			{Config: provider + SenderConfig("example.com", "")},
			{
				Config:      provider + SenderConfig("example.com", "") + strings.Replace(SenderConfig("example.com", ""), `"s"`, `"twice"`, 1),
				ExpectError: Saying("The domain example.com exists already"),
			},
		},
	})
}
