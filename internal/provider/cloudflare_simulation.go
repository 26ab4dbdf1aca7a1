package provider

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	sandboxcloudflare "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/cloudflare"
)

// Simulate implements Simulator.
func (cloudflareService) Simulate(*Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := sandboxcloudflare.New(sandboxcloudflare.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(sandboxcloudflare.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, OwnZone: "example.com",
			AddZone: func(apex string) error { return addSimulatedZone(service, apex) },
			Login:   "API token " + sandboxcloudflare.Token + "; calls below " + sandboxcloudflare.BasePath,
			Limits:  map[string]string{sandboxcloudflare.SettingRequests: "0"},
		}
	}
}

// simulatedMailHost is a host with an address (of RFC 5737), for mail domains to name as theirs.
const (
	simulatedMailHost        = "mail.example.com"
	simulatedMailHostAddress = "192.0.2.25"
)

// addSimulatedZone gives the zone of simulatedMailHost the host's address.
func addSimulatedZone(service *sandboxcloudflare.Service, apex string) error {
	if !strings.HasSuffix(simulatedMailHost, "."+apex) {
		return service.AddZone(apex)
	}
	return service.EditZone(apex, func(z *sandboxcloudflare.Zone) {
		if !slices.ContainsFunc(z.Records, func(r *sandboxcloudflare.Record) bool { return r.Name == simulatedMailHost }) {
			z.Records = append(z.Records, &sandboxcloudflare.Record{ID: strings.Repeat("0", 31) + "1", Name: simulatedMailHost, Type: "A", Content: simulatedMailHostAddress, TTL: 1,
				Comment: "the mail server"})
		}
	})
}
