package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/net/http/httpguts"
	"golang.org/x/time/rate"
)

// Config is what differs between the clients of services. Zero values mean the default.
type Config struct {
	Service   string            // the name of the service in messages, such as "mail server"; required
	BaseURL   *url.URL          // from ParseBaseURL; required
	UserAgent string            // sent with each call
	RootCAs   *x509.CertPool    // the authorities to trust; nil: the system's
	Transport http.RoundTripper // nil: a transport of the client's own

	Timeout     time.Duration // for one attempt, its body included; default 60 s
	MaxBody     int64         // bytes of an answer; default 16 MiB
	Concurrency int           // calls under way at once; default 10
	Rate        rate.Limit    // calls per second; default unlimited
	Burst       int           // calls at once above the rate; default 1

	Retries       int           // further attempts after the first; default 4, negative: none
	RetryWaitMin  time.Duration // first pause; default 500 ms
	RetryWaitMax  time.Duration // longest pause that the client chooses itself; default 20 s
	RetryAfterMax time.Duration // longest pause that a service may ask for; default 6 min
	// RateLimitReset is the header that tells, in a 429 without Retry-After, when calls are allowed
	// again, in Unix seconds. "": there is none.
	RateLimitReset string

	// Explain reads code and message out of an error body. If it is nil or finds nothing, the error
	// shows the body.
	Explain func(status int, body []byte) (code, message string)
	// Secrets are masked in logs and errors.
	Secrets []string
}

// Client sends calls to one service. It is safe for concurrent use.
type Client struct {
	cfg      Config
	redactor *redactor
	recent   recentSecrets
	http     *retryablehttp.Client
	single   *retryablehttp.Client // for calls that must not be sent twice
}

// Repeat says whether a call may be sent again although it may have arrived.
type Repeat int

// Whether a call may be sent again. That is always allowed for a call that certainly did not
// arrive, or that was refused with 429.
const (
	// Never is for calls that change something: creating twice is worse than an error. It is the
	// zero value, so that a call without a choice is safe.
	Never Repeat = iota
	// Safely is for calls that only read, or whose repetition changes nothing.
	Safely
)

// Request is one call.
type Request struct {
	Op      string // what is attempted, as a verb phrase for messages: "create domain"
	Object  string // on what: "example.com"; shown unmasked, so never a secret
	Method  string
	Path    []string // elements, each of which is escaped; none may be empty, "." or ".."
	Query   url.Values
	Header  http.Header
	Body    []byte
	Type    string        // content type of Body
	Repeat  Repeat        // whether it may be sent again
	Timeout time.Duration // for one attempt; 0: the client's
	Secrets []string      // of this call, masked besides the client's
}

// WithJSON returns the call with a value as its body. The value must be one that JSON can express,
// such as a struct of texts and numbers.
func (r Request) WithJSON(value any) Request {
	body, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("the body of a call cannot be written as JSON: %v", err))
	}
	r.Body, r.Type = body, "application/json"
	return r
}

// Response is an answer with a status below 300, its body read.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// New makes a client.
func New(cfg Config) *Client {
	cfg.Timeout = or(cfg.Timeout, 60*time.Second)
	cfg.MaxBody = or(cfg.MaxBody, 16<<20)
	cfg.Concurrency = or(cfg.Concurrency, 10)
	cfg.Rate = or(cfg.Rate, rate.Inf)
	cfg.Burst = or(cfg.Burst, 1)
	cfg.Retries = or(cfg.Retries, 4)
	cfg.RetryWaitMin = or(cfg.RetryWaitMin, 500*time.Millisecond)
	cfg.RetryWaitMax = or(cfg.RetryWaitMax, 20*time.Second)
	cfg.RetryAfterMax = or(cfg.RetryAfterMax, 6*time.Minute)
	c := &Client{cfg: cfg, redactor: newRedactor(cfg.Secrets...)}

	pooled, fresh := cfg.Transport, cfg.Transport
	if t, ok := cfg.Transport.(*http.Transport); ok || cfg.Transport == nil {
		if t == nil {
			t = http.DefaultTransport.(*http.Transport).Clone()
			t.MaxIdleConnsPerHost = cfg.Concurrency
			t.TLSClientConfig = &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS12}
		}
		pooled = t
		// net/http repeats a GET by itself when a reused connection breaks. So a GET that changes
		// something goes out on a new connection.
		once := t.Clone()
		once.DisableKeepAlives = true
		fresh = once
	}
	_, traced := pooled.(*http.Transport)
	slots := make(chan struct{}, cfg.Concurrency)
	limiter := rate.NewLimiter(cfg.Rate, cfg.Burst)
	c.http = c.retrying(&attempts{next: pooled, traced: traced, slots: slots, limiter: limiter})
	c.single = c.retrying(&attempts{next: fresh, traced: traced, slots: slots, limiter: limiter})
	return c
}

