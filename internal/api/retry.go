package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/time/rate"
)

// attempts is the transport below the retries: each attempt waits for the rate
// limit and a free slot, has a time limit of its own, and keeps its slot until
// its body has been read.
type attempts struct {
	next    http.RoundTripper
	slots   chan struct{}
	limiter *rate.Limiter
}

// RoundTrip implements http.RoundTripper.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := a.limiter.Wait(req.Context()); err != nil {
		return nil, err
	}
	select {
	case a.slots <- struct{}{}:
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	state := req.Context().Value(callKey{}).(*callState)
	state.attempts++
	state.sent = true
	ctx, cancel := context.WithTimeoutCause(req.Context(), state.timeout, errAttemptTimeout)
	release := func() { cancel(); <-a.slots }
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		if errors.Is(context.Cause(ctx), errAttemptTimeout) {
			err = errAttemptTimeout
		}
		release()
		return nil, err
	}
	resp.Body = &heldBody{ReadCloser: resp.Body, ctx: ctx, release: release}
	return resp, nil
}

// errAttemptTimeout is one attempt's own time limit, as opposed to the end of
// the operation that it belongs to.
var errAttemptTimeout = errors.New("no complete answer within the time limit")

// heldBody gives the slot back when the body is closed.
type heldBody struct {
	io.ReadCloser
	ctx     context.Context
	release func()
}

func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF && errors.Is(context.Cause(b.ctx), errAttemptTimeout) {
		err = errAttemptTimeout
	}
	return n, err
}

func (b *heldBody) Close() error {
	err := b.ReadCloser.Close()
	if b.release != nil {
		b.release()
		b.release = nil
	}
	return err
}

// retrying builds the retrying client over a transport.
func (c *Client) retrying(next http.RoundTripper) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient: &http.Client{
			Transport:     next,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		RetryWaitMin: c.cfg.RetryWaitMin,
		RetryWaitMax: c.cfg.RetryWaitMax,
		RetryMax:     max(c.cfg.Retries, 0),
		CheckRetry:   c.shouldRetry,
		Backoff:      c.pause,
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// shouldRetry is the policy. A call that changes something is sent again only
// where it certainly was not carried out: it never arrived, or was refused with
// 429. All else is tried again where trying again can help.
func (c *Client) shouldRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	state := ctx.Value(callKey{}).(*callState)
	if err != nil {
		if neverArrived(err) {
			return !permanent(err), nil
		}
		return state.repeat == Safely && !permanent(err), nil
	}
	if resp.StatusCode == http.StatusTooManyRequests ||
		(state.repeat == Safely && resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented) {
		wait, asked := retryAfter(resp, time.Now())
		return !asked || wait <= c.cfg.RetryAfterMax, nil
	}
	return false, nil
}

// pause is how long to wait before an attempt: what the service asked for, else
// exponential with full jitter, so that parallel callers do not come back at once.
func (c *Client) pause(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait, asked := retryAfter(resp, time.Now()); asked {
			// A little more, as servers count in whole seconds.
			return wait + rand.N(shortest)
		}
	}
	ceiling := longest
	if attempt < 16 {
		ceiling = min(longest, shortest<<attempt)
	}
	return shortest/2 + rand.N(ceiling)
}

// retryAfter reads the Retry-After of a 429 or 503, in seconds or as a date
// (RFC 9110 section 10.2.3).
func retryAfter(resp *http.Response, now time.Time) (time.Duration, bool) {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	value := resp.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0), true
	}
	return 0, false
}

// neverArrived is whether a failure happened before anything was sent.
func neverArrived(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	var dns *net.DNSError
	return errors.As(err, &dns) || isTLSFailure(err)
}

func isTLSFailure(err error) bool {
	var verify *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	return errors.As(err, &verify) || errors.As(err, &header) || errors.As(err, &authority) || errors.As(err, &hostname)
}

// permanent is whether a failure will be the same on the next attempt.
func permanent(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsNotFound
	}
	return isTLSFailure(err) || errors.Is(err, errTooLarge) || errors.Is(err, errAttemptTimeout)
}

// plain strips what net/http wraps around a failure (method and URL, said
// already) and masks secrets.
func (c *Client) plain(err error, secrets []string) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	text := err.Error()
	if safe := c.redactor.Mask(text, secrets...); safe != text {
		return errors.New(safe)
	}
	return err
}

// adviceFor says what to do about a call that got no answer.
func (c *Client) adviceFor(ctx context.Context, err error) string {
	host := c.cfg.BaseURL.Host
	var dns *net.DNSError
	switch {
	case ctx.Err() != nil:
		return "The run was stopped or its time ran out while waiting"
	case errors.As(err, &dns):
		return fmt.Sprintf("Check the host name in the URL %s of the provider configuration", host)
	case isTLSFailure(err):
		return fmt.Sprintf("The certificate of %s is not trusted here; if it is signed by an authority of your own, name its file in the provider configuration", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("Nothing listens at %s: check the URL in the provider configuration, and that the service runs", host)
	}
	return fmt.Sprintf("Check that %s can be reached from here, and run again", host)
}
