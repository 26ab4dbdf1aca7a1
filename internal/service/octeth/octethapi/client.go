// Package octethapi is the client of Octeth, an email marketing platform that its operators host
// themselves. It covers the platform's sender domains, for campaigns and for the email gateway, and
// the calls by which the platform writes their records at a DNS host (https://dev.octeth.com/).
//
// It compensates for the API. Errors come with status 200, or as a page. Numbers come as text,
// flags as 0 and 1, empty objects as lists. Creating a domain that exists resets it, so the client
// looks first. The platform takes only 100 calls a minute, so the verifications of many domains
// share calls.
//
// Domains are passed in lower-case ASCII (punycode). Errors match those of package api.
package octethapi

import (
	"context"
	"crypto/x509"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// The platform takes 100 calls in any 60 seconds. A burst and the calls that follow at the steady
// rate stay within that together, wherever the minute begins.
const (
	callsAtOnce    = 25
	callsPerMinute = 100 - callsAtOnce
)

// Config is what a Client needs. One of APIKey and SessionID is required. If both are set, the key
// is used.
type Config struct {
	URL       *url.URL // of the installation, from api.ParseBaseURL
	APIKey    string
	SessionID string // of a user who has logged in; it expires
	// APIVersion is the version of the platform. It decides which calls there are and how their
	// parameters are called. Zero: 5.6.
	APIVersion Version
	RootCAs    *x509.CertPool    // the authorities to trust; nil: the system's
	Transport  http.RoundTripper // nil: one of the client's own
	UserAgent  string

	Timeout      time.Duration // for one attempt of a call; default 60 s
	RetryWaitMin time.Duration // first pause before a call is repeated; default 500 ms
	GatherGap    time.Duration // how long shared verifications wait for further ones; default 500 ms
}

// Client makes the calls of one installation for one user. It is safe for concurrent use. It keeps
// lists for its life, and drops them when it changes something.
type Client struct {
	api     *api.Client
	cfg     Config
	version Version

	lists   api.Cache[[]SenderDomain] // by Kind
	looked  looked
	looking chan struct{} // held by the caller that lists domains before it creates one
	shared  shared
}

// New makes a client. It makes no call.
func New(cfg Config) *Client {
	c := &Client{cfg: cfg, version: cfg.APIVersion, looking: make(chan struct{}, 1)}
	if c.version == (Version{}) {
		c.version = DefaultVersion
	}
	if c.shared.gap = cfg.GatherGap; c.shared.gap == 0 {
		c.shared.gap = defaultGap
	}
	c.api = api.New(api.Config{
		Service: service, BaseURL: cfg.URL, UserAgent: cfg.UserAgent,
		Transport: &courteous{next: transport(cfg)},
		Timeout:   cfg.Timeout, RetryWaitMin: cfg.RetryWaitMin, Concurrency: connections,
		Rate: rate.Limit(callsPerMinute) / 60, Burst: callsAtOnce,
		Explain: explain, Secrets: []string{cfg.APIKey, cfg.SessionID},
	})
	return c
}

// RegistersCampaigns is whether the platform's version has calls to register campaign domains,
// which 5.9.1 and later have. In older versions, [Client.DNSSet] can publish their records, and
// that is all.
func (c *Client) RegistersCampaigns() bool { return !c.version.before(campaignCalls) }

// command prepares the call of a command. All commands have the same path, with their parameters in
// the body. The platform's own examples have credentials in the URL, where they end up in the logs
// of web servers.
func (c *Client) command(name string, params map[string]any) api.Request {
	body := map[string]any{"Command": name, "ResponseFormat": "JSON"}
	for parameter, value := range params {
		body[parameter] = value
	}
	c.addCredentials(body)
	return api.Request{Method: http.MethodPost, Path: []string{"api.php"}}.WithJSON(body)
}

func (c *Client) addCredentials(body map[string]any) {
	if c.cfg.APIKey != "" {
		body["APIKey"] = c.cfg.APIKey
		return
	}
	body["SessionID"] = c.cfg.SessionID
}

// call makes a call and decodes its answer. codes are the meanings of the platform's error codes
// for this call.
func (c *Client) call(ctx context.Context, r api.Request, codes meanings, into any) error {
	if c.cfg.APIKey == "" && c.cfg.SessionID == "" {
		return report.Problem(r, api.ErrNotConfigured, "there are neither an API key nor a session",
			"Set api_key of octeth in the provider configuration, or OCTETH_API_KEY in the environment")
	}
	resp, err := c.api.Send(ctx, r)
	if err != nil {
		return c.refine(r, err, codes)
	}
	var v verdict
	if err := c.api.JSON(r, resp, &v); err != nil {
		return noAnswer(err, resp.Body)
	}
	if v.refused() {
		return c.refusal(r, v, codes)
	}
	if into != nil {
		return c.api.JSON(r, resp, into)
	}
	if v.Success == nil {
		return report.Unintelligible(r)
	}
	return nil
}
