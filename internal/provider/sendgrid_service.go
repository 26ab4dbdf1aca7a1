package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
	sandboxsendgrid "github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/sendgrid"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sendgrid"
)

// serviceSendGrid is how IDs call SendGrid.
const serviceSendGrid = "sendgrid"

// sendgridAttribute is the schema of the provider's block.
func sendgridAttribute() schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "SendGrid, as a sender.",
		Attributes: map[string]schema.Attribute{
			"api_key": secret("API key with the scopes `whitelabel.read`, `.create`, `.update` and `.delete`. Environment: `SENDGRID_API_KEY`."),
			"region": schema.StringAttribute{Optional: true, Validators: []validator.String{regionValidator()},
				MarkdownDescription: "`global` (the default) or `eu`. Environment: `SENDGRID_REGION`."},
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
	key, region, onBehalfOf setting
	address                 *url.URL
}

func readSendGrid(b block, diags *diag.Diagnostics) sendgridConfig {
	return sendgridConfig{
		key:        b.text("api_key", "SENDGRID_API_KEY"),
		region:     b.text("region", "SENDGRID_REGION"),
		onBehalfOf: b.text("on_behalf_of", "SENDGRID_ON_BEHALF_OF"),
		address:    readURL(b, b.text("base_url", "SENDGRID_BASE_URL"), diags),
	}
}

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
		if err := missing("SendGrid", c.key); err != nil {
			return nil, err
		}
		cfg.APIKey, cfg.BaseURL = c.key.value, c.address
		cfg.Region, cfg.OnBehalfOf = sendgrid.Region(c.region.value), c.onBehalfOf.value
	}
	s.sendgrid = sendgrid.New(cfg)
	return s.sendgrid, nil
}

// senderID is the ID of a sender domain: "sendgrid/45373692".
type senderID struct {
	Service string
	Number  int64
}

func (id senderID) String() string { return id.Service + "/" + strconv.FormatInt(id.Number, 10) }

var errNotSenderID = errors.New("it is not the id of a sender domain, such as sendgrid/45373692: use the id attribute of a postmaster_sender_domain")

func parseSenderID(text string) (senderID, error) {
	service, number, found := strings.Cut(text, "/")
	n, err := strconv.ParseInt(number, 10, 64)
	if !found || service != serviceSendGrid || err != nil || n <= 0 {
		return senderID{}, errNotSenderID
	}
	return senderID{Service: service, Number: n}, nil
}

var senderIDSpelling = spelling{"the id of a sender domain", func(s string) (string, error) {
	id, err := parseSenderID(s)
	return id.String(), err
}}

// rememberSender notes with which account and region a domain was found, which its
// ID does not say.
func (s *services) rememberSender(id senderID, client *sendgrid.Client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.senders[id] = client
}

// findSendGrid finds a domain by its number: where this run has seen it, else in
// the configured region, else in the other one.
func (s *services) findSendGrid(ctx context.Context, id senderID) (*sendgrid.Client, sendgrid.Domain, error) {
	client, err := s.SendGrid()
	if err != nil {
		return nil, sendgrid.Domain{}, err
	}
	s.mu.Lock()
	seen, ok := s.senders[id]
	s.mu.Unlock()
	if ok {
		client = seen
	}
	d, err := client.Domain(ctx, id.Number)
	if isNotFound(err) && !ok {
		if other, found, otherErr := s.elsewhere(client, func(c *sendgrid.Client) (sendgrid.Domain, error) { return c.Domain(ctx, id.Number) }); otherErr == nil {
			client, d, err = other, found, nil
		}
	}
	if err == nil {
		s.rememberSender(id, client)
	}
	return client, d, err
}

// elsewhere looks a domain up in the other region.
func (s *services) elsewhere(client *sendgrid.Client, find func(*sendgrid.Client) (sendgrid.Domain, error)) (*sendgrid.Client, sendgrid.Domain, error) {
	region := sendgrid.EU
	if client.Region() == sendgrid.EU {
		region = sendgrid.Global
	}
	other := client.For(region, "")
	d, err := find(other)
	return other, d, err
}

// verifiable finds the domain of a verification.
func (s *services) verifiable(ctx context.Context, text string) (verifiable, error) {
	id, err := parseSenderID(text)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", text, err)
	}
	client, d, err := s.findSendGrid(ctx, id)
	if err != nil {
		return nil, err
	}
	return &sendgridVerification{client: client, found: d}, nil
}

// sendgridVerification is a domain that SendGrid verifies.
type sendgridVerification struct {
	client *sendgrid.Client
	found  sendgrid.Domain
}

func (v *sendgridVerification) title() string { return "SendGrid" }

func (v *sendgridVerification) domain() string { return v.found.Domain }

func (v *sendgridVerification) valid() bool { return v.found.Valid }

func (v *sendgridVerification) records() map[string]dns.Record {
	out := map[string]dns.Record{}
	for key, r := range v.found.Records {
		record, err := dns.NewRecord(r.Name, r.Type, r.Data)
		if err != nil {
			record = dns.Record{Name: r.Name, Type: r.Type, Value: r.Data}
		}
		record.Priority = r.Priority
		out[key] = record
	}
	return out
}

func (v *sendgridVerification) verify(ctx context.Context) (bool, map[string]string, error) {
	got, err := v.client.Validate(ctx, v.found.ID)
	reasons := map[string]string{}
	for key, result := range got.Results {
		if !result.Valid {
			reasons[key] = result.Reason
		}
	}
	return got.Valid, reasons, err
}

// passing is whether a failed verification may succeed when it is tried again.
func passing(err error) bool {
	return errors.Is(err, sendgrid.ErrLookupFailed) || errors.Is(err, api.ErrUnavailable) || errors.Is(err, api.ErrRateLimited)
}
