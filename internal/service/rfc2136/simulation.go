package rfc2136

import (
	"net/http"
	"strconv"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/dnsserver"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/rfc2136/rfc2136sim"
)

// Simulate implements [kit.Simulator].
func (s Service) Simulate(*kit.Run) sandbox.Simulate {
	return func(env sandbox.Env) sandbox.Simulation {
		service := rfc2136sim.New(rfc2136sim.Config{Store: env.Store, Conditions: env.Conditions(rfc2136sim.Section)})
		return sandbox.Simulation{
			Service: service, Zones: service, AddZone: service.AddZone, OwnZone: simulatedZone, Primary: func(h http.Handler) dnsserver.Primary { return service.Primary(h) },
			Title: s.Title(), Tables: service.Tables, Switches: rfc2136sim.Switches, Attributes: simulatedAttributes,
			Login: "by DNS: key " + rfc2136sim.KeyName + ", " + rfc2136sim.Algorithm + ", secret " + rfc2136sim.KeySecret,
		}
	}
}

// simulatedAttributes is the block for a simulation with an address.
func simulatedAttributes(at sandbox.Address) []sandbox.Attribute {
	return []sandbox.Attribute{
		{Name: "server", Variable: "DNS_UPDATE_SERVER", Value: at.DNSHost},
		{Name: "port", Variable: "DNS_UPDATE_PORT", Value: strconv.Itoa(at.DNSPort), Number: true},
		{Name: "key_name", Variable: "DNS_UPDATE_KEYNAME", Value: rfc2136sim.KeyName},
		{Name: "key_algorithm", Variable: "DNS_UPDATE_KEYALGORITHM", Value: rfc2136sim.Algorithm},
		{Name: "key_secret", Variable: "DNS_UPDATE_KEYSECRET", Value: rfc2136sim.KeySecret, Secret: true},
	}
}
