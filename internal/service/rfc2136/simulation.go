package rfc2136

import (
	"net/http"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

// Simulate implements [kit.Simulator].
func (Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := rfc2136sim.New(rfc2136sim.Config{Store: env.Store, Conditions: env.Conditions(rfc2136sim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: simulatedZone, Primary: func(h http.Handler) dnsserver.Primary { return service.Primary(h) },
			Login: "by DNS: key " + rfc2136sim.KeyName + ", " + rfc2136sim.Algorithm + ", secret " + rfc2136sim.KeySecret,
		}
	}
}
