package sendgrid

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/kit"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sender"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/verify"
)

const (
	serviceName  = "sendgrid" // its name in IDs
	serviceTitle = "SendGrid" // its name in messages
)

// What the service does for the rooms is found by these interfaces.
var (
	_ kit.Simulator         = Service{}
	_ kit.Opener            = Service{}
	_ kit.Owner             = Service{}
	_ kit.SelectorHelper    = Service{}
	_ sender.Service        = Service{}
	_ sender.DefaultDomains = Service{}
	_ sender.AccountHolder  = Service{}
	_ sender.Successor      = Service{}
	_ verify.Service        = Service{}
)

// Service is SendGrid as a sender.
type Service struct{}

// Name implements [kit.Service].
func (Service) Name() string { return serviceName }

// Title implements [kit.Service].
func (Service) Title() string { return serviceTitle }

// Block implements [kit.Service].
func (Service) Block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "SendGrid, as a sender.",
		Attributes: map[string]schema.Attribute{
			"api_key": kit.Secret("API key with the scopes `whitelabel.read`, `.create`, `.update` and `.delete`. Environment: `SENDGRID_API_KEY`."),
			"region": schema.StringAttribute{Optional: true, Validators: []validator.String{regionValidator()},
				MarkdownDescription: "Region of the host to call: `global` or `eu`. Default: the `region` of each domain, else `global`. Environment: `SENDGRID_REGION`."},
			"on_behalf_of":        kit.Text("Subuser, or `account-id ID` of a customer account, whose domains are managed. Environment: `SENDGRID_ON_BEHALF_OF`."),
			"base_url":            kit.Text(kit.BaseURLDescription + " Environment: `SENDGRID_BASE_URL`."),
			"allow_insecure_http": kit.AllowInsecureHTTPAttribute(),
		},
	}
}

// SelectorHelp implements [kit.SelectorHelper].
func (Service) SelectorHelp() string { return "at " + serviceTitle + ": custom_dkim_selector" }

// Configure implements [kit.Service].
func (Service) Configure(run *kit.Run, b kit.Block, diags *diag.Diagnostics) {
	kit.Put(run, newAccount(run, b, diags))
}

// Sender implements [sender.Service].
func (Service) Sender(run *kit.Run) sender.Sender { return senderAccount{run} }

// DefaultDomains implements [sender.DefaultDomains].
func (Service) DefaultDomains() {}

// Own implements [kit.Owner].
func (Service) Own() kit.Things {
	return kit.Things{DataSources: []func() datasource.DataSource{newDefaultAuthenticatedDomainDataSource}}
}

// Open implements [kit.Opener].
func (Service) Open(run *kit.Run) error {
	_, err := kit.PartOf[*Account](run).Client()
	return err
}

func regionValidator() validator.String {
	return stringvalidator.OneOf(string(sendgridapi.Global), string(sendgridapi.EU))
}

// Account holds the settings of an account at SendGrid in a run, and its client.
type Account struct {
	run                          *kit.Run
	key, region, onBehalfOf, url kit.Setting
	address                      *url.URL

	client kit.Opened[*sendgridapi.Client]

	mu   sync.Mutex
	seen map[domainID]*sendgridapi.Client // the clients for the accounts and regions where domains were found
}

func newAccount(run *kit.Run, b kit.Block, diags *diag.Diagnostics) *Account {
	a := &Account{run: run, seen: map[domainID]*sendgridapi.Client{}}
	if b.Simulated {
		return a
	}
	a.key = b.Text("api_key", "SENDGRID_API_KEY")
	a.region = b.Text("region", "SENDGRID_REGION")
	a.onBehalfOf = b.Text("on_behalf_of", "SENDGRID_ON_BEHALF_OF")
	a.url = b.Text("base_url", "SENDGRID_BASE_URL")
	a.address = kit.ReadURL(b, a.url, diags)
	// The attribute has a validator; the environment variable has none.
	if r := sendgridapi.Region(a.region.Value); b.Env && a.region.IsSet() && r != sendgridapi.Global && r != sendgridapi.EU {
		diags.AddAttributeError(a.region.At, "Unknown region", fmt.Sprintf("%s (environment: %s) is %q; SendGrid has %q and %q.",
			a.region.Attribute, a.region.Variable, a.region.Value, sendgridapi.Global, sendgridapi.EU))
	}
	return a
}

