package yandex

import (
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

const (
	serviceName  = "yandex"                 // its name in IDs and the attribute "service"
	serviceTitle = "Yandex.Mail for Domain" // its name in messages

	tokenVariable = "YANDEX_PDD_TOKEN"
	urlVariable   = "YANDEX_PDD_BASE_URL"
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator        = Service{}
	_ kit.Opener           = Service{}
	_ mail.Service         = Service{}
	_ mail.OwnershipProver = Service{}
	_ mail.DKIMSwitcher    = Service{}
	_ verify.Service       = Service{}
	_ zone.HostService     = Service{}
)

// Service is Yandex.Mail for Domain as a mail service, and as the DNS host of domains that are delegated
// to it. Both have one block, and one client for its user.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return serviceName }

// Title implements [kit.Service].
func (Service) Title() string { return serviceTitle }

// Block implements [kit.Service].
func (Service) Block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Yandex.Mail for Domain, or a service that is compatible with it, as a mail service and as the DNS host of domains that are delegated to it.",
		Attributes:          blockAttributes(),
	}
}

func blockAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"pdd_token": kit.Secret("PDD token of the domains' administrator. Environment: `" + tokenVariable + "`."),
		"base_url": kit.Text("Address of the API, up to and including `admin`. Yandex has announced the end of its own API, so this is usually the address of a compatible service. " +
			"Default: `" + yandexapi.DefaultBaseURL + "`. Environment: `" + urlVariable + "`."),
		"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
	}
}

// Configure implements [kit.Service].
func (s Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	kit.Put(run, newAccount(run, b, diags))
	zone.ZonesOf(run).AddHost(s, b, diags)
}

// Open implements [kit.Opener].
func (Service) Open(run *kit.Run) error {
	_, err := kit.PartOf[*Account](run).Client()
	return err
}

// Account holds the settings of the administrator of domains at Yandex in a run, and the client.
type Account struct {
	run        *kit.Run
	token, url kit.Setting
	address    *url.URL

	client kit.Opened[*yandexapi.Client]
	owned  ownerships
}

func newAccount(run *kit.Run, b kit.Block, diags *diag.Diagnostics) *Account {
	a := &Account{run: run}
	if b.Simulated {
		return a
	}
	a.token = b.Text("pdd_token", tokenVariable)
	a.url = b.Text("base_url", urlVariable)
	a.address = kit.ReadURL(b, a.url, diags)
	return a
}

// missing returns an error that says which settings a client needs and are missing, or nil.
func (a *Account) missing() error {
	settings := []kit.Setting{a.token}
	if a.url.Unknown {
		settings = append(settings, a.url)
	}
	return a.run.Missing(serviceTitle, settings...)
}

// Client returns the client of the configured administrator. The error says which settings are
// missing.
func (a *Account) Client() (*yandexapi.Client, error) { return a.client.Get(a.open) }

func (a *Account) open() (*yandexapi.Client, error) {
	cfg := yandexapi.Config{UserAgent: a.run.UserAgent, RetryWaitMin: a.run.Haste.RetryWaitMin, Grace: a.run.Haste.Grace}
	if box := a.run.Sandbox(); box != nil {
		address, err := a.run.SimulatedURL(yandexsim.Section, yandexsim.AdminPath)
		if err != nil {
			return nil, err
		}
		cfg.BaseURL, cfg.Transport, cfg.Token = address, box.Transport(), yandexsim.Token
	} else {
		if err := a.missing(); err != nil {
			return nil, err
		}
		cfg.BaseURL, cfg.Token = a.address, a.token.Value
	}
	return yandexapi.New(cfg), nil
}
