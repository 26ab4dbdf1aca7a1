package namecheap

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator    = Service{}
	_ zone.HostService = Service{}
)

// Service is Namecheap as a DNS host.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return "namecheap" }

// Title implements [kit.Service].
func (Service) Title() string { return "Namecheap" }

// Block implements [kit.Service].
func (s Service) Block() schema.SingleNestedAttribute { return zone.HostBlock(s) }

// Configure implements [kit.Service].
func (s Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	zone.ZonesOf(run).AddHost(s, b, diags)
}

// simulatedZone is the zone that every sandbox has at this host.
const simulatedZone = "example.org"

// Host implements [zone.HostService].
func (s Service) Host() *zone.Host {
	return &zone.Host{
		NameServers:     []string{"registrar-servers.com"},
		Attributes:      blockAttributes,
		Read:            s.read,
		Simulated:       simulatedValues,
		SimulatedZone:   simulatedZone,
		SimulatedValues: map[string]string{"api_user": namecheapsim.APIUser, "api_key": namecheapsim.APIKey},
		Objection:       namecheapapi.Objection,
	}
}

func blockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"api_user":            kit.Text("API user. Environment: `NAMECHEAP_API_USER`."),
		"api_key":             kit.Secret("API key. Environment: `NAMECHEAP_API_KEY`."),
		"user_name":           kit.Text("Account to manage, if it is not the API user's own. Environment: `NAMECHEAP_USER_NAME`."),
		"client_ip":           kit.Text("IPv4 address that the calls come from. It must be on the account's allow-list. Environment: `NAMECHEAP_CLIENT_IP`."),
		"use_sandbox":         schema.BoolAttribute{Optional: true, MarkdownDescription: "Use Namecheap's own test system, `api.sandbox.namecheap.com`. Environment: `NAMECHEAP_USE_SANDBOX`."},
		"base_url":            kit.Text(kit.BaseURLDescription),
		"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
	}
}

// read reads the block of an account.
func (s Service) read(b kit.Block, diags *diag.Diagnostics) zone.HostSettings {
	user := b.Text("api_user", "NAMECHEAP_API_USER")
	key := b.Text("api_key", "NAMECHEAP_API_KEY")
	name := b.Text("user_name", "NAMECHEAP_USER_NAME")
	ip := b.Text("client_ip", "NAMECHEAP_CLIENT_IP")
	base := b.Text("base_url", "")
	standard := namecheapapi.ProductionURL
	if b.Switched("use_sandbox", "NAMECHEAP_USE_SANDBOX", diags) {
		standard = namecheapapi.SandboxURL
	}
	address := kit.ReadURL(b, base.OrDefault(standard), diags)
	return zone.HostSettings{
		Missing: kit.Missing(s.Title(), user, key, ip),
		Values:  map[string]kit.Setting{"api_user": user, "api_key": key, "user_name": name},
		Account: zone.AccountAt(address, user.Value, key.Value, name.OrDefault(user.Value).Value),
		Open: func(run *kit.Run) (dns.Host, error) {
			return namecheapapi.New(namecheapapi.Config{
				APIUser: user.Value, APIKey: key.Value, UserName: name.Value, ClientIP: ip.Value, BaseURL: address, UserAgent: run.UserAgent,
			}), nil
		},
	}
}

// simulatedValues returns a client of the simulated Namecheap in the run's sandbox.
func simulatedValues(run *kit.Run) (dns.Host, error) {
	address, err := run.SimulatedURL(namecheapsim.Section, namecheapsim.Path)
	if err != nil {
		return nil, err
	}
	return namecheapapi.New(namecheapapi.Config{
		APIUser: namecheapsim.APIUser, APIKey: namecheapsim.APIKey, ClientIP: namecheapsim.ClientIP,
		BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent, CallsPerMinute: run.SimulatedPace(namecheapsim.Section),
	}), nil
}