// AddSecret masks another secret from now on, such as the token of a login.
func (c *Client) AddSecret(secret string) { c.redactor.Add(secret) }

// Mask hides all secrets that the client knows in text.
func (c *Client) Mask(text string) string { return c.redactor.Mask(text) }

// MaskOf hides the secrets of a call in text, besides those that the client knows. Apply it to the
// service's answer before anything else: a secret that has been cut is not found.
func (c *Client) MaskOf(r Request, text string) string {
	return c.redactor.Mask(text, append(c.recent.all(), r.Secrets...)...)
}

// Send sends one call and reads its answer. Any status of 300 and above is an *Error. That includes
// redirects: following one could carry credentials to another host, or turn a POST into a GET.
//
// The error matches ErrOutcomeUnknown if the call must not be repeated and may have been carried
// out. If ctx ends first, it matches ctx.Err() too.
func (c *Client) Send(ctx context.Context, r Request) (*Response, error) {
	c.recent.add(r.Secrets)
	fail := &Error{Service: c.cfg.Service, Op: r.Op, Object: r.Object}
	call := &callState{repeat: r.Repeat, timeout: or(r.Timeout, c.cfg.Timeout), maxBody: c.cfg.MaxBody}
	ctx = context.WithValue(ctx, callKey{}, call)
	var body any
	if r.Body != nil {
		body = r.Body
	}
	u, err := c.url(r)
	if err != nil {
		fail.Cause = err
		return nil, fail
	}
	req, err := retryablehttp.NewRequestWithContext(ctx, r.Method, u.String(), body)
	if err != nil {
		fail.Cause = errors.New("the request could not be built")
		return nil, fail
	}
	for k, v := range r.Header {
		req.Header[k] = v
	}
	if r.Type != "" {
		req.Header.Set("Content-Type", r.Type)
	}
	if c.cfg.UserAgent != "" {
		req.Header.Set("User-Agent", c.cfg.UserAgent)
	}
	if err := checkHeader(req.Header); err != nil {
		fail.Cause = err
		return nil, fail
	}
	req.SetResponseHandler(call.read)

	client := c.http
	if r.Repeat == Never {
		client = c.single
	}
	start := time.Now()
	resp, err := client.Do(req)
	if err == nil && call.body == nil {
		err = call.read(resp) // retryablehttp leaves the body of the last attempt to us
	}
	c.log(ctx, r, u.Path, resp, call, time.Since(start), err)
	return c.result(ctx, r, call, resp, err, fail)
}

// url appends the path and the query of a call to the base URL.
func (c *Client) url(r Request) (*url.URL, error) {
	u := *c.cfg.BaseURL
	for _, element := range r.Path {
		// Servers and proxies resolve these, escaped or not: the call would reach another object or
		// a whole collection.
		if element == "" || element == "." || element == ".." {
			return nil, fmt.Errorf("%q cannot be part of a URL's path", element)
		}
		u.RawPath = u.EscapedPath() + "/" + url.PathEscape(element)
		u.Path += "/" + element
	}
	u.RawQuery = r.Query.Encode()
	return &u, nil
}

