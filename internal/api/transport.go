package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Transport sends the calls of a vendor's SDK in the same way as Client.Send: with its retries,
// limits, masking and logging. Switch the SDK's own retries and limits off. It is safe for
// concurrent use.
//
// An answer with a status of 300 and above does not reach the SDK. Instead it gets the *Error that
// Send makes of it, with what Config.Explain reads out of its body.
type Transport struct {
	client *Client
	rules  TransportRules
}

// TransportRules describe an API for requests that an SDK builds.
type TransportRules struct {
	// RepeatOf says whether a call may be sent again although it may have arrived. nil: GET and
	// HEAD are Safely, all others Never.
	RepeatOf func(req *http.Request, body []byte) Repeat
	// RateLimited recognises a refusal for too many calls, for APIs that do not use 429. Such a
	// call counts as not carried out. wait is how long the API wants no calls; 0 if it does not
	// say. It may look at the body if it leaves it to be read. nil: the API uses 429.
	RateLimited func(resp *http.Response) (wait time.Duration, limited bool)
}

// NewTransport makes a transport. It refuses calls to addresses outside cfg.BaseURL, which would
// get the credentials.
func NewTransport(cfg Config, rules TransportRules) *Transport {
	client := New(cfg)
	if rules.RateLimited != nil {
		for _, c := range []*retryablehttp.Client{client.http, client.single} {
			below := c.HTTPClient.Transport.(*attempts)
			below.next = &translated{next: below.next, rateLimited: rules.RateLimited}
		}
	}
	return &Transport{client: client, rules: rules}
}

// HTTPClient returns the client to pass to an SDK.
func (t *Transport) HTTPClient() *http.Client { return &http.Client{Transport: t} }

// Mask hides all secrets that the transport knows in text.
func (t *Transport) Mask(text string) string { return t.client.Mask(text) }

// AddSecret masks another secret from now on, such as temporary credentials.
func (t *Transport) AddSecret(secret string) { t.client.AddSecret(secret) }

// sdkCall is what Call and the SDK's requests within it share.
type sdkCall struct {
	op, object string

	mu     sync.Mutex
	unsure bool  // the last request was a change and got an answer
	asked  bool  // there was a request
	failed error // of the last request
	status int   // of the last refusal that RateLimited recognised
}

type sdkKey struct{}

// Call runs fn, which makes one call of an SDK with the context that it is given. op and object are
// as in Request. Its errors are *Error:
//
//   - of a request that failed, that of the transport, whatever the SDK made of
//     it: some give back ctx.Err() alone, and whether a change may have been
//     carried out is lost with the rest;
//   - else ErrUnavailable with the SDK's own error as Cause (where no secret is
//     in its text): the answer is not what the SDK expects. A change matches
//     ErrOutcomeUnknown then.
func (t *Transport) Call(ctx context.Context, op, object string, fn func(ctx context.Context) error) error {
	call := &sdkCall{op: op, object: object}
	err := fn(context.WithValue(ctx, sdkKey{}, call))
	if err == nil {
		return nil
	}
	call.mu.Lock()
	defer call.mu.Unlock()
	if call.failed != nil {
		return call.failed
	}
	fail := &Error{Service: t.client.cfg.Service, Op: op, Object: object, Cause: t.client.plain(err, Request{})}
	if call.asked {
		fail.Kind, fail.Unsure, fail.Advice = ErrUnavailable, call.unsure, checkURL
	}
	return fail
}

// RoundTrip implements http.RoundTripper. The body of its answer has been read.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	call, ok := ctx.Value(sdkKey{}).(*sdkCall)
	if !ok {
		call = &sdkCall{op: req.Method + " " + t.client.Mask(req.URL.Path)}
		ctx = context.WithValue(ctx, sdkKey{}, call)
	}
	r, err := t.request(req, call)
	if err != nil {
		err = &Error{Service: t.client.cfg.Service, Op: call.op, Object: call.object, Cause: err}
		call.ended(Safely, err)
		return nil, err
	}
	resp, err := t.client.Send(ctx, r)
	call.ended(r.Repeat, err)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status:     fmt.Sprintf("%d %s", resp.Status, http.StatusText(resp.Status)),
		StatusCode: resp.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: resp.Header, Body: io.NopCloser(bytes.NewReader(resp.Body)),
		ContentLength: int64(len(resp.Body)), Request: req,
	}, nil
}

// ended notes the end of a request.
func (c *sdkCall) ended(repeat Repeat, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.unsure, c.failed = true, repeat == Never && err == nil, err
	var fail *Error
	if errors.As(err, &fail) && c.status != 0 && errors.Is(fail, ErrRateLimited) {
		fail.Status = c.status // instead of the 429 that replaced it
	}
}

// request translates an SDK's request, and closes its body as a RoundTripper must.
func (t *Transport) request(req *http.Request, call *sdkCall) (Request, error) {
	r := Request{
		Op: call.op, Object: call.object, Method: req.Method, Query: req.URL.Query(), Header: req.Header,
	}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		if closing := req.Body.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return Request{}, fmt.Errorf("the request could not be built: %w", t.client.plain(err, Request{}))
		}
		r.Body = body
	}
	var err error
	if r.Path, err = t.pathBelowBase(req.URL); err != nil {
		return Request{}, err
	}
	switch {
	case t.rules.RepeatOf != nil:
		r.Repeat = t.rules.RepeatOf(req, r.Body)
	case req.Method == http.MethodGet || req.Method == http.MethodHead:
		r.Repeat = Safely
	}
	return r, nil
}

// pathBelowBase returns the elements of a path after that of the base URL.
func (t *Transport) pathBelowBase(u *url.URL) ([]string, error) {
	base := t.client.cfg.BaseURL
	below, found := strings.CutPrefix(u.EscapedPath(), strings.TrimSuffix(base.EscapedPath(), "/"))
	if u.Scheme != base.Scheme || u.Host != base.Host || !found || (below != "" && below[0] != '/') {
		return nil, fmt.Errorf("the call would go to %s://%s, and its credentials with it", u.Scheme, u.Host)
	}
	if below == "" || below == "/" {
		return nil, nil
	}
	elements := strings.Split(below[1:], "/")
	for i, element := range elements {
		var err error
		if elements[i], err = url.PathUnescape(element); err != nil {
			return nil, errors.New("the path of the call is not valid")
		}
	}
	return elements, nil
}

// translated turns an API's own refusal of too many calls into a 429, which the retry policy
// understands.
type translated struct {
	next        http.RoundTripper
	rateLimited func(*http.Response) (time.Duration, bool)
}

// RoundTrip implements http.RoundTripper.
func (l *translated) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	wait, limited := l.rateLimited(resp)
	if !limited {
		return resp, nil
	}
	call := req.Context().Value(sdkKey{}).(*sdkCall)
	call.mu.Lock()
	call.status = resp.StatusCode
	call.mu.Unlock()
	resp.StatusCode = http.StatusTooManyRequests
	if wait > 0 {
		// In whole seconds, as the header needs, rounded up.
		seconds := int64((wait + time.Second - 1) / time.Second)
		resp.Header.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	return resp, nil
}
