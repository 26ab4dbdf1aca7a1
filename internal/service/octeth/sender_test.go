package octeth_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
)

// A domain of each kind, from nothing to verified in one apply.
func TestOctethDomainFromNothingToVerified(t *testing.T) {
	t.Parallel()
	for _, options := range []string{world.Campaign, world.EmailGateway} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			w := world.NewOcteth(t)
			config := w.Provider() + world.OctethConfigOf("example.com", options) + world.PublishedSender("example.com")
			w.Run(t,
				resource.TestStep{
					Config: config,
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(world.VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
						statecheck.ExpectKnownValue(world.SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
					},
				},
				resource.TestStep{PreConfig: w.Forget, Config: config, ConfigPlanChecks: world.EmptyPlan, Check: w.ChangesBy()},
			)
		})
	}
}