// checkHeader finds what net/http would refuse to send. Otherwise a credential with a line break
// would be reported as an unreachable service.
func checkHeader(header http.Header) error {
	for name, values := range header {
		for _, value := range values {
			if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
				return fmt.Errorf("the header %s would hold a character that HTTP does not allow: check the credentials for line breaks", name)
			}
		}
	}
	return nil
}

// result makes an answer or an error of what came of the attempts.
func (c *Client) result(ctx context.Context, r Request, call *callState, resp *http.Response, err error, fail *Error) (*Response, error) {
	fail.Unsure = r.Repeat == Never && call.open.Load()
	if err != nil {
		fail.Kind = ErrUnavailable
		fail.Cause = c.plain(err, r)
		fail.Advice = c.adviceFor(ctx, err)
		return nil, fail
	}
	if resp.StatusCode < 300 {
		return &Response{Status: resp.StatusCode, Header: resp.Header, Body: call.body}, nil
	}
	fail.Status = resp.StatusCode
	fail.Kind = kindOf(resp.StatusCode, call.body)
	if resp.StatusCode < 400 {
		fail.Answer = "redirected to " + c.redirectTarget(resp, r)
		fail.Advice = "Redirects are not followed, as credentials would go along: check the URL in the provider configuration"
		return nil, fail
	}
	var code, message string
	if c.cfg.Explain != nil {
		code, message = c.cfg.Explain(resp.StatusCode, call.body)
	}
	if code == "" && message == "" {
		message = string(call.body)
	}
	fail.Code = Shorten(c.MaskOf(r, code))
	fail.Answer = Shorten(c.MaskOf(r, message))
	switch {
	case errors.Is(fail.Kind, ErrAuth):
		fail.Advice = "Check the credentials in the provider configuration, and what they are allowed to do"
	case errors.Is(fail.Kind, ErrRateLimited):
		fail.Advice = "The service wants fewer calls" + c.notBefore(resp, time.Now()) + "; run again later, or with a lower -parallelism"
	case resp.StatusCode == http.StatusNotFound && errors.Is(fail.Kind, ErrUnavailable):
		fail.Advice = checkURL
	case errors.Is(fail.Kind, ErrUnavailable):
		fail.Advice = "The service or a proxy in front of it failed; run again later" + c.notBefore(resp, time.Now())
	}
	return nil, fail
}

// notBefore says when a service wants the next call, if the answer tells.
func (c *Client) notBefore(resp *http.Response, now time.Time) string {
	wait, asked := c.retryAfter(resp, now)
	if !asked {
		return ""
	}
	return ", not before " + now.Add(wait).UTC().Format(time.RFC3339)
}

// redirectTarget names the target of a redirect, without its query.
func (c *Client) redirectTarget(resp *http.Response, r Request) string {
	to, err := resp.Location()
	if err != nil {
		return "an unreadable address"
	}
	to.RawQuery, to.Fragment, to.User = "", "", nil
	return c.MaskOf(r, to.String())
}

// JSON decodes the body of an answer. If it is not JSON, the error shows how it begins: mostly that
// is the page of something that is not the service. Broken JSON is not shown, nor JSON after other
// text, because either may hold keys and hashes that are not masked.
func (c *Client) JSON(r Request, resp *Response, into any) error {
	err := json.Unmarshal(resp.Body, into)
	if err == nil {
		return nil
	}
	answer := Shorten(c.MaskOf(r, string(resp.Body)))
	switch {
	case answer == "":
		answer = "an empty body"
	case strings.ContainsAny(answer[:1], `{["`):
		answer = fmt.Sprintf("%d bytes that look like JSON, but %s", len(resp.Body), c.MaskOf(r, err.Error()))
	case strings.ContainsAny(answer, "{["):
		answer = answer[:strings.IndexAny(answer, "{[")] + "…"
	}
	return &Error{
		Service: c.cfg.Service, Op: r.Op, Object: r.Object, Kind: ErrUnavailable,
		Cause: errors.New("the answer is not what the API documents"), Answer: answer,
		Unsure: r.Repeat == Never,
		Advice: checkURL,
	}
}

func or[T comparable](v, byDefault T) T {
	var none T
	if v == none {
		return byDefault
	}
	return v
}
