package mailserver

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

// Simulate implements [kit.Simulator].
func (Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := mailserversim.New(mailserversim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(mailserversim.Section), Issue: env.Issue})
		return sandbox.Simulation{
			Service: service, Certificate: service.Certificate,
			Title: serviceTitle, Tables: service.Tables, Switches: mailserversim.Switches, Settings: mailserversim.Settings, CheckConditions: mailserversim.CheckConditions, Attributes: simulatedAttributes,
			Login: "username " + mailserversim.Username + ", password " + mailserversim.Password,
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "url", Variable: "MAILSERVER_URL", Value: at.URL},
		{Name: "username", Variable: "MAILSERVER_USERNAME", Value: mailserversim.Username},
		{Name: "password", Variable: "MAILSERVER_PASSWORD", Value: mailserversim.Password, Secret: true},
	}
}
