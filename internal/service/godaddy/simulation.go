package godaddy

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

// Simulate implements [kit.Simulator].
func (Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := godaddysim.New(godaddysim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(godaddysim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: simulatedZone,
			Login:  "token " + godaddysim.Token + ", or key " + godaddysim.Key + ", secret " + godaddysim.Secret,
			Limits: map[string]string{godaddysim.SettingCallsPerMinute: "0"},
		}
	}
}
