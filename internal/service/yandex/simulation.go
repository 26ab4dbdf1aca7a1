package yandex

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// Simulate implements [kit.Simulator].
func (Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := yandexsim.New(yandexsim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(yandexsim.Section), Lookup: env.Lookup})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone,
			Login: "PddToken " + yandexsim.Token + ", for registrars also OAuth " + yandexsim.OAuthToken + "; calls below " + yandexsim.AdminPath,
		}
	}
}
