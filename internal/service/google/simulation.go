package google

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

// Simulate implements [kit.Simulator].
func (s Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := googlesim.New(googlesim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(googlesim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: simulatedZone,
			Title: s.Title(), Tables: service.Tables, Switches: googlesim.Switches, Settings: googlesim.Settings, CheckConditions: googlesim.CheckConditions, Attributes: simulatedAttributes,
			Login: "access token " + googlesim.Token + ", project " + googlesim.Project + "; calls below " + googlesim.BasePath,
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "base_url", Variable: "GOOGLE_DNS_CUSTOM_ENDPOINT", Value: at.URL + googlesim.BasePath},
		{Name: "project", Variable: "GOOGLE_CLOUD_PROJECT", Value: googlesim.Project},
		{Name: "access_token", Variable: "GOOGLE_OAUTH_ACCESS_TOKEN", Value: googlesim.Token, Secret: true},
	}
}
