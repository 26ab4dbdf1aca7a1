package provider

import (
	"net/http"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	sandboxrfc2136 "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/rfc2136"
)

// Simulate implements Simulator.
func (rfc2136Service) Simulate(*Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := sandboxrfc2136.New(sandboxrfc2136.Config{Store: env.Store, Conditions: env.Conditions(sandboxrfc2136.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: "corp.example", Primary: func(h http.Handler) dnsserver.Primary { return service.Primary(h) },
			Login: "by DNS: key " + sandboxrfc2136.KeyName + ", " + sandboxrfc2136.Algorithm + ", secret " + sandboxrfc2136.KeySecret,
		}
	}
}
