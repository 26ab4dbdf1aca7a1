package godaddy

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

// Simulate implements [kit.Simulator].
func (s Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := godaddysim.New(godaddysim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(godaddysim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: simulatedZone,
			Title: s.Title(), Tables: service.Tables, Switches: godaddysim.Switches, Settings: godaddysim.Settings, CheckConditions: godaddysim.CheckConditions, Attributes: simulatedAttributes,
			Login:  "token " + godaddysim.Token + ", or key " + godaddysim.Key + ", secret " + godaddysim.Secret,
			Limits: map[string]string{godaddysim.SettingCallsPerMinute: "0"},
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "base_url", Value: at.URL},
		{Name: "token", Variable: "GODADDY_TOKEN", Value: godaddysim.Token, Secret: true},
	}
}
