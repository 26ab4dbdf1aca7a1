package main

import (
	"fmt"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// dnsHost is the name of a DNS host of the sandbox. The sandbox keeps to no rate limits: they count
// over minutes, and so over several cases and their preparation, and no real account would run these
// within minutes. The provider's own limits, one for each process, stay in force and are measured.
type dnsHost string

// open makes a client of the host for the preparation of a world.
func (h dnsHost) open(box *sandbox.Sandbox) (dns.Host, error) {
	host, found := kit.Named(kit.With[zone.HostService](service.All), string(h))
	if !found {
		return nil, fmt.Errorf("the provider has no DNS host %q", h)
	}
	run := kit.NewRun("bench", service.All)
	run.EnterSandbox(box, "")
	return host.Host().Simulated(run)
}

// provider returns the provider configuration for the host.
func (h dnsHost) provider(at address) string {
	return fmt.Sprintf("\nprovider \"postmaster\" {\n  dns_resolvers = [%q]\n\n  %s = {\n%s  }\n}\n", at.dns, h, at.attributes(string(h)))
}

// attributes returns the attributes of the provider's block for a service, as lines of HCL.
func (a address) attributes(service string) string {
	at, err := sandbox.ParseAddress(a.url(service), a.dns)
	if err != nil {
		panic(err) // the sandbox's own address
	}
	attributes, err := a.box.Attributes(service, at)
	if err != nil {
		panic(err) // each simulation has attributes: its tests look
	}
	var lines strings.Builder
	for _, attribute := range attributes {
		value := attribute.Value
		if !attribute.Number {
			value = fmt.Sprintf("%q", value)
		}
		fmt.Fprintf(&lines, "    %s = %s\n", attribute.Name, value)
	}
	return lines.String()
}
