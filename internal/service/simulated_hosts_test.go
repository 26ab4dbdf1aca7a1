package service_test

import (
	"maps"
	"net/http/httptest"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/testkit/world"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// SimulatedAt and SimulatedValues of every host make a block that leads to its simulation, without
// anything from the environment.
func TestBlocksLeadToSimulatedHosts(t *testing.T) {
	const apex = "blocks.example"
	for _, host := range kit.With[zone.HostService](service.All) {
		t.Run(host.Name(), func(t *testing.T) {
			if host.Host().SimulatedAt == nil {
				t.Fatal("the host does not say which block leads to its simulation")
			}
			box, err := sandbox.Open(sandbox.Options{Services: service.Simulated()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := box.Close(); err != nil {
					t.Error(err)
				}
			})
			if err := box.AddZones(map[string]string{apex: host.Name()}); err != nil {
				t.Fatal(err)
			}
			web := httptest.NewServer(box.Handler())
			t.Cleanup(web.Close)
			names, err := box.DNSAddr()
			if err != nil {
				t.Fatal(err)
			}
			at, err := host.Host().SimulatedAt(zone.SimulatedAddress{URL: web.URL + "/" + host.Name(), NameServer: names})
			if err != nil {
				t.Fatal(err)
			}
			settings := readBlock(t, host, at)
			if settings.Missing != nil {
				t.Fatal(settings.Missing)
			}
			client, err := settings.Open(kit.NewRun("test", service.All))
			if err != nil {
				t.Fatal(err)
			}
			if found, err := client.FindZone(t.Context(), apex); err != nil || found.Apex != apex {
				t.Errorf("found %+v (%v)", found, err)
			}
		})
	}
}

// readBlock reads a block with these attributes and the credentials of the simulated host.
func readBlock(t *testing.T, host zone.HostService, attributes map[string]attr.Value) zone.HostSettings {
	t.Helper()
	given := maps.Clone(attributes)
	for name, value := range host.Host().SimulatedValues {
		given[name] = types.StringValue(value)
	}
	for name := range given {
		if host.Host().Attributes()[name] == nil {
			t.Errorf("the block has no attribute %s", name)
		}
	}
	var diags diag.Diagnostics
	settings := host.Host().Read(kit.BlockOf(host.Name(), world.HostObject(host, given)), &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return settings
}
