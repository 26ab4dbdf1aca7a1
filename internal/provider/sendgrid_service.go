package provider

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
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/sendgrid/sendgridsim"
)

const (
	serviceSendGrid = "sendgrid" // how IDs call it
	sendgridTitle   = "SendGrid" // how people do
)

// sendgridService is SendGrid, as a sender.
type sendgridService struct{}

// Name implements Service.
func (sendgridService) Name() string { return serviceSendGrid }

// Title implements Service.
func (sendgridService) Title() string { return sendgridTitle }

// Block implements Service.
func (sendgridService) Block() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "SendGrid, as a sender.",
		Attributes: map[string]schema.Attribute{
			"api_key": secret("API key with the scopes `whitelabel.read`, `.create`, `.update` and `.delete`. Environment: `SENDGRID_API_KEY`."),
			"region": schema.StringAttribute{Optional: true, Validators: []validator.String{regionValidator()},
				MarkdownDescription: "Region whose host is called: `global` or `eu`. Default: that of a domain's own `region`, else `global`. Environment: `SENDGRID_REGION`."},
			"on_behalf_of":        text("Subuser, or `account-id ID` of a customer account, whose domains are meant. Environment: `SENDGRID_ON_BEHALF_OF`."),
			"base_url":            text(baseURLDescription + " Environment: `SENDGRID_BASE_URL`."),
			"allow_insecure_http": allowInsecureHTTPAttribute(),
		},
	}
}

// SelectorHelp implements SelectorHelper.
func (sendgridService) SelectorHelp() string { return "at " + sendgridTitle + ": custom_dkim_selector" }

// Configure implements Service.
func (sendgridService) Configure(run *Run, b block, diags *diag.Diagnostics) {
	Put(run, newSendGridAccount(run, b, diags))
}

// Sender implements SenderService.
func (sendgridService) Sender(run *Run) Sender { return sendgridSender{run} }

// Own implements Owner.
func (sendgridService) Own() Things {
	return Things{DataSources: []func() datasource.DataSource{newDefaultAuthenticatedDomainDataSource}}
}

// Open implements Opener.
func (sendgridService) Open(run *Run) error {
	_, err := PartOf[*sendgridAccount](run).Client()
	return err
}

func regionValidator() validator.String {
	return stringvalidator.OneOf(string(sendgridapi.Global), string(sendgridapi.EU))
}

// sendgridAccount is the account at SendGrid of a run.
type sendgridAccount struct {
	run                          *Run
	key, region, onBehalfOf, url setting
	address                      *url.URL

	mu     sync.Mutex
	opened *sendgridapi.Client
	seen   map[senderID]*sendgridapi.Client // whose account and region a domain is in
}

func newSendGridAccount(run *Run, b block, diags *diag.Diagnostics) *sendgridAccount {
	a := &sendgridAccount{run: run, seen: map[senderID]*sendgridapi.Client{}}
	if b.simulated {
		return a
	}
	a.key = b.text("api_key", "SENDGRID_API_KEY")
	a.region = b.text("region", "SENDGRID_REGION")
	a.onBehalfOf = b.text("on_behalf_of", "SENDGRID_ON_BEHALF_OF")
	a.url = b.text("base_url", "SENDGRID_BASE_URL")
	a.address = readURL(b, a.url, diags)
	// The attribute has a validator, the variable has none.
	if r := sendgridapi.Region(a.region.value); b.env && a.region.isSet() && r != sendgridapi.Global && r != sendgridapi.EU {
		diags.AddAttributeError(a.region.at, "Unknown region", fmt.Sprintf("%s (environment: %s) is %q; SendGrid has %q and %q.",
			a.region.attribute, a.region.variable, a.region.value, sendgridapi.Global, sendgridapi.EU))
	}
	return a
}

// missing is why no client can be made of the configuration; nil if one can. What
// is not known yet must not be taken for unset, as it decides whose domains are
// meant, and where.
func (a *sendgridAccount) missing() error {
	settings := []setting{a.key}
	for _, s := range []setting{a.region, a.onBehalfOf, a.url} {
		if s.unknown {
			settings = append(settings, s)
		}
	}
	return a.run.Missing(sendgridTitle, settings...)
}

// UseClient has the account use a client that somebody else has made.
func (a *sendgridAccount) UseClient(client *sendgridapi.Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.opened = client
}

// Client returns the client of the configured account.
func (a *sendgridAccount) Client() (*sendgridapi.Client, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.opened != nil {
		return a.opened, nil
	}
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
		cfg.APIKey, cfg.BaseURL = a.key.value, a.address
		cfg.Region, cfg.OnBehalfOf = sendgridapi.Region(a.region.value), a.onBehalfOf.value
	}
	a.opened = sendgridapi.New(cfg)
	return a.opened, nil
}

// remember notes in which region a domain was found, which its ID does not
// say.
func (a *sendgridAccount) remember(id senderID, client *sendgridapi.Client) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.seen[id] = client
}

// find finds a domain by its ID: in the region where this run has seen it,
// else in the configured one, else in the other. A fresh one is as it is at this
// moment, in a call of its own; else it is from the list that a refresh shares.
func (a *sendgridAccount) find(ctx context.Context, id senderID, fresh bool) (*sendgridapi.Client, sendgridapi.Domain, error) {
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

// inEitherRegion looks for a domain in the region of a client and, where SendGrid
// verifiably has none there, in the other. It is not found only where neither has
// it; a region that does not know the key can have nothing of its account.
func inEitherRegion(client *sendgridapi.Client, find func(*sendgridapi.Client) (sendgridapi.Domain, error)) (*sendgridapi.Client, sendgridapi.Domain, error) {
	d, err := find(client)
	if !isNotFound(err) {
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
	case isNotFound(otherErr), errors.Is(otherErr, api.ErrAuth):
		return client, sendgridapi.Domain{}, err
	}
	return other, sendgridapi.Domain{}, otherErr
}
