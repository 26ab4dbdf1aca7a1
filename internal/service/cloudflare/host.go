package cloudflare

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator    = Service{}
	_ zone.HostService = Service{}
)

// Service is Cloudflare as a DNS host.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return "cloudflare" }

// Title implements [kit.Service].
func (Service) Title() string { return "Cloudflare" }

// Block implements [kit.Service].
func (s Service) Block() schema.SingleNestedAttribute { return zone.HostBlock(s) }

// Configure implements [kit.Service].
func (s Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	zone.ZonesOf(run).AddHost(s, b, diags)
}

// simulatedZone is the zone that every sandbox has at this host.
const simulatedZone = "example.com"

// Host implements [zone.HostService].
func (s Service) Host() *zone.Host {
	return &zone.Host{
		NameServers:     []string{"ns.cloudflare.com", "foundationdns.com", "foundationdns.net", "foundationdns.org"},
		Attributes:      blockAttributes,
		Read:            s.read,
		Simulated:       simulatedValues,
		SimulatedZone:   simulatedZone,
		SimulatedValues: map[string]string{"api_token": cloudflaresim.Token},
		FlattensAt:      "DNS, Settings, CNAME flattening",
		ProxiedMX:       "_dc-mx.",
	}
}

func blockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"api_token":           kit.Secret("API token with the permission Zone / DNS / Edit. Environment: `CLOUDFLARE_API_TOKEN`."),
		"base_url":            kit.Text(kit.BaseURLDescription + " Environment: `CLOUDFLARE_BASE_URL`."),
		"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
	}
}

// read reads the block of an account.
func (s Service) read(b kit.Block, diags *diag.Diagnostics) zone.HostSettings {
	token := b.Text("api_token", "CLOUDFLARE_API_TOKEN")
	base := b.Text("base_url", "CLOUDFLARE_BASE_URL")
	address := kit.ReadURL(b, base.OrDefault(cloudflareapi.DefaultBaseURL), diags)
	return zone.HostSettings{
		Missing: kit.Missing(s.Title(), token),
		Values:  map[string]kit.Setting{"api_token": token},
		Account: zone.AccountAt(address, token.Value),
		Open: func(run *kit.Run) (dns.Host, error) {
			return cloudflareapi.New(cloudflareapi.Config{APIToken: token.Value, BaseURL: address, UserAgent: run.UserAgent}), nil
		},
	}
}

// simulatedValues returns a client of the simulated Cloudflare in the run's sandbox.
func simulatedValues(run *kit.Run) (dns.Host, error) {
	address, err := run.SimulatedURL(cloudflaresim.Section, cloudflaresim.BasePath)
	if err != nil {
		return nil, err
	}
	return cloudflareapi.New(cloudflareapi.Config{
		APIToken: cloudflaresim.Token, BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent,
		Unpaced: !run.Sandbox().Limited(cloudflaresim.Section),
	}), nil
}
