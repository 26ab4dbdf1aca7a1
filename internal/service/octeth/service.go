package octeth

import (
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/zone"
)

const (
	serviceName  = "octeth" // its name in IDs
	serviceTitle = "Octeth" // its name in messages
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator        = Service{}
	_ kit.Opener           = Service{}
	_ sender.Service       = Service{}
	_ verify.Service       = Service{}
	_ zone.DelegateService = Service{}
)

// Service is Octeth as a sender, and as a delegate that edits zones at some of these hosts.
type Service struct{ hosts zone.Hosts }

// New returns Octeth, which can edit zones at those of these DNS hosts that it supports.
func New(hosts []kit.Service) Service { return Service{kit.With[zone.HostService](hosts)} }

// Name implements [kit.Service].
func (Service) Name() string { return serviceName }

// Title implements [kit.Service].
func (Service) Title() string { return serviceTitle }

// Block implements [kit.Service].
func (Service) Block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Octeth, as a sender.",
		Attributes: map[string]schema.Attribute{
			"url":        kit.Text("Address of the installation, such as `https://octeth.example.com`. Environment: `OCTETH_URL`."),
			"api_key":    kit.Secret("API key of the user whose domains are managed. Environment: `OCTETH_API_KEY`, which is ignored if `session_id` is configured here."),
			"session_id": kit.Secret("Session of that user, instead of an API key. It expires. If both are set, the key is used. Environment: `OCTETH_SESSION_ID`, which is ignored if `api_key` is configured here."),
			"api_version": kit.Text("Version of the installation, such as `5.9.4`. It determines which calls exist and the names of their parameters. " +
				"Set it if the installation is newer than the default, in the sandbox too: Octeth 5.7.2 and later misinterprets the parameters of older versions. " +
				"Registering domains for campaigns needs 5.9.1. Default: `" + octethapi.DefaultVersion.String() + "`."),
			"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
		},
	}
}

// Configure implements [kit.Service].
func (Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	kit.Put(run, newAccount(run, b, diags))
}

// Sender implements [sender.Service].
func (Service) Sender(run *kit.Run) sender.Sender { return senderAccount{run} }

// Open implements [kit.Opener].
func (Service) Open(run *kit.Run) error {
	_, err := kit.PartOf[*Account](run).Client()
	return err
}

// Account holds the settings of a user of an Octeth installation in a run, and the client.
type Account struct {
	run                        *kit.Run
	url, key, session, version kit.Setting
	address                    *url.URL
	apiVersion                 octethapi.Version // zero: the default

	client kit.Opened[*octethapi.Client]
}

// newAccount reads the block. In the sandbox only the version is used.
func newAccount(run *kit.Run, b kit.Block, diags *diag.Diagnostics) *Account {
	a := &Account{run: run, version: b.Text("api_version", "")}
	if !b.Simulated {
		a.url = b.Text("url", "OCTETH_URL")
		a.key = b.UnlessConfigured("session_id").Text("api_key", "OCTETH_API_KEY")
		a.session = b.UnlessConfigured("api_key").Text("session_id", "OCTETH_SESSION_ID")
		a.address = kit.ReadURL(b, a.url, diags)
	}
	if a.version.IsSet() {
		version, err := octethapi.ParseVersion(a.version.Value)
		if err != nil {
			diags.AddAttributeError(a.version.At, "Unusable version", err.Error()+".")
		}
		a.apiVersion = version
	}
	return a
}

// missing returns an error that says which settings a client needs and are missing, or nil.
func (a *Account) missing() error {
	settings := []kit.Setting{a.url}
	if !a.session.IsSet() || a.key.Unknown {
		settings = append(settings, a.key)
	}
	for _, s := range []kit.Setting{a.session, a.version} {
		if s.Unknown {
			settings = append(settings, s)
		}
	}
	return a.run.Missing(serviceTitle, settings...)
}

// pending reports whether a part of the configuration is not known yet.
func (a *Account) pending() bool {
	return a.run.Undecided() != "" || a.url.Unknown || a.key.Unknown || a.session.Unknown || a.version.Unknown
}

// installed returns the configured version of the installation, or the default version.
func (a *Account) installed() octethapi.Version {
	if a.apiVersion == (octethapi.Version{}) {
		return octethapi.DefaultVersion
	}
	return a.apiVersion
}

// UseClient makes the account use this client instead of opening its own.
func (a *Account) UseClient(client *octethapi.Client) { a.client.Set(client) }

// Client returns the client of the configured installation. The error says which settings are
// missing.
func (a *Account) Client() (*octethapi.Client, error) { return a.client.Get(a.open) }

func (a *Account) open() (*octethapi.Client, error) {
	cfg := octethapi.Config{UserAgent: a.run.UserAgent, APIVersion: a.installed(), RetryWaitMin: a.run.Haste.RetryWaitMin, GatherGap: a.run.Haste.Gather}
	if box := a.run.Sandbox(); box != nil {
		address, err := a.run.SimulatedURL(octethsim.Section, "")
		if err != nil {
			return nil, err
		}
		cfg.URL, cfg.Transport, cfg.APIKey = address, box.Transport(), octethsim.APIKey
	} else {
		if err := a.missing(); err != nil {
			return nil, err
		}
		cfg.URL, cfg.APIKey, cfg.SessionID = a.address, a.key.Value, a.session.Value
	}
	return octethapi.New(cfg), nil
}
