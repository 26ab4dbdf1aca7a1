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
			Login: "username " + mailserversim.Username + ", password " + mailserversim.Password,
		}
	}
}
