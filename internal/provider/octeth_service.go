package provider

import (
	"net/url"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/octeth/octethsim"
)

const (
	serviceOcteth = "octeth" // how IDs call it
	octethTitle   = "Octeth" // how people do
)

// octethService is Octeth, as a sender, and as a delegate that edits zones at some of these
// hosts.
type octethService struct{ hosts Hosts }

// Name implements Service.
func (octethService) Name() string { return serviceOcteth }

// Title implements Service.
func (octethService) Title() string { return octethTitle }

// Block implements Service.
func (octethService) Block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Octeth, as a sender.",
		Attributes: map[string]schema.Attribute{
			"url":        text("Address of the installation, such as `https://octeth.example.com`. Environment: `OCTETH_URL`."),
			"api_key":    secret("API key of the user whose domains are meant. Environment: `OCTETH_API_KEY`, which is ignored if `session_id` is configured here."),
			"session_id": secret("Session of that user, in place of a key. It expires. If both are set, the key is used. Environment: `OCTETH_SESSION_ID`, which is ignored if `api_key` is configured here."),
			"api_version": text("Version of the installation, such as `5.9.4`: it decides which calls there are and what their parameters are called. " +
				"Set it if the installation is newer than the default, in the sandbox as well: Octeth from 5.7.2 on takes the parameters of older versions for others. " +
				"Registering domains for campaigns needs 5.9.1. Default: `" + octethapi.DefaultVersion.String() + "`."),
			"allow_insecure_http": allowInsecureHTTPAttribute(),
		},
	}
}

// Configure implements Service.
func (octethService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	Put(run, newOctethAccount(run, b, diags))
}

// Sender implements SenderService.
func (octethService) Sender(run *Run) Sender { return octethSender{run} }

// Open implements Opener.
func (octethService) Open(run *Run) error {
	_, err := PartOf[*octethAccount](run).Client()
	return err
}

// octethAccount is the user of an installation of Octeth in a run.
type octethAccount struct {
	run                        *Run
	url, key, session, version setting
	address                    *url.URL
	apiVersion                 octethapi.Version // zero: the default

	mu     sync.Mutex
	opened *octethapi.Client
}

// newOctethAccount reads the block. In the sandbox only the version counts.
func newOctethAccount(run *Run, b block, diags *diag.Diagnostics) *octethAccount {
	a := &octethAccount{run: run, version: b.text("api_version", "")}
	if !b.simulated {
		a.url = b.text("url", "OCTETH_URL")
		a.key = b.unlessConfigured("session_id").text("api_key", "OCTETH_API_KEY")
		a.session = b.unlessConfigured("api_key").text("session_id", "OCTETH_SESSION_ID")
		a.address = readURL(b, a.url, diags)
	}
	if a.version.isSet() {
		version, err := octethapi.ParseVersion(a.version.value)
		if err != nil {
			diags.AddAttributeError(a.version.at, "Unusable version", err.Error()+".")
		}
		a.apiVersion = version
	}
	return a
}

// missing is why no client can be made of the configuration; nil if one can.
func (a *octethAccount) missing() error {
	settings := []setting{a.url}
	if !a.session.isSet() || a.key.unknown {
		settings = append(settings, a.key)
	}
	for _, s := range []setting{a.session, a.version} {
		if s.unknown {
			settings = append(settings, s)
		}
	}
	return a.run.Missing(octethTitle, settings...)
}

// pending reports whether a part of the configuration is not known yet.
func (a *octethAccount) pending() bool {
	return a.run.Undecided() != "" || a.url.unknown || a.key.unknown || a.session.unknown || a.version.unknown
}

// installed is the version of the installation, as far as the configuration tells.
func (a *octethAccount) installed() octethapi.Version {
	if a.apiVersion == (octethapi.Version{}) {
		return octethapi.DefaultVersion
	}
	return a.apiVersion
}

// UseClient has the account use a client that somebody else has made.
func (a *octethAccount) UseClient(client *octethapi.Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.opened = client
}

// Client returns the client of the configured installation.
func (a *octethAccount) Client() (*octethapi.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.opened != nil {
		return a.opened, nil
	}
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
		cfg.URL, cfg.APIKey, cfg.SessionID = a.address, a.key.value, a.session.value
	}
	a.opened = octethapi.New(cfg)
	return a.opened, nil
}
