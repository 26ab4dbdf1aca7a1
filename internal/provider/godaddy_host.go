package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
)

// godaddyService is GoDaddy, as a DNS host.
type godaddyService struct{}

// Name implements Service.
func (godaddyService) Name() string { return "godaddy" }

// Title implements Service.
func (godaddyService) Title() string { return "GoDaddy" }

// Block implements Service.
func (s godaddyService) Block() schema.SingleNestedAttribute { return HostBlock(s) }

// Configure implements Service.
func (s godaddyService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	ZonesOf(run).AddHost(s, b, diags)
}

// Host implements HostService.
func (s godaddyService) Host() *Host {
	return &Host{
		NameServers:     []string{"domaincontrol.com"},
		Attributes:      godaddyAttributes,
		Read:            s.read,
		Simulated:       simulatedGoDaddy,
		SimulatedValues: map[string]string{"token": godaddysim.Token, "api_key": godaddysim.Key, "api_secret": godaddysim.Secret},
		Objection:       godaddyapi.Objection,
	}
}

func godaddyAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"token":       secret("Personal access token (API v3). Environment: `GODADDY_TOKEN`, which is ignored if `api_key` or `api_secret` is configured here."),
		"api_key":     secret("API key (API v1), with `api_secret` in place of a token. Beside a token, only Octeth uses it. Environment: `GODADDY_API_KEY`, which is ignored if `token` is configured here."),
		"api_secret":  secret("API secret. Environment: `GODADDY_API_SECRET`, which is ignored if `token` is configured here."),
		"shopper_id":  text("Customer on whose behalf a reseller works (API v1)."),
		"environment": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf("production", "ote")}, MarkdownDescription: "`production` (the default) or `ote`, GoDaddy's test system."},
		"base_url":    text(baseURLDescription), "allow_insecure_http": allowInsecureHTTPAttribute(),
	}
}

// read reads the block.
func (s godaddyService) read(b block, diags *diag.Diagnostics) HostSettings {
	token, key, keySecret := readGoDaddyCredentials(b)
	shopper := b.text("shopper_id", "")
	environment := b.text("environment", "")
	base := b.text("base_url", "")
	standard := godaddyapi.ProductionURL
	if environment.value == "ote" {
		standard = godaddyapi.OTEURL
	}
	address := readURL(b, base.orDefault(standard), diags)
	lacking := missing(s.Title(), token)
	if !token.isSet() && !token.unknown && (key.isSet() || key.unknown || keySecret.isSet()) {
		lacking = missing(s.Title(), key, keySecret)
	}
	account := AccountAt(address, "key", key.value, keySecret.value, shopper.value)
	if token.isSet() { // it is used where there is a key too
		account = AccountAt(address, "token", token.value, shopper.value)
	}
	return HostSettings{
		Missing: lacking,
		Values:  map[string]setting{"token": token, "api_key": key, "api_secret": keySecret},
		Account: account,
		Open: func(run *Run) (dns.Host, error) {
			return godaddyapi.New(godaddyapi.Config{
				Token: token.value, Key: key.value, Secret: keySecret.value, ShopperID: shopper.value, BaseURL: address, UserAgent: run.UserAgent,
			}), nil
		},
	}
}

// readGoDaddyCredentials reads the token and the key with its secret, of which either is
// enough. What the configuration has of one decides against the variables of the other;
// the two halves of the key may still come from different places.
func readGoDaddyCredentials(b block) (token, key, keySecret setting) {
	token = b.unlessConfigured("api_key", "api_secret").text("token", "GODADDY_TOKEN")
	pair := b.unlessConfigured("token")
	return token, pair.text("api_key", "GODADDY_API_KEY"), pair.text("api_secret", "GODADDY_API_SECRET")
}

// simulatedGoDaddy is that of the sandbox.
func simulatedGoDaddy(run *Run) (dns.Host, error) {
	address, err := run.SimulatedURL(godaddysim.Section, "")
	if err != nil {
		return nil, err
	}
	return godaddyapi.New(godaddyapi.Config{
		Token: godaddysim.Token, BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent,
		CallsPerMinute: run.SimulatedPace(godaddysim.Section),
	}), nil
}
