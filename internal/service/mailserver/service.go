package mailserver

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/cert"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/mail"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

const (
	serviceName  = "mailserver"      // its name in IDs, blocks and the attribute "service"
	serviceTitle = "the mail server" // its name in messages
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator       = Service{}
	_ kit.Opener          = Service{}
	_ kit.Owner           = Service{}
	_ mail.Service        = Service{}
	_ mail.FirstAccounter = Service{}
	_ mail.DKIMMaker      = Service{}
	_ cert.Service        = Service{}
)

// Service is the RunEasyMail mail server, used through its management API.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return serviceName }

// Title implements [kit.Service].
func (Service) Title() string { return serviceTitle }

// Block implements [kit.Service].
func (Service) Block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "The mail server's management API (RunEasyMail).",
		Attributes: map[string]schema.Attribute{
			"url":      kit.Text("Address of the API, such as `https://mail.example.com`. Environment: `MAILSERVER_URL`."),
			"username": kit.Text("User name of the API. Environment: `MAILSERVER_USERNAME`."),
			"password": kit.Secret("Password of the API. Environment: `MAILSERVER_PASSWORD`."),
			"ca_file": kit.Text("PEM file of certificate authorities to trust in addition to the system's, for the API and for the hosts " +
				"whose certificates `postmaster_letsencrypt_cert` checks."),
			"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
		},
	}
}

// Configure implements [kit.Service].
func (Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	kit.Put(run, newAccount(run, b, diags))
}

// Open implements [kit.Opener].
func (Service) Open(run *kit.Run) error {
	_, err := kit.PartOf[*Account](run).Client()
	return err
}

// Own implements [kit.Owner].
func (Service) Own() kit.Things {
	return kit.Things{
		Resources: []func() resource.Resource{newExportResource},
		Actions:   []func() action.Action{newExportAction},
	}
}

// Account holds the settings of the mail server in a run, and its client.
type Account struct {
	run                             *kit.Run
	url, username, password, caFile kit.Setting
	address                         *url.URL
	authorities                     *x509.CertPool // nil: the system's

	client kit.Opened[*mailserverapi.Client]
}

func newAccount(run *kit.Run, b kit.Block, diags *diag.Diagnostics) *Account {
	a := &Account{run: run}
	if b.Simulated {
		return a
	}
	a.url = b.Text("url", "MAILSERVER_URL")
	a.username = b.Text("username", "MAILSERVER_USERNAME")
	a.password = b.Text("password", "MAILSERVER_PASSWORD")
	a.caFile = b.Text("ca_file", "")
	a.address = kit.ReadURL(b, a.url, diags)
	if a.caFile.IsSet() && b.Env { // at validate, the file may not exist yet
		var err error
		if a.authorities, err = readAuthorities(a.caFile.Value); err != nil {
			diags.AddAttributeError(b.Path("ca_file"), "Unusable ca_file", err.Error())
		}
	}
	return a
}

// readAuthorities returns a pool of the system's certificate authorities and those in a PEM file.
func readAuthorities(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("the file cannot be read: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", file)
	}
	return pool, nil
}

// Client returns the client of the mail server. The error says which attributes are missing.
func (a *Account) Client() (*mailserverapi.Client, error) { return a.client.Get(a.open) }

func (a *Account) open() (*mailserverapi.Client, error) {
	haste := a.run.Haste
	cfg := mailserverapi.Config{UserAgent: a.run.UserAgent, RetryWaitMin: haste.RetryWaitMin, Timeout: haste.Timeout, Grace: haste.Grace}
	if box := a.run.Sandbox(); box != nil {
		address, err := a.run.SimulatedURL(mailserversim.Section, "")
		if err != nil {
			return nil, err
		}
		// Processes that share the sandbox's file may use other cache folders or run as other
		// users.
		if cfg.LockDir, err = box.LockFolder(); err != nil {
			return nil, err
		}
		cfg.URL, cfg.Transport = address, box.Transport()
		cfg.Username, cfg.Password = mailserversim.Username, mailserversim.Password
	} else {
		if err := a.run.Missing("mail server", a.url, a.username, a.password); err != nil {
			return nil, err
		}
		cfg.URL, cfg.RootCAs, cfg.LockDir = a.address, a.authorities, kit.LockFolder(kit.SharedLockFolder())
		cfg.Username, cfg.Password = a.username.Value, a.password.Value
	}
	return mailserverapi.New(cfg), nil
}

// Roots returns the certificate authorities that hosts' certificates may come from; nil means the
// system's. It returns an error while the configuration is not known.
func (a *Account) Roots() (*x509.CertPool, error) {
	if box := a.run.Sandbox(); box != nil {
		return box.RootCAs()
	}
	if a.caFile.Unknown || a.run.Undecided() != "" {
		return nil, a.run.Missing("mail server", a.caFile)
	}
	return a.authorities, nil
}
