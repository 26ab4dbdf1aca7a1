package rfc2136

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
)

// TestNothingOfOthersIsLost takes random steps, in which two processes publish
// while somebody else edits the zone as well. Zones that are signed take fewer of
// them, since each takes its time.
func TestNothingOfOthersIsLost(t *testing.T) {
	t.Parallel()
	t.Run("simulation", func(t *testing.T) {
		t.Parallel()
		dnstest.RandomSteps(t, newSimulation(t).fixture(t), 2000, 1)
	})
	for name, steps := range map[string]int{"plain": 2000, "signed": 400, "inline-signed": 100} {
		t.Run("BIND "+name, func(t *testing.T) {
			t.Parallel()
			dnstest.RandomSteps(t, bindFixtures(t, kinds[name], 1)(t), steps, 2)
		})
	}
}

// kinds are the ways in which BIND keeps a zone.
var kinds = map[string]nameserver.Kind{"plain": nameserver.Plain, "signed": nameserver.Signed, "inline-signed": nameserver.InlineSigned}
