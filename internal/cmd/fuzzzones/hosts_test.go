package main

import (
	"slices"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// The random runs reach the simulation of every DNS host.
func TestEveryHostIsReached(t *testing.T) {
	var hosts []string
	for _, host := range kit.With[zone.HostService](service.All) {
		hosts = append(hosts, host.Name())
	}
	if got := slices.Sorted(slices.Values(simulated)); !slices.Equal(got, slices.Sorted(slices.Values(hosts))) {
		t.Errorf("they reach %v, and the provider knows %v", got, hosts)
	}
}
