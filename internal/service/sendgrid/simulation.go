package sendgrid

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

// Simulate implements [kit.Simulator].
func (Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := sendgridsim.New(sendgridsim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(sendgridsim.Section), Lookup: env.Lookup})
		return sandbox.Simulation{
			Service: service, Zones: service,
			Title: serviceTitle, Tables: service.Tables, Switches: sendgridsim.Switches, Settings: sendgridsim.Settings, CheckConditions: sendgridsim.CheckConditions, Attributes: simulatedAttributes,
			Login: "API key " + sendgridsim.Key + "; EU region below " + sendgridsim.EUPath,
			// Each answer says how many calls are left. So the limit cannot be lifted; it is only
			// so high that nobody reaches it.
			Limits: map[string]string{sendgridsim.SettingRequests: "1000000000"},
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "base_url", Variable: "SENDGRID_BASE_URL", Value: at.URL},
		{Name: "api_key", Variable: "SENDGRID_API_KEY", Value: sendgridsim.Key, Secret: true},
	}
}
