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
			Login: "API key " + sendgridsim.Key + "; EU region below " + sendgridsim.EUPath,
			// Each answer says how many calls are left. So the limit cannot be lifted; it is only
			// so high that nobody reaches it.
			Limits: map[string]string{sendgridsim.SettingRequests: "1000000000"},
		}
	}
}
