package provider

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	sandboxgodaddy "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/godaddy"
)

// Simulate implements Simulator.
func (godaddyService) Simulate(*Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := sandboxgodaddy.New(sandboxgodaddy.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(sandboxgodaddy.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: "example.net",
			Login:  "token " + sandboxgodaddy.Token + ", or key " + sandboxgodaddy.Key + ", secret " + sandboxgodaddy.Secret,
			Limits: map[string]string{sandboxgodaddy.SettingCallsPerMinute: "0"},
		}
	}
}
