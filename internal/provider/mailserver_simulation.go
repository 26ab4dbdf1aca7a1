package provider

import (
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	sandboxmail "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/mailserver"
)

// Simulate implements Simulator.
func (mailserverService) Simulate(*Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := sandboxmail.New(sandboxmail.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(sandboxmail.Section), Issue: env.Issue})
		return sandbox.Simulation{
			Service: service, Certificate: service.Certificate,
			Login: "username " + sandboxmail.Username + ", password " + sandboxmail.Password,
		}
	}
}
