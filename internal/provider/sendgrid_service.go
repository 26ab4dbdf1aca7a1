package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	sandboxsendgrid "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
)

const (
	serviceSendGrid = "sendgrid" // how IDs call it
	sendgridTitle   = "SendGrid" // how people do
)

// sendgridSelectorHelp says how a domain gets another DKIM selector.
const sendgridSelectorHelp = "at SendGrid: custom_dkim_selector"

// sendgridAttribute is the schema of the provider's block.
func sendgridAttribute() schema.SingleNestedAttribute {
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

func regionValidator() validator.String {
	return stringvalidator.OneOf(string(sendgrid.Global), string(sendgrid.EU))
}

// sendgridConfig is the block, read.
type sendgridConfig struct {
	key, region, onBehalfOf, url setting
	address                      *url.URL
}

func readSendGrid(b block, diags *diag.Diagnostics) sendgridConfig {
	c := sendgridConfig{
		key:        b.text("api_key", "SENDGRID_API_KEY"),
		region:     b.text("region", "SENDGRID_REGION"),
		onBehalfOf: b.text("on_behalf_of", "SENDGRID_ON_BEHALF_OF"),
		url:        b.text("base_url", "SENDGRID_BASE_URL"),
	}
	c.address = readURL(b, c.url, diags)
	// The attribute has a validator, the variable has none.
	if r := sendgrid.Region(c.region.value); b.env && c.region.isSet() && r != sendgrid.Global && r != sendgrid.EU {
		diags.AddAttributeError(c.region.at, "Unknown region", fmt.Sprintf("%s (environment: %s) is %q; SendGrid has %q and %q.",
			c.region.attribute, c.region.variable, c.region.value, sendgrid.Global, sendgrid.EU))
	}
	return c
}

// missing is why no client can be made of the configuration; nil if one can. What
// is not known yet must not be taken for unset, as it decides whose domains are
// meant, and where.
func (c sendgridConfig) missing() error {
	settings := []setting{c.key}
	for _, s := range []setting{c.region, c.onBehalfOf, c.url} {
		if s.unknown {
			settings = append(settings, s)
		}
	}
	return missing(sendgridTitle, settings...)
}

// begun is whether anything says that SendGrid is used.
func (c sendgridConfig) begun() bool { return c.key.isSet() || c.key.unknown }

// SendGrid returns the client of the configured account.
func (s *services) SendGrid() (*sendgrid.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sendgrid != nil {
		return s.sendgrid, nil
	}
	cfg := sendgrid.Config{UserAgent: s.userAgent}
	if s.sandbox != nil {
		address, err := s.simulatedURL(sandboxsendgrid.Section, "")
		if err != nil {
			return nil, err
		}
		european, err := s.simulatedURL(sandboxsendgrid.Section, sandboxsendgrid.EUPath)
		if err != nil {
			return nil, err
		}
		cfg.BaseURL, cfg.EUBaseURL, cfg.Transport, cfg.APIKey = address, european, s.sandbox.Transport(), sandboxsendgrid.Key
	} else {
		c := s.sendgridConfig
		if s.unknown != "" {
			c.key = setting{unknown: true, attribute: s.unknown}
		}
		if err := c.missing(); err != nil {
			return nil, err
		}
		cfg.APIKey, cfg.BaseURL = c.key.value, c.address
		cfg.Region, cfg.OnBehalfOf = sendgrid.Region(c.region.value), c.onBehalfOf.value
	}
	s.sendgrid = sendgrid.New(cfg)
	return s.sendgrid, nil
}

// rememberSender notes in which region a domain was found, which its ID does not
// say.
func (s *services) rememberSender(id senderID, client *sendgrid.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.senders[id] = client
}

// findSendGrid finds a domain by its ID: in the region where this run has seen it,
// else in the configured one, else in the other. A fresh one is as it is at this
// moment, in a call of its own; else it is from the list that a refresh shares.
func (s *services) findSendGrid(ctx context.Context, id senderID, fresh bool) (*sendgrid.Client, sendgrid.Domain, error) {
	client, err := s.SendGrid()
	if err != nil {
		return nil, sendgrid.Domain{}, err
	}
	find := func(c *sendgrid.Client) (sendgrid.Domain, error) {
		if fresh {
			return c.DomainNow(ctx, sendgrid.Ref{ID: id.Number})
		}
		return c.Domain(ctx, sendgrid.Ref{ID: id.Number})
	}
	s.mu.Lock()
	seen, ok := s.senders[id]
	s.mu.Unlock()
	if ok {
		d, err := find(seen)
		return seen, d, err
	}
	client, d, err := inEitherRegion(client.For("", id.OnBehalfOf), find)
	if err == nil {
		s.rememberSender(id, client)
	}
	return client, d, err
}

// inEitherRegion looks for a domain in the region of a client and, where SendGrid
// verifiably has none there, in the other. It is not found only where neither has
// it; a region that does not know the key can have nothing of its account.
func inEitherRegion(client *sendgrid.Client, find func(*sendgrid.Client) (sendgrid.Domain, error)) (*sendgrid.Client, sendgrid.Domain, error) {
	d, err := find(client)
	if !isNotFound(err) {
		return client, d, err
	}
	region := sendgrid.EU
	if client.Region() == sendgrid.EU {
		region = sendgrid.Global
	}
	other := client.For(region, "")
	d, otherErr := find(other)
	switch {
	case otherErr == nil:
		return other, d, nil
	case isNotFound(otherErr), errors.Is(otherErr, api.ErrAuth):
		return client, sendgrid.Domain{}, err
	}
	return other, sendgrid.Domain{}, otherErr
}
