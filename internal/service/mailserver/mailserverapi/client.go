// Package mailserverapi is the client of a mail server's Management API (RunEasyMail). It has one
// method for each call, and compensates for the API: it reads back what it has written, because the
// server answers "success" even if it stored nothing; it logs in again when a token has expired;
// and it runs calls one after another that the server cannot run in parallel.
//
// Domains and emails are passed in lower-case ASCII (punycode). Errors match those of package api.
// ErrNotFound always rests on a list that can be trusted, and never on an empty list.
package mailserverapi

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Config is what a Client needs. The durations and counts may be left zero.
type Config struct {
	URL       *url.URL // of the API, from api.ParseBaseURL
	Username  string
	Password  string
	RootCAs   *x509.CertPool    // the authorities to trust; nil: the system's
	Transport http.RoundTripper // nil: one of the client's own
	UserAgent string

	// LockDir is a folder for locks that are shared with other processes on this machine. "": no
	// locks, if this is the only process.
	LockDir string

	Timeout      time.Duration // for one attempt of a call; default 60 s
	RetryWaitMin time.Duration // first pause before a call is repeated; default 500 ms
	GatherGap    time.Duration // how long a list waits for further changes that it can prove; default: that of api.Gatherer
	Grace        time.Duration // how long a change may go on after its caller gave up; default 30 s

	// Background is how long the server gets to change a password after its answer. Then the client
	// checks whether the server's database still answers. Default 250 ms.
	Background time.Duration
	// Settle is how long the server may still work on a call whose answer was lost. Calls that must
	// not run at the same time wait for so long. Default 10 s.
	Settle time.Duration
}

// exportTimeout is for the one call that may take long: the server packs all mail of a domain
// before it answers.
const exportTimeout = 30 * time.Minute

// Client makes the calls of one mail server. It is safe for concurrent use. It keeps lists for its
// life, and drops them when it changes something.
type Client struct {
	api        *api.Client
	cfg        Config
	grace      time.Duration
	settleTime time.Duration
	login      login
	locks      locks

	domains   api.Cache[[]Domain]  // one key, allDomains
	accounts  api.Cache[[]Account] // by domain, in lower case
	lists     api.Next[*settled]   // settled reads
	writes    sync.RWMutex         // see settled
	gathering api.Gatherer         // delays settled reads until the changes that they prove have been made
	ledger    ledger
	passwords background // password changes that the server may still be making
	seen      seen

	// documentedPath is whether accounts are created at the path of the API's documentation instead
	// of that of the released program.
	documentedPath atomic.Bool
}

// New makes a client. It makes no call.
func New(cfg Config) *Client {
	c := &Client{
		cfg:   cfg,
		grace: cfg.Grace,
		locks: locks{folder: cfg.LockDir, server: serverKey(cfg.URL)},
		api: api.New(api.Config{
			Service: service, BaseURL: cfg.URL, UserAgent: cfg.UserAgent,
			RootCAs: cfg.RootCAs, Transport: cfg.Transport,
			Timeout: cfg.Timeout, RetryWaitMin: cfg.RetryWaitMin,
			Explain: explain, Secrets: []string{cfg.Password},
		}),
	}
	c.gathering.Gap = cfg.GatherGap
	if c.grace == 0 {
		c.grace = 30 * time.Second
	}
	if c.settleTime = cfg.Settle; c.settleTime == 0 {
		c.settleTime = 10 * time.Second
	}
	if c.passwords.takes = cfg.Background; c.passwords.takes == 0 {
		c.passwords.takes = 250 * time.Millisecond
	}
	return c
}

// ping asks whether a mail server API answers at the URL (GET /ping, which needs no token).
func (c *Client) ping(ctx context.Context) error {
	r := api.Request{Op: "ping", Method: http.MethodGet, Path: []string{"ping"}, Repeat: api.Safely}
	resp, err := c.api.Send(ctx, r)
	if err != nil {
		return refine(err)
	}
	if answer := strings.Trim(strings.TrimSpace(string(resp.Body)), `"`); answer != "pong" {
		return report.Problem(r, api.ErrUnavailable, fmt.Sprintf("the answer is not %q", "pong"),
			report.CheckURL)
	}
	return nil
}

// call sends a call with a token and decodes its answer. If the server no longer accepts the token,
// its handler has not run, and the call is repeated with a new token.
func (c *Client) call(ctx context.Context, r api.Request, into any) error {
	refused := ""
	for {
		token, err := c.token(ctx, refused)
		if err != nil {
			return err
		}
		r.Header = http.Header{"Auth-Token": {token}}
		resp, err := c.api.Send(ctx, r)
		if err != nil {
			return refine(err)
		}
		if strings.TrimSpace(string(resp.Body)) == answerTokenRefused {
			if refused != "" {
				return report.Problem(r, api.ErrAuth, answerTokenRefused+", although it was new",
					"The server does not accept the tokens that it gives out: check its clock, and whether several servers share this URL")
			}
			refused = token
			continue
		}
		// The answers to adding a DKIM key and to an export hold secrets.
		defer clear(resp.Body)
		var v verdict
		if err := c.api.JSON(r, resp, &v); err != nil {
			return err
		}
		if v.refused() {
			return c.refusal(r, v)
		}
		return c.api.JSON(r, resp, into)
	}
}

// carryOut sends a call whose answer only says whether it was carried out.
func (c *Client) carryOut(ctx context.Context, r api.Request) error {
	var v verdict
	if err := c.call(ctx, r, &v); err != nil {
		return err
	}
	if v.Result == nil {
		return report.Unintelligible(r)
	}
	return nil
}

// post makes a call with a form. The server reads the form of a POST and of a DELETE only if it is
// multipart/form-data.
func post(method string, path []string, form ...[2]string) api.Request {
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, field := range form {
		// Writing to a buffer does not fail.
		_ = w.WriteField(field[0], field[1])
	}
	_ = w.Close()
	return api.Request{Method: method, Path: path, Body: body.Bytes(), Type: w.FormDataContentType()}
}

// finishing gives a change that has begun more time after its caller has given up, so that an
// interrupted run still learns the outcome. Calls within a change share its time.
func (c *Client) finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Value(finishingKey{}) != nil {
		return context.WithCancel(ctx)
	}
	return api.Finishing(context.WithValue(ctx, finishingKey{}, true), c.grace)
}

type finishingKey struct{}

// isUncertain is whether a failed call may have made its change.
func isUncertain(err error) bool { return errors.Is(err, api.ErrOutcomeUnknown) }
