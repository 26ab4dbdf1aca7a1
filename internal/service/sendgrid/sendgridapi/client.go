// Package sendgridapi is the client of Twilio SendGrid's domain authentication
// (https://www.twilio.com/docs/sendgrid/api-reference/domain-authentication). It has one method for
// each call, and compensates for the differences between the API's description and its answers:
// lists come in pages, single domains come as an object or as an array, and a creation whose answer
// was lost is searched in the list.
//
// It compares each answer with the call: the number, the name and the owner of the domain, and the
// values that were to be changed. A domain is gone only if SendGrid says so to an API key of the
// account that had it.
//
// Domains are passed in lower-case ASCII (punycode), without trailing dot. Errors match those of
// package api.
package sendgridapi

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

const (
	service = "SendGrid"
	version = "v3" // the first element of all paths
)

// Region is where SendGrid keeps data. It appears in two places. Each region has its own host,
// which does not know the domains of the other; the region of a [Client] chooses the host. And each
// domain is created for a region, which [NewDomain.Region] names in a call to either host.
type Region string

// The regions. Any region other than EU is Global.
const (
	Global Region = "global"
	EU     Region = "eu"
)

// Config is what a Client needs. Only APIKey is required.
type Config struct {
	APIKey string
	Region Region // whose host is called; "": Global, or see [Client.ForNew]
	// OnBehalfOf is the name of a subuser, or "account-id" and the id of a customer account, whose
	// domains the client manages. "": the key's own account.
	OnBehalfOf string

	BaseURL   *url.URL          // from api.ParseBaseURL, instead of SendGrid's own hosts; for both regions, unless EUBaseURL is set
	EUBaseURL *url.URL          // instead of the host of the region EU
	Transport http.RoundTripper // nil: one of the client's own
	UserAgent string

	Timeout      time.Duration // for one attempt of a call; default 60 s
	RetryWaitMin time.Duration // first pause before a call is repeated; default 500 ms
	Grace        time.Duration // how long a change may go on after its caller gave up; default 30 s
}

// Client makes the calls of one account in one region. It is safe for concurrent use. It keeps
// lists for its life, and drops them when it changes something.
type Client struct {
	shared     *shared
	host       *host
	account    *account
	region     Region
	onBehalfOf string
}

// shared is what all clients share that were made from one.
type shared struct {
	cfg Config

	mu    sync.Mutex
	hosts map[string]*host // by base URL
}

// host is one base URL with one set of limits for all accounts.
type host struct {
	api      *api.Client
	accounts map[string]*account // by on-behalf-of; guarded by shared.mu
}

// account is what is known about the account, subuser or customer of the calls.
type account struct {
	domains api.Cache[[]Domain] // one key, allDomains
	scopes  api.Cache[[]string] // one key, allScopes
	name    api.Cache[Owner]    // one key, onlyName
	self    self
	seen    seen
}

// New makes a client. It makes no call.
func New(cfg Config) *Client {
	if cfg.Grace == 0 {
		cfg.Grace = 30 * time.Second
	}
	s := &shared{cfg: cfg, hosts: map[string]*host{}}
	return s.client(cfg.Region, cfg.OnBehalfOf)
}

// For returns a client of another account or for the host of another region, with the same API key.
// An empty argument means the value of c. All these clients share the limits of their host, and
// those of one account share its lists.
func (c *Client) For(region Region, onBehalfOf string) *Client {
	if region == "" {
		region = c.region
	}
	if onBehalfOf == "" {
		onBehalfOf = c.onBehalfOf
	}
	return c.shared.client(region, onBehalfOf)
}

// ForNew returns a client for a new domain in a region: for the host of the configured region, or
// if none is configured, for the host of the domain's region.
func (c *Client) ForNew(region Region, onBehalfOf string) *Client {
	if c.shared.cfg.Region != "" {
		region = ""
	}
	return c.For(region, onBehalfOf)
}

// Region is the region of the host that the client calls.
func (c *Client) Region() Region { return c.region }

func (s *shared) client(region Region, onBehalfOf string) *Client {
	if region != EU {
		region = Global
	}
	base := withoutVersion(s.baseURL(region))
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.hosts[base.String()]
	if !ok {
		h = &host{accounts: map[string]*account{}, api: api.New(api.Config{
			Service: service, BaseURL: base, UserAgent: s.cfg.UserAgent, Transport: s.cfg.Transport,
			Timeout: s.cfg.Timeout, RetryWaitMin: s.cfg.RetryWaitMin, RateLimitReset: "X-RateLimit-Reset",
			Explain: explain, Secrets: []string{s.cfg.APIKey},
		})}
		s.hosts[base.String()] = h
	}
	a, ok := h.accounts[onBehalfOf]
	if !ok {
		a = &account{}
		h.accounts[onBehalfOf] = a
	}
	return &Client{shared: s, host: h, account: a, region: region, onBehalfOf: onBehalfOf}
}

func (s *shared) baseURL(region Region) *url.URL {
	switch {
	case region == EU && s.cfg.EUBaseURL != nil:
		return s.cfg.EUBaseURL
	case s.cfg.BaseURL != nil:
		return s.cfg.BaseURL
	case region == EU:
		return &url.URL{Scheme: "https", Host: "api.eu.sendgrid.com"}
	}
	return &url.URL{Scheme: "https", Host: "api.sendgrid.com"}
}

// withoutVersion removes the API's version from the end of a URL, where SendGrid's documentation
// has it.
func withoutVersion(base *url.URL) *url.URL {
	without := *base
	without.Path = strings.TrimSuffix(strings.TrimSuffix(base.Path, "/"), "/"+version)
	return &without
}

// send makes a call to a path below the API's version.
func (c *Client) send(ctx context.Context, r api.Request) (*api.Response, error) {
	r.Path = append([]string{version}, r.Path...)
	r.Header = http.Header{"Authorization": {"Bearer " + c.shared.cfg.APIKey}, "Accept": {"application/json"}}
	if c.onBehalfOf != "" {
		r.Header["On-Behalf-Of"] = []string{c.onBehalfOf}
	}
	return c.host.api.Send(ctx, r)
}

// call makes a call and adds advice to its error.
func (c *Client) call(ctx context.Context, r api.Request) (*api.Response, error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, c.refine(ctx, r, err)
	}
	return resp, nil
}

// forget drops the lists of all accounts at the host, because a parent account lists the domains of
// its subusers too.
func (c *Client) forget() {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	for _, a := range c.host.accounts {
		a.domains.Forget(allDomains)
	}
}

// finishing gives a change that has begun more time after its caller has given up, so that an
// interrupted run still learns the outcome.
func (c *Client) finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	return api.Finishing(ctx, c.shared.cfg.Grace)
}
