package cloudflare

import (
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// Simulate implements [kit.Simulator].
func (s Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := cloudflaresim.New(cloudflaresim.Config{Store: env.Store, Now: env.Now, Conditions: env.Conditions(cloudflaresim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, OwnZone: simulatedZone, OwnHosts: []string{simulatedMailHost},
			Title: s.Title(), Tables: service.Tables, Settings: cloudflaresim.Settings, CheckConditions: cloudflaresim.CheckConditions, Attributes: simulatedAttributes,
			AddZone: func(apex string) error { return addSimulatedZone(service, apex) },
			Login:   "API token " + cloudflaresim.Token + "; calls below " + cloudflaresim.BasePath,
			Limits:  map[string]string{cloudflaresim.SettingRequests: "0"},
		}
	}
}

// simulatedMailHost is a host with an address (from RFC 5737) that simulated mail domains can name
// as their mail host.
const (
	simulatedMailHost        = "mail.example.com"
	simulatedMailHostAddress = "192.0.2.25"
)

// addSimulatedZone adds a zone. The zone that holds simulatedMailHost also gets the address record
// of that host.
func addSimulatedZone(service *cloudflaresim.Service, apex string) error {
	if !strings.HasSuffix(simulatedMailHost, "."+apex) {
		return service.AddZone(apex)
	}
	return service.EditZone(apex, func(z *cloudflaresim.Zone) {
		if !slices.ContainsFunc(z.Records, func(r *cloudflaresim.Record) bool { return r.Name == simulatedMailHost }) {
			z.Records = append(z.Records, &cloudflaresim.Record{ID: strings.Repeat("0", 31) + "1", Name: simulatedMailHost, Type: "A", Content: simulatedMailHostAddress, TTL: 1,
				Comment: "the mail server"})
		}
	})
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "base_url", Variable: "CLOUDFLARE_BASE_URL", Value: at.URL + cloudflaresim.BasePath},
		{Name: "api_token", Variable: "CLOUDFLARE_API_TOKEN", Value: cloudflaresim.Token, Secret: true},
	}
}
