package provider

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserverapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/mailserver/mailserversim"
)

const (
	serviceMailServer = "mailserver"      // how IDs, blocks and the attribute "service" call it
	mailServerTitle   = "the mail server" // how people do
)

// mailserverService is the RunEasyMail mail server, by its management API.
type mailserverService struct{}

// Name implements Service.
func (mailserverService) Name() string { return serviceMailServer }

// Title implements Service.
func (mailserverService) Title() string { return mailServerTitle }

// Block implements Service.
func (mailserverService) Block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "The mail server's management API (RunEasyMail).",
		Attributes: map[string]schema.Attribute{
			"url":      text("Address of the API, such as `https://mail.example.com`. Environment: `MAILSERVER_URL`."),
			"username": text("User name of the API. Environment: `MAILSERVER_USERNAME`."),
			"password": secret("Password of the API. Environment: `MAILSERVER_PASSWORD`."),
			"ca_file": text("PEM file of certificate authorities to trust beside the system's, for the API and for the hosts " +
				"whose certificates `postmaster_letsencrypt_cert` looks at."),
			"allow_insecure_http": allowInsecureHTTPAttribute(),
		},
	}
}

// Configure implements Service.
func (mailserverService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	Put(run, newMailServerAccount(run, b, diags))
}

// Open implements Opener.
func (mailserverService) Open(run *Run) error {
	_, err := PartOf[*mailServerAccount](run).Client()
	return err
}

// Own implements Owner.
func (mailserverService) Own() Things {
	return Things{Resources: []func() resource.Resource{newMailDomainExportResource}}
}

// mailServerAccount is the mail server of a run.
type mailServerAccount struct {
	run                             *Run
	url, username, password, caFile setting
	address                         *url.URL
	authorities                     *x509.CertPool // nil: the system's

	mu     sync.Mutex
	client *mailserverapi.Client
}

func newMailServerAccount(run *Run, b block, diags *diag.Diagnostics) *mailServerAccount {
	a := &mailServerAccount{run: run}
	if b.simulated {
		return a
	}
	a.url = b.text("url", "MAILSERVER_URL")
	a.username = b.text("username", "MAILSERVER_USERNAME")
	a.password = b.text("password", "MAILSERVER_PASSWORD")
	a.caFile = b.text("ca_file", "")
	a.address = readURL(b, a.url, diags)
	if a.caFile.isSet() && b.env { // the file need not be there yet at validate
		var err error
		if a.authorities, err = readAuthorities(a.caFile.value); err != nil {
			diags.AddAttributeError(b.path("ca_file"), "Unusable ca_file", err.Error())
		}
	}
	return a
}

// readAuthorities makes a pool of the system's authorities and a file's.
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

// Client returns the mail server's client, or an error that says which attributes are
// missing.
func (a *mailServerAccount) Client() (*mailserverapi.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.client != nil {
		return a.client, nil
	}
	haste := a.run.Haste
	cfg := mailserverapi.Config{UserAgent: a.run.UserAgent, RetryWaitMin: haste.RetryWaitMin, Timeout: haste.Timeout, Grace: haste.Grace}
	if box := a.run.Sandbox(); box != nil {
		address, err := a.run.SimulatedURL(mailserversim.Section, "")
		if err != nil {
			return nil, err
		}
		// Who shares the file may have another cache or be another user.
		if cfg.LockDir, err = box.LockFolder(); err != nil {
			return nil, err
		}
		cfg.URL, cfg.Transport = address, box.Transport()
		cfg.Username, cfg.Password = mailserversim.Username, mailserversim.Password
	} else {
		if err := a.run.Missing("mail server", a.url, a.username, a.password); err != nil {
			return nil, err
		}
		cfg.URL, cfg.RootCAs, cfg.LockDir = a.address, a.authorities, lockFolder(sharedLockFolder())
		cfg.Username, cfg.Password = a.username.value, a.password.value
	}
	a.client = mailserverapi.New(cfg)
	return a.client, nil
}

// Roots are the authorities that a host's certificate may come from; nil means the
// system's. It is an error while that is not known.
func (a *mailServerAccount) Roots() (*x509.CertPool, error) {
	if box := a.run.Sandbox(); box != nil {
		return box.RootCAs()
	}
	if a.caFile.unknown || a.run.Undecided() != "" {
		return nil, a.run.Missing("mail server", a.caFile)
	}
	return a.authorities, nil
}
