package provider

import (
	"net/url"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexsim"
)

const (
	serviceYandex = "yandex"                 // how IDs and the attribute "service" call it
	yandexTitle   = "Yandex.Mail for Domain" // how people do

	yandexTokenVariable = "YANDEX_PDD_TOKEN"
)

// yandexService is Yandex.Mail for Domain, as a mail service.
type yandexService struct{}

// Name implements Service.
func (yandexService) Name() string { return serviceYandex }

// Title implements Service.
func (yandexService) Title() string { return yandexTitle }

// Block implements Service.
func (yandexService) Block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Yandex.Mail for Domain, or a service that is compatible with it, as a mail service.",
		Attributes: map[string]schema.Attribute{
			"pdd_token": secret("PDD token of the domains' administrator. Environment: `" + yandexTokenVariable + "`."),
			"base_url": text("Address of the API, down to and with `admin`. Yandex has announced the end of its own, so this is mostly that of a compatible service. " +
				"Default: `" + yandexapi.DefaultBaseURL + "`. Environment: `YANDEX_PDD_BASE_URL`."),
			"allow_insecure_http": allowInsecureHTTPAttribute(),
		},
	}
}

// Configure implements Service.
func (yandexService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	Put(run, newYandexAccount(run, b, diags))
}

// Open implements Opener.
func (yandexService) Open(run *Run) error {
	_, err := PartOf[*yandexAccount](run).Client()
	return err
}

// yandexAccount is the administrator of domains at Yandex in a run.
type yandexAccount struct {
	run        *Run
	token, url setting
	address    *url.URL

	mu     sync.Mutex
	client *yandexapi.Client
	owned  yandexOwnerships
}

func newYandexAccount(run *Run, b block, diags *diag.Diagnostics) *yandexAccount {
	a := &yandexAccount{run: run}
	if b.simulated {
		return a
	}
	a.token = b.text("pdd_token", yandexTokenVariable)
	a.url = b.text("base_url", "YANDEX_PDD_BASE_URL")
	a.address = readURL(b, a.url, diags)
	return a
}

// missing is why no client can be made of the configuration; nil if one can.
func (a *yandexAccount) missing() error {
	settings := []setting{a.token}
	if a.url.unknown {
		settings = append(settings, a.url)
	}
	return a.run.Missing(yandexTitle, settings...)
}

// Client returns the client of the configured user.
func (a *yandexAccount) Client() (*yandexapi.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != nil {
		return a.client, nil
	}
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
		cfg.BaseURL, cfg.Token = a.address, a.token.value
	}
	a.client = yandexapi.New(cfg)
	return a.client, nil
}
