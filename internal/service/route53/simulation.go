package route53

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
)

// Simulate implements [kit.Simulator].
func (s Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := route53sim.New(route53sim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(route53sim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone,
			Title: s.Title(), Tables: service.Tables, Settings: route53sim.Settings, CheckConditions: route53sim.CheckConditions, Switches: route53sim.Switches, Attributes: simulatedAttributes,
			Login:  "access key " + route53sim.AccessKey + ", secret key " + route53sim.SecretKey,
			Limits: map[string]string{route53sim.SettingRequests: "0"},
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "base_url", Variable: "AWS_ENDPOINT_URL_ROUTE_53", Value: at.URL},
		{Name: "access_key", Variable: "AWS_ACCESS_KEY_ID", Value: route53sim.AccessKey},
		{Name: "secret_key", Variable: "AWS_SECRET_ACCESS_KEY", Value: route53sim.SecretKey, Secret: true},
	}
}
