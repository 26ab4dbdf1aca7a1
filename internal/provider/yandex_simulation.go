package provider

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	sandboxyandex "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/yandex"
)

// Simulate implements Simulator.
func (yandexService) Simulate(*Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := sandboxyandex.New(sandboxyandex.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(sandboxyandex.Section), Lookup: env.Lookup})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone,
			Login: "PddToken " + sandboxyandex.Token + ", for registrars also OAuth " + sandboxyandex.OAuthToken + "; calls below " + sandboxyandex.AdminPath,
		}
	}
}
