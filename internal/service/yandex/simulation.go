package yandex

import (
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

// Simulate implements [kit.Simulator].
func (Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := yandexsim.New(yandexsim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(yandexsim.Section), Lookup: env.Lookup})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnNames: yandexsim.OwnZones,
			Title: serviceTitle, Tables: service.Tables, Switches: yandexsim.Switches, Settings: yandexsim.Settings, CheckConditions: yandexsim.CheckConditions, Attributes: simulatedAttributes,
			Login: "PddToken " + yandexsim.Token + ", for registrars also OAuth " + yandexsim.OAuthToken + "; calls below " + yandexsim.AdminPath,
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "base_url", Variable: "YANDEX_PDD_BASE_URL", Value: at.URL + strings.TrimSuffix(yandexsim.AdminPath, "/")},
		{Name: "pdd_token", Variable: tokenVariable, Value: yandexsim.Token, Secret: true},
	}
}
