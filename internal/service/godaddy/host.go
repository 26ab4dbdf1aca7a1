package godaddy

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddyapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/godaddy/godaddysim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator    = Service{}
	_ zone.HostService = Service{}
)

// Service is GoDaddy as a DNS host.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return "godaddy" }

// Title implements [kit.Service].
func (Service) Title() string { return "GoDaddy" }

// Block implements [kit.Service].
func (s Service) Block() schema.SingleNestedAttribute { return zone.HostBlock(s) }

// Configure implements [kit.Service].
func (s Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	zone.ZonesOf(run).AddHost(s, b, diags)
}

// simulatedZone is the zone that every sandbox has at this host.
const simulatedZone = "example.net"

// Host implements [zone.HostService].
func (s Service) Host() *zone.Host {
	return &zone.Host{
		NameServers:     []string{godaddyapi.NameServerSuffix},
		Attributes:      blockAttributes,
		Read:            s.read,
		Simulated:       simulatedValues,
		SimulatedZone:   simulatedZone,
		SimulatedValues: map[string]string{"token": godaddysim.Token, "api_key": godaddysim.Key, "api_secret": godaddysim.Secret},
		Objection:       godaddyapi.Objection,
	}
}

func blockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"token":       kit.Secret("Personal access token (API v3). Environment: `GODADDY_TOKEN`, which is ignored if `api_key` or `api_secret` is configured here."),
		"api_key":     kit.Secret("API key (API v1), to use with `api_secret` instead of a token. If a token is set too, only Octeth uses the key. Environment: `GODADDY_API_KEY`, which is ignored if `token` is configured here."),
		"api_secret":  kit.Secret("API secret. Environment: `GODADDY_API_SECRET`, which is ignored if `token` is configured here."),
		"shopper_id":  kit.Text("Customer on whose behalf a reseller makes the calls (API v1)."),
		"environment": schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.OneOf("production", "ote")}, MarkdownDescription: "`production` (the default) or `ote`, GoDaddy's test system."},
		"base_url":    kit.Text(kit.BaseURLDescription), "allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
	}
}

// read reads the block of an account.
func (s Service) read(b kit.Block, diags *diag.Diagnostics) zone.HostSettings {
	token, key, keySecret := readCredentials(b)
	shopper := b.Text("shopper_id", "")
	environment := b.Text("environment", "")
	base := b.Text("base_url", "")
	standard := godaddyapi.ProductionURL
	if environment.Value == "ote" {
		standard = godaddyapi.OTEURL
	}
	address := kit.ReadURL(b, base.OrDefault(standard), diags)
	lacking := kit.Missing(s.Title(), token)
	if !token.IsSet() && !token.Unknown && (key.IsSet() || key.Unknown || keySecret.IsSet()) {
		lacking = kit.Missing(s.Title(), key, keySecret)
	}
	account := zone.AccountAt(address, "key", key.Value, keySecret.Value, shopper.Value)
	if token.IsSet() { // the token is used even if there is a key too
		account = zone.AccountAt(address, "token", token.Value, shopper.Value)
	}
	return zone.HostSettings{
		Missing: lacking,
		Values:  map[string]kit.Setting{"token": token, "api_key": key, "api_secret": keySecret},
		Account: account,
		Open: func(run *kit.Run) (dns.Host, error) {
			return godaddyapi.New(godaddyapi.Config{
				Token: token.Value, Key: key.Value, Secret: keySecret.Value, ShopperID: shopper.Value, BaseURL: address, UserAgent: run.UserAgent,
			}), nil
		},
	}
}

// readCredentials reads the token, and the API key with its secret. Either of the two is enough. If
// the configuration sets one of them, the environment variables of the other are ignored. The key
// and its secret may come from different places.
func readCredentials(b kit.Block) (token, key, keySecret kit.Setting) {
	token = b.UnlessConfigured("api_key", "api_secret").Text("token", "GODADDY_TOKEN")
	pair := b.UnlessConfigured("token")
	return token, pair.Text("api_key", "GODADDY_API_KEY"), pair.Text("api_secret", "GODADDY_API_SECRET")
}

// simulatedValues returns a client of the simulated GoDaddy in the run's sandbox.
func simulatedValues(run *kit.Run) (dns.Host, error) {
	address, err := run.SimulatedURL(godaddysim.Section, "")
	if err != nil {
		return nil, err
	}
	return godaddyapi.New(godaddyapi.Config{
		Token: godaddysim.Token, BaseURL: address, Transport: run.Sandbox().Transport(), UserAgent: run.UserAgent,
		CallsPerMinute: run.SimulatedPace(godaddysim.Section),
	}), nil
}
