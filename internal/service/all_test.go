package service_test

import (
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
)

// Every service can be simulated, and its simulation is found by its name.
func TestServicesAreSimulated(t *testing.T) {
	simulators := kit.With[kit.Simulator](service.All)
	if len(simulators) != len(service.All) {
		t.Errorf("%d of %d services can be simulated", len(simulators), len(service.All))
	}
	for _, s := range simulators {
		t.Run(s.Name(), func(t *testing.T) {
			var name string
			box, err := sandbox.Open(sandbox.Options{Services: []sandbox.Simulate{func(env sandbox.Env) sandbox.Simulation {
				simulation := s.Simulate(nil)(env)
				name = simulation.Name()
				return simulation
			}}})
			if err != nil {
				t.Fatal(err)
			}
			if err := box.Close(); err != nil {
				t.Error(err)
			}
			if name != s.Name() {
				t.Errorf("the simulation is called %q", name)
			}
		})
	}
}

// Names are told apart without regard to what kind of service they belong to.
func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, name := range kit.Names(service.All) {
		if seen[name] {
			t.Errorf("two services are called %q", name)
		}
		seen[name] = true
	}
}
