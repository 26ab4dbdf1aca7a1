package route53

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/awsauth"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/route53/route53sim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator    = Service{}
	_ zone.HostService = Service{}
)

// Service is Amazon Route 53 as a DNS host.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return "route53" }

// Title implements [kit.Service].
func (Service) Title() string { return "Amazon Route 53" }

// Block implements [kit.Service].
func (s Service) Block() schema.SingleNestedAttribute { return zone.HostBlock(s) }

// Configure implements [kit.Service].
func (s Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	zone.ZonesOf(run).AddHost(s, b, diags)
}

// Host implements [zone.HostService].
func (s Service) Host() *zone.Host {
	return &zone.Host{
		NameServers:     []string{"awsdns-#.com", "awsdns-#.net", "awsdns-#.org", "awsdns-#.co.uk"},
		AlsoCalled:      []string{"aws", "amazon", "amazonroute53", "awsroute53", "r53"},
		Attributes:      blockAttributes,
		Read:            s.read,
		Simulated:       simulatedValues,
		SimulatedValues: map[string]string{"access_key": route53sim.AccessKey, "secret_key": route53sim.SecretKey},
		Objection:       route53api.Objection,
	}
}

// simulatedValues returns a client of the simulated Route 53 in the run's sandbox.
func simulatedValues(run *kit.Run) (dns.Host, error) {
	address, err := run.SimulatedURL(route53sim.Section, "")
	if err != nil {
		return nil, err
	}
	return route53api.New(route53api.Config{
		Login:   awsauth.Settings{AccessKey: route53sim.AccessKey, SecretKey: route53sim.SecretKey},
		BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent,
		Unpaced: !run.Sandbox().Limited(route53sim.Section),
	}), nil
}
