package provider

import "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"

// dnsHosts are the DNS hosts that the provider works with, in the order in which people are
// told of them.
var dnsHosts = []Service{
	cloudflareService{},
	namecheapService{},
	godaddyService{},
	rfc2136Service{},
}

// allServices are all services that the provider works with, in the order in which people
// are told of them.
var allServices = append([]Service{
	mailserverService{},
	yandexService{},
	sendgridService{},
	octethService{hosts: With[HostService](dnsHosts)},
}, dnsHosts...)

// Simulated are all services, as the sandbox simulates them.
func Simulated() []sandbox.Simulate { return Simulations(nil, allServices) }