// missing returns an error that says which settings a client needs and are missing, or nil. Unknown
// settings count as missing, because they determine the account and the host.
func (a *Account) missing() error {
	settings := []kit.Setting{a.key}
	for _, s := range []kit.Setting{a.region, a.onBehalfOf, a.url} {
		if s.Unknown {
			settings = append(settings, s)
		}
	}
	return a.run.Missing(serviceTitle, settings...)
}

// Client returns the client of the configured account. The error says which settings are missing.
func (a *Account) Client() (*sendgridapi.Client, error) { return a.client.Get(a.open) }

func (a *Account) open() (*sendgridapi.Client, error) {
	cfg := sendgridapi.Config{UserAgent: a.run.UserAgent, RetryWaitMin: a.run.Haste.RetryWaitMin, Grace: a.run.Haste.Grace}
	if box := a.run.Sandbox(); box != nil {
		address, err := a.run.SimulatedURL(sendgridsim.Section, "")
		if err != nil {
			return nil, err
		}
		european, err := a.run.SimulatedURL(sendgridsim.Section, sendgridsim.EUPath)
		if err != nil {
			return nil, err
		}
		cfg.BaseURL, cfg.EUBaseURL, cfg.Transport, cfg.APIKey = address, european, box.Transport(), sendgridsim.Key
	} else {
		if err := a.missing(); err != nil {
			return nil, err
		}
		cfg.APIKey, cfg.BaseURL = a.key.Value, a.address
		cfg.Region, cfg.OnBehalfOf = sendgridapi.Region(a.region.Value), a.onBehalfOf.Value
	}
	return sendgridapi.New(cfg), nil
}

// remember saves the client with which a domain was found. Its region is not part of the domain's
// ID.
func (a *Account) remember(id domainID, client *sendgridapi.Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[id] = client
}

// find finds a domain by its ID: in the region where this run has seen it, else in the configured
// region, else in the other one. If fresh is true, it makes a call for this domain alone; otherwise
// it uses the list that all domains of a refresh share.
func (a *Account) find(ctx context.Context, id domainID, fresh bool) (*sendgridapi.Client, sendgridapi.Domain, error) {
	client, err := a.Client()
	if err != nil {
		return nil, sendgridapi.Domain{}, err
	}
	find := func(c *sendgridapi.Client) (sendgridapi.Domain, error) {
		if fresh {
			return c.DomainNow(ctx, sendgridapi.Ref{ID: id.Number})
		}
		return c.Domain(ctx, sendgridapi.Ref{ID: id.Number})
	}
	a.mu.Lock()
	seen, ok := a.seen[id]
	a.mu.Unlock()
	if ok {
		d, err := find(seen)
		return seen, d, err
	}
	client, d, err := inEitherRegion(client.For("", id.OnBehalfOf), find)
	if err == nil {
		a.remember(id, client)
	}
	return client, d, err
}

// inEitherRegion looks for a domain in the client's region and, if SendGrid verifiably has none
// there, in the other region. The result is "not found" only if both regions do not have it. If the
// other region does not know the key, the account has no domains there.
func inEitherRegion(client *sendgridapi.Client, find func(*sendgridapi.Client) (sendgridapi.Domain, error)) (*sendgridapi.Client, sendgridapi.Domain, error) {
	d, err := find(client)
	if !kit.IsNotFound(err) {
		return client, d, err
	}
	region := sendgridapi.EU
	if client.Region() == sendgridapi.EU {
		region = sendgridapi.Global
	}
	other := client.For(region, "")
	d, otherErr := find(other)
	switch {
	case otherErr == nil:
		return other, d, nil
	case kit.IsNotFound(otherErr), errors.Is(otherErr, api.ErrAuth):
		return client, sendgridapi.Domain{}, err
	}
	return other, sendgridapi.Domain{}, otherErr
}
