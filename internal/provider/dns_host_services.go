package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
)

// cloudflareService is Cloudflare, as a DNS host.
type cloudflareService struct{}

// Name implements Service.
func (cloudflareService) Name() string { return cloudflareKind.name }

// Title implements Service.
func (cloudflareService) Title() string { return cloudflareKind.title }

// Block implements Service.
func (cloudflareService) Block() schema.SingleNestedAttribute { return cloudflareKind.block() }

// Configure implements Service.
func (cloudflareService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	zonesOf(run).addHost(&cloudflareKind, b, diags)
}

// namecheapService is Namecheap, as a DNS host.
type namecheapService struct{}

// Name implements Service.
func (namecheapService) Name() string { return namecheapKind.name }

// Title implements Service.
func (namecheapService) Title() string { return namecheapKind.title }

// Block implements Service.
func (namecheapService) Block() schema.SingleNestedAttribute { return namecheapKind.block() }

// Configure implements Service.
func (namecheapService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	zonesOf(run).addHost(&namecheapKind, b, diags)
}

// godaddyService is GoDaddy, as a DNS host.
type godaddyService struct{}

// Name implements Service.
func (godaddyService) Name() string { return godaddyKind.name }

// Title implements Service.
func (godaddyService) Title() string { return godaddyKind.title }

// Block implements Service.
func (godaddyService) Block() schema.SingleNestedAttribute { return godaddyKind.block() }

// Configure implements Service.
func (godaddyService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	zonesOf(run).addHost(&godaddyKind, b, diags)
}

// rfc2136Service is any server that takes dynamic updates by RFC 2136, as a DNS host.
type rfc2136Service struct{}

// Name implements Service.
func (rfc2136Service) Name() string { return rfc2136Kind.name }

// Title implements Service.
func (rfc2136Service) Title() string { return rfc2136Kind.title }

// Block implements Service.
func (rfc2136Service) Block() schema.SingleNestedAttribute { return rfc2136Kind.block() }

// Configure implements Service.
func (rfc2136Service) Configure(run *Run, b block, diags *diag.Diagnostics) {
	zonesOf(run).addHost(&rfc2136Kind, b, diags)
}
