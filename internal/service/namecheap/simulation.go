package namecheap

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// Simulate implements [kit.Simulator].
func (Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := namecheapsim.New(namecheapsim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(namecheapsim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: simulatedZone,
			Login: "api user " + namecheapsim.APIUser + ", API key " + namecheapsim.APIKey + ", client IP " + namecheapsim.ClientIP + "; calls at " + namecheapsim.Path,
			Limits: map[string]string{
				namecheapsim.SettingCallsPerMinute: "0", namecheapsim.SettingCallsPerHour: "0", namecheapsim.SettingCallsPerDay: "0",
			},
		}
	}
}
