// Package yandexapi is the client of Yandex.Mail for Domain ("PDD") and of services compatible with
// it (https://yandex.com/dev/domain/doc/). It covers domains, mailboxes, DKIM, and DNS records of
// domains that are delegated to the service.
//
// It compensates for the API. Refusals come with status 200 and a code instead of words. Lists come
// in pages, and may change between two pages. A failure that the service calls temporary is
// repeated. What was written is read back, which shows a change whose answer was lost, and a
// success that stored nothing.
//
// Domains are passed in any spelling and returned in lower-case ASCII (punycode). Errors match
// those of package api, and the [Code] of a refusal.
package yandexapi

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// DefaultBaseURL is that of Yandex's own service.
const DefaultBaseURL = "https://pddimp.yandex.ru/api2/admin"

// Config is what a Client needs. Only Token is required.
type Config struct {
	Token     string            // the PDD token of the domains' administrator
	BaseURL   *url.URL          // up to and including "admin", from api.ParseBaseURL; nil: DefaultBaseURL
	Transport http.RoundTripper // nil: one of the client's own
	UserAgent string

	Timeout      time.Duration // for one attempt of a call; default 60 s
	RetryWaitMin time.Duration // first pause before a call is repeated; default 500 ms
	Grace        time.Duration // how long a change may go on after its caller gave up; default 30 s
}

// Client makes the calls of one user. It is safe for concurrent use. It keeps lists for its life,
// and drops them when it changes something.
type Client struct {
	api *api.Client
	cfg Config

	domains  api.Cache[[]Domain]  // one key, allDomains
	accounts api.Cache[[]Account] // by domain
	rosters  rosters
	creating sync.Map // the names of objects that are being created: domains and addresses
}

// New makes a client. It makes no call.
func New(cfg Config) *Client {
	if cfg.RetryWaitMin == 0 {
		cfg.RetryWaitMin = 500 * time.Millisecond
	}
	if cfg.Grace == 0 {
		cfg.Grace = 30 * time.Second
	}
	return &Client{cfg: cfg, api: api.New(api.Config{
		Service: service, BaseURL: baseURL(cfg.BaseURL), UserAgent: cfg.UserAgent, Transport: cfg.Transport,
		Timeout: cfg.Timeout, RetryWaitMin: cfg.RetryWaitMin,
		Explain: explain, Secrets: []string{cfg.Token},
	})}
}

// baseURL is the URL before the paths of calls, without a slash at its end.
func baseURL(given *url.URL) *url.URL {
	if given == nil {
		given, _ = url.Parse(DefaultBaseURL)
	}
	base := *given
	base.Path, base.RawPath = strings.TrimRight(base.Path, "/"), ""
	return &base
}

const (
	// repeats is how often a call that failed temporarily is repeated, and how often an outcome is
	// read again.
	repeats = 4
	// longestPause is the longest pause between two attempts.
	longestPause = 20 * time.Second
)

// get prepares a call that reads.
func get(op, object, area, method string, params url.Values) api.Request {
	return api.Request{Op: op, Object: object, Method: http.MethodGet, Path: []string{area, method}, Query: params, Repeat: api.Safely}
}

// post prepares a call that changes something. It sets values, so it may be repeated, unless the
// caller says otherwise.
func post(op, object, area, method string, form url.Values) api.Request {
	return api.Request{
		Op: op, Object: object, Method: http.MethodPost, Path: []string{area, method}, Repeat: api.Safely,
		Body: []byte(form.Encode()), Type: "application/x-www-form-urlencoded",
	}
}

// call makes a call and decodes its answer. It repeats the call if it failed temporarily by the
// service's own word.
func (c *Client) call(ctx context.Context, r api.Request, into answer) error {
	for attempt := 0; ; attempt++ {
		err := c.once(ctx, r, into)
		if !isTemporary(err) || attempt == repeats || c.pause(ctx, attempt) != nil {
			return err
		}
	}
}

// answer is the target for decoding an answer.
type answer interface {
	// complete is whether it has what the API documents.
	complete() bool
}

// once makes a call and decodes its answer.
func (c *Client) once(ctx context.Context, r api.Request, into answer) error {
	if c.cfg.Token == "" {
		return report.Problem(r, api.ErrNotConfigured, "there is no PDD token",
			"Set pdd_token of yandex in the provider configuration, or YANDEX_PDD_TOKEN in the environment")
	}
	r.Header = http.Header{}
	r.Header.Set("PddToken", c.cfg.Token)
	resp, err := c.api.Send(ctx, r)
	if err != nil {
		return refine(r, err)
	}
	var v verdict
	if err := c.api.JSON(r, resp, &v); err != nil {
		return unsure(r, err)
	}
	switch {
	case v.refused():
		return c.refusal(r, v)
	case !v.carriedOut():
		return c.unintelligible(r, v)
	case !v.isAbout(r):
		return unsure(r, report.Problem(r, api.ErrUnavailable, "the answer is about "+api.Shorten(c.api.MaskOf(r, string(v.Domain))), checkURL))
	}
	if err := c.api.JSON(r, resp, into); err != nil {
		return unsure(r, err)
	}
	if !into.complete() {
		return c.unintelligible(r, v)
	}
	return nil
}

// pause waits, longer each time, with jitter. It ends with ctx.
func (c *Client) pause(ctx context.Context, attempt int) error {
	ceiling := min(longestPause, c.cfg.RetryWaitMin<<attempt)
	return api.Pause(ctx, ceiling/2+rand.N(ceiling/2+1))
}

// finishing gives a change that has begun more time after its caller has given up, so that an
// interrupted run still learns the outcome.
func (c *Client) finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	return api.Finishing(ctx, c.cfg.Grace)
}
