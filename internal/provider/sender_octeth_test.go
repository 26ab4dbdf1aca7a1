package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
)

// A domain of each kind, from nothing to verified in one apply.
func TestOctethDomainFromNothingToVerified(t *testing.T) {
	t.Parallel()
	for _, options := range []string{Campaign, EmailGateway} {
		t.Run(options, func(t *testing.T) {
			t.Parallel()
			w := NewOcteth(t)
			config := w.Provider() + OctethConfigOf("example.com", options) + PublishedSender("example.com")
			w.Run(t,
				resource.TestStep{
					Config: config,
					ConfigStateChecks: []statecheck.StateCheck{
						statecheck.ExpectKnownValue(VerificationAddress, tfjsonpath.New("valid"), knownvalue.Bool(true)),
						statecheck.ExpectKnownValue(SenderAddress, tfjsonpath.New("dns_records"), knownvalue.MapSizeExact(5)),
					},
				},
				resource.TestStep{PreConfig: w.Forget, Config: config, ConfigPlanChecks: EmptyPlan, Check: w.ChangesBy()},
			)
		})
	}
}
