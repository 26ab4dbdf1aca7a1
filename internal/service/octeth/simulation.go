package octeth

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

// Simulate implements [kit.Simulator].
//
// The simulated Octeth has the version of the configuration. The version is not saved: each process
// that shares the sandbox's file may have another one.
func (Service) Simulate(run *kit.Run) sandbox.Simulate {
	version := ""
	if account := kit.PartOf[*Account](run); account != nil {
		version = account.installed().String()
	}
	return func(env sandbox.Env) sandbox.Simulation {
		service := octethsim.New(octethsim.Config{Store: env.Store, Now: env.Now, Version: version, Conditions: env.Conditions(octethsim.Section),
			Lookup: env.Lookup, Transport: env.Transport, BaseURL: env.BaseURL})
		return sandbox.Simulation{
			Service: service, Zones: service,
			Title: serviceTitle, Tables: service.Tables, Switches: octethsim.Switches, Settings: octethsim.Settings, CheckConditions: octethsim.CheckConditions, Attributes: simulatedAttributes,
			Login:  "API key " + octethsim.APIKey + ", or session " + octethsim.SessionID,
			Limits: map[string]string{octethsim.SettingCallsPerMinute: "0"},
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "url", Variable: "OCTETH_URL", Value: at.URL},
		{Name: "api_key", Variable: "OCTETH_API_KEY", Value: octethsim.APIKey, Secret: true},
	}
}
