package provider

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

// Simulate implements Simulator.
//
// The simulated Octeth is of the version that the configuration is made for. That is not
// kept: each process that shares the sandbox's file may have its own.
func (octethService) Simulate(run *Run) sandbox.Simulate {
	version := ""
	if account := PartOf[*octethAccount](run); account != nil {
		version = account.installed().String()
	}
	return func(env sandbox.Env) sandbox.Simulation {
		service := octethsim.New(octethsim.Config{Store: env.Store, Now: env.Now, Version: version, Conditions: env.Conditions(octethsim.Section),
			Lookup: env.Lookup, Transport: env.Transport, BaseURL: env.BaseURL})
		return sandbox.Simulation{
			Service: service,
			Login:   "API key " + octethsim.APIKey + ", or session " + octethsim.SessionID,
			Limits:  map[string]string{octethsim.SettingCallsPerMinute: "0"},
		}
	}
}
