package azure

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/azure/azuresim"
)

// Simulate implements [kit.Simulator].
func (s Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := azuresim.New(azuresim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(azuresim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service,
			Title: s.Title(), Tables: service.Tables, Settings: azuresim.Settings, CheckConditions: azuresim.CheckConditions, Switches: azuresim.Switches, Attributes: simulatedAttributes,
			AddZone: service.AddZone,
			Login:   "Access token " + azuresim.Token + "; zones are in the subscription " + azuresim.Subscription + " and the resource group " + azuresim.Group,
			Limits:  map[string]string{azuresim.SettingWrites: "0", azuresim.SettingLists: "0"},
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "base_url", Value: at.URL},
		{Name: "subscription_id", Variable: "AZURE_SUBSCRIPTION_ID", Value: azuresim.Subscription},
		{Name: "access_token", Value: azuresim.Token, Secret: true},
	}
}
