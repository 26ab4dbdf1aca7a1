package provider

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	sandboxnamecheap "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/namecheap"
)

// Simulate implements Simulator.
func (namecheapService) Simulate(*Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := sandboxnamecheap.New(sandboxnamecheap.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(sandboxnamecheap.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: "example.org",
			Login: "api user " + sandboxnamecheap.APIUser + ", API key " + sandboxnamecheap.APIKey + ", client IP " + sandboxnamecheap.ClientIP + "; calls at " + sandboxnamecheap.Path,
			Limits: map[string]string{
				sandboxnamecheap.SettingCallsPerMinute: "0", sandboxnamecheap.SettingCallsPerHour: "0", sandboxnamecheap.SettingCallsPerDay: "0",
			},
		}
	}
}
