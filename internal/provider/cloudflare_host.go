package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflareapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/cloudflare/cloudflaresim"
)

// cloudflareService is Cloudflare, as a DNS host.
type cloudflareService struct{}

// Name implements Service.
func (cloudflareService) Name() string { return "cloudflare" }

// Title implements Service.
func (cloudflareService) Title() string { return "Cloudflare" }

// Block implements Service.
func (s cloudflareService) Block() schema.SingleNestedAttribute { return HostBlock(s) }

// Configure implements Service.
func (s cloudflareService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	ZonesOf(run).AddHost(s, b, diags)
}

// Host implements HostService.
func (s cloudflareService) Host() *Host {
	return &Host{
		NameServers:     []string{"ns.cloudflare.com", "foundationdns.com", "foundationdns.net", "foundationdns.org"},
		Attributes:      cloudflareAttributes,
		Read:            s.read,
		Simulated:       simulatedCloudflare,
		SimulatedValues: map[string]string{"api_token": cloudflaresim.Token},
		FlattensAt:      "DNS, Settings, CNAME flattening",
		ProxiedMX:       "_dc-mx.",
	}
}

func cloudflareAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"api_token":           secret("API token with the permission Zone / DNS / Edit. Environment: `CLOUDFLARE_API_TOKEN`."),
		"base_url":            text(baseURLDescription + " Environment: `CLOUDFLARE_BASE_URL`."),
		"allow_insecure_http": allowInsecureHTTPAttribute(),
	}
}

// read reads the block.
func (s cloudflareService) read(b block, diags *diag.Diagnostics) HostSettings {
	token := b.text("api_token", "CLOUDFLARE_API_TOKEN")
	base := b.text("base_url", "CLOUDFLARE_BASE_URL")
	address := readURL(b, base.orDefault(cloudflareapi.DefaultBaseURL), diags)
	return HostSettings{
		Missing: missing(s.Title(), token),
		Values:  map[string]setting{"api_token": token},
		Account: AccountAt(address, token.value),
		Open: func(run *Run) (dns.Host, error) {
			return cloudflareapi.New(cloudflareapi.Config{APIToken: token.value, BaseURL: address, UserAgent: run.UserAgent}), nil
		},
	}
}

// simulatedCloudflare is that of the sandbox.
func simulatedCloudflare(run *Run) (dns.Host, error) {
	address, err := run.SimulatedURL(cloudflaresim.Section, cloudflaresim.BasePath)
	if err != nil {
		return nil, err
	}
	return cloudflareapi.New(cloudflareapi.Config{
		APIToken: cloudflaresim.Token, BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent,
		Unpaced: !run.Sandbox().Limited(cloudflaresim.Section),
	}), nil
}
