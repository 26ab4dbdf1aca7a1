package service_test

import (
	"errors"
	"maps"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/provider"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
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

// Every service puts its account into the run, also where nothing is configured. Its client then is
// an error that says what is missing, or opens without a call.
func TestServicesPutTheirAccounts(t *testing.T) {
	run := kit.NewRun("test", service.All)
	var diags diag.Diagnostics
	provider.Configuration{}.Configure(run, false, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	for _, s := range kit.With[kit.Opener](service.All) {
		if err := s.Open(run); !errors.Is(err, api.ErrNotConfigured) {
			t.Errorf("%s: opening an account that is not configured gives %v", s.Name(), err)
		}
	}
}

// What documentation says of the zones of every sandbox is what the simulations have.
func TestSimulatedZones(t *testing.T) {
	box, err := sandbox.Open(sandbox.Options{Services: service.Simulated()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	said := map[string]string{}
	for _, host := range kit.With[zone.HostService](service.All) {
		if apex := host.Host().SimulatedZone; apex != "" {
			said[apex] = host.Name()
		}
	}
	if has := box.DefaultZones(); len(has) == 0 || !maps.Equal(said, has) {
		t.Errorf("hosts say %v, and the sandbox has %v", said, has)
	}
}
