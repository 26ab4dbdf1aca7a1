package provider

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

// allServices are all services that the provider works with, in the order in which people
// are told of them.
var allServices = []Service{
	mailserverService{},
	yandexService{},
	sendgridService{},
	octethService{},
	cloudflareService{},
	namecheapService{},
	godaddyService{},
	rfc2136Service{},
}

// Simulated are all services, as the sandbox simulates them.
func Simulated() []sandbox.Simulate { return Simulations(nil, allServices) }
