package rfc2136api

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns/dnstest/nameserver"
)

// Random steps lose no record of others. Two processes publish while somebody else edits the zone as
// well. Signed zones take fewer steps, because each step takes longer there.
func TestNothingOfOthersIsLost(t *testing.T) {
	t.Parallel()
	t.Run("simulation", func(t *testing.T) {
		t.Parallel()
		dnstest.RandomSteps(t, newSimulation(t).fixture(t), 1000, 1)
	})
	steps := map[nameserver.Kind]int{nameserver.Plain: 600, nameserver.Signed: 200, nameserver.InlineSigned: 50}
	for _, s := range situations() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			n := steps[s.kind]
			if s.byName {
				n /= 20 // each look at the zone takes many messages
			}
			dnstest.RandomSteps(t, s.fixtures(t, 1)(t), n, 2)
		})
	}
}

// kinds are the ways in which BIND keeps a zone.
var kinds = map[string]nameserver.Kind{"plain": nameserver.Plain, "signed": nameserver.Signed, "inline-signed": nameserver.InlineSigned}
