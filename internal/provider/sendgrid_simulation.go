package provider

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	sandboxsendgrid "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sendgrid"
)

// Simulate implements Simulator.
func (sendgridService) Simulate(*Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := sandboxsendgrid.New(sandboxsendgrid.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(sandboxsendgrid.Section), Lookup: env.Lookup})
		return sandbox.Simulation{
			Service: service, Zones: service,
			Login: "API key " + sandboxsendgrid.Key + "; EU region below " + sandboxsendgrid.EUPath,
			// Each answer tells how many calls are left, so the limit is one that nobody reaches.
			Limits: map[string]string{sandboxsendgrid.SettingRequests: "1000000000"},
		}
	}
}
