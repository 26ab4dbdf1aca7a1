package namecheap

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// Simulate implements [kit.Simulator].
func (s Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := namecheapsim.New(namecheapsim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(namecheapsim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: simulatedZone,
			Title: s.Title(), Tables: service.Tables, Switches: namecheapsim.Switches, Settings: namecheapsim.Settings, CheckConditions: namecheapsim.CheckConditions, Attributes: simulatedAttributes,
			Login: "api user " + namecheapsim.APIUser + ", API key " + namecheapsim.APIKey + ", client IP " + namecheapsim.ClientIP + "; calls at " + namecheapsim.Path,
			Limits: map[string]string{
				namecheapsim.SettingCallsPerMinute: "0", namecheapsim.SettingCallsPerHour: "0", namecheapsim.SettingCallsPerDay: "0",
			},
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "base_url", Value: at.URL + namecheapsim.Path},
		{Name: "api_user", Variable: "NAMECHEAP_API_USER", Value: namecheapsim.APIUser},
		{Name: "api_key", Variable: "NAMECHEAP_API_KEY", Value: namecheapsim.APIKey, Secret: true},
		{Name: "client_ip", Variable: "NAMECHEAP_CLIENT_IP", Value: namecheapsim.ClientIP},
	}
}
