package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/namecheap/namecheapsim"
)

// namecheapService is Namecheap, as a DNS host.
type namecheapService struct{}

// Name implements Service.
func (namecheapService) Name() string { return "namecheap" }

// Title implements Service.
func (namecheapService) Title() string { return "Namecheap" }

// Block implements Service.
func (s namecheapService) Block() schema.SingleNestedAttribute { return HostBlock(s) }

// Configure implements Service.
func (s namecheapService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	ZonesOf(run).AddHost(s, b, diags)
}

// Host implements HostService.
func (s namecheapService) Host() *Host {
	return &Host{
		NameServers:     []string{"registrar-servers.com"},
		Attributes:      namecheapAttributes,
		Read:            s.read,
		Simulated:       simulatedNamecheap,
		SimulatedValues: map[string]string{"api_user": namecheapsim.APIUser, "api_key": namecheapsim.APIKey},
		Objection:       namecheapapi.Objection,
	}
}

func namecheapAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"api_user":            text("API user. Environment: `NAMECHEAP_API_USER`."),
		"api_key":             secret("API key. Environment: `NAMECHEAP_API_KEY`."),
		"user_name":           text("Account that is meant, where it is not the API user's own. Environment: `NAMECHEAP_USER_NAME`."),
		"client_ip":           text("IPv4 address that the calls come from. It has to be on the account's allow-list. Environment: `NAMECHEAP_CLIENT_IP`."),
		"use_sandbox":         schema.BoolAttribute{Optional: true, MarkdownDescription: "Use Namecheap's own test system, `api.sandbox.namecheap.com`. Environment: `NAMECHEAP_USE_SANDBOX`."},
		"base_url":            text(baseURLDescription),
		"allow_insecure_http": allowInsecureHTTPAttribute(),
	}
}

// read reads the block.
func (s namecheapService) read(b block, diags *diag.Diagnostics) HostSettings {
	user := b.text("api_user", "NAMECHEAP_API_USER")
	key := b.text("api_key", "NAMECHEAP_API_KEY")
	name := b.text("user_name", "NAMECHEAP_USER_NAME")
	ip := b.text("client_ip", "NAMECHEAP_CLIENT_IP")
	base := b.text("base_url", "")
	standard := namecheapapi.ProductionURL
	if b.switched("use_sandbox", "NAMECHEAP_USE_SANDBOX", diags) {
		standard = namecheapapi.SandboxURL
	}
	address := readURL(b, base.orDefault(standard), diags)
	return HostSettings{
		Missing: missing(s.Title(), user, key, ip),
		Values:  map[string]setting{"api_user": user, "api_key": key, "user_name": name},
		Account: AccountAt(address, user.value, key.value, name.orDefault(user.value).value),
		Open: func(run *Run) (dns.Host, error) {
			return namecheapapi.New(namecheapapi.Config{
				APIUser: user.value, APIKey: key.value, UserName: name.value, ClientIP: ip.value, BaseURL: address, UserAgent: run.UserAgent,
			}), nil
		},
	}
}

// simulatedNamecheap is that of the sandbox.
func simulatedNamecheap(run *Run) (dns.Host, error) {
	address, err := run.SimulatedURL(namecheapsim.Section, namecheapsim.Path)
	if err != nil {
		return nil, err
	}
	return namecheapapi.New(namecheapapi.Config{
		APIUser: namecheapsim.APIUser, APIKey: namecheapsim.APIKey, ClientIP: namecheapsim.ClientIP,
		BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent, CallsPerMinute: run.SimulatedPace(namecheapsim.Section),
	}), nil
}
