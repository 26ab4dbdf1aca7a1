package sender_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

func TestSenderDomainFromNothingToVerified(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][2]string{"automatic": {"", "automatic_security = false"}, "manual": {"automatic_security = false", ""}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			provider, _ := world.SandboxProvider(t)
			config := provider + world.SenderConfig("example.com", options[0]) + world.PublishedSender("example.com")
			replaced := provider + world.SenderConfig("example.com", options[1]+`
  subdomain = "em2"`) + world.PublishedSender("example.com")
			resource.Test(t, resource.TestCase{
				ProtoV6ProviderFactories: world.Factories,
				Steps: []resource.TestStep{
					{
						Config: config,
						ConfigStateChecks: []statecheck.StateCheck{
							statecheck.ExpectKnownValue("postmaster_domain_verification.v", tfjsonpath.New("valid"), knownvalue.Bool(true)),
							statecheck.ExpectKnownValue("postmaster_sender_domain.s", tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(3)),
						},
					},
					{Config: config, ConfigPlanChecks: world.EmptyPlan},
					{ // another domain is verified from the beginning, in the same apply
						Config: replaced,
						ConfigPlanChecks: world.PreApply(
							plancheck.ExpectResourceAction("postmaster_sender_domain.s", plancheck.ResourceActionReplace),
							plancheck.ExpectResourceAction("postmaster_domain_verification.v", plancheck.ResourceActionReplace),
						),
						ConfigStateChecks: []statecheck.StateCheck{
							statecheck.ExpectKnownValue("postmaster_domain_verification.v", tfjsonpath.New("valid"), knownvalue.Bool(true)),
						},
					},
					{Config: replaced, ConfigPlanChecks: world.EmptyPlan},
				},
			})
		})
	}
}

func TestSenderDomainExists(t *testing.T) {
	t.Parallel()
	provider, _ := world.SandboxProvider(t)
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: world.Factories,
		Steps: []resource.TestStep{
			{Config: provider + world.SenderConfig("example.com", "")},
			{
				Config:      provider + world.SenderConfig("example.com", "") + strings.Replace(world.SenderConfig("example.com", ""), `"s"`, `"twice"`, 1),
				ExpectError: world.Saying("The domain example.com exists already"),
			},
		},
	})
}
