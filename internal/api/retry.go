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
)

// retrying makes the retrying client on top of a transport.
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

// shouldRetry is the retry policy. A call that changes something is repeated only if it certainly
// was not carried out: it never arrived, or was refused with 429. Other calls are repeated where
// that can help.
func (c *Client) shouldRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	state := ctx.Value(callKey{}).(*callState)
	if err == nil && state.body != nil {
		return false, nil // a complete answer counts, even if the run was stopped since
	}
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		neverSent := resp == nil && !state.open.Load()
		return (state.repeat == Safely || neverSent) && !permanent(err), nil
	}
	if resp.StatusCode == http.StatusTooManyRequests ||
		(state.repeat == Safely && resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented) {
		wait, asked := c.retryAfter(resp, time.Now())
		return !asked || wait <= c.cfg.RetryAfterMax, nil
	}
	return false, nil
}

// pause is the wait before an attempt: what the service asked for, else exponential with full
// jitter, so that parallel callers do not return at once.
func (c *Client) pause(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if wait, asked := c.retryAfter(resp, time.Now()); asked {
			// A little longer, because servers count in whole seconds.
			return wait + rand.N(shortest)
		}
	}
	ceiling := longest
	if attempt < 16 {
		ceiling = min(longest, shortest<<attempt)
	}
	return min(longest, shortest/2+rand.N(ceiling))
}

// retryAfter reads the Retry-After of a 429 or 503, in seconds or as a date (RFC 9110 section
// 10.2.3), or else the service's own header.
func (c *Client) retryAfter(resp *http.Response, now time.Time) (time.Duration, bool) {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return 0, false
	}
	value := resp.Header.Get("Retry-After")
	seconds, err := strconv.ParseUint(value, 10, 31)
	if err == nil || errors.Is(err, strconv.ErrRange) { // too many digits: the longest wait
		return time.Duration(seconds) * time.Second, true
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0), true
	}
	return c.untilReset(resp, now)
}

// resetBits limits the number of seconds in Config.RateLimitReset to the next 17,000 years. A
// larger one is in another unit.
const resetBits = 40

// untilReset reads the header of Config.RateLimitReset. It compares the time with the service's
// clock if the answer has it. A time in the past does not tell when to come back.
func (c *Client) untilReset(resp *http.Response, now time.Time) (time.Duration, bool) {
	if c.cfg.RateLimitReset == "" || resp.StatusCode != http.StatusTooManyRequests {
		return 0, false
	}
	seconds, err := strconv.ParseInt(resp.Header.Get(c.cfg.RateLimitReset), 10, resetBits)
	if err != nil {
		return 0, false
	}
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		now = date
	}
	wait := time.Unix(seconds, 0).Sub(now)
	return wait, wait > 0
}

// neverArrived is whether a failure proves that nothing was sent.
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

// permanent is whether the next attempt would fail in the same way.
func permanent(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsNotFound
	}
	return isTLSFailure(err) || errors.Is(err, http.ErrSchemeMismatch) || errors.Is(err, errTooLarge) ||
		errors.Is(err, errAttemptTimeout) || errors.Is(err, errNoTurn)
}

// plain strips what net/http wraps around a failure (method and URL, which the message has
// already), explains a bare "EOF", and masks secrets.
func (c *Client) plain(err error, r Request) error {
	for wrapped, ok := errors.AsType[*url.Error](err); ok; wrapped, ok = errors.AsType[*url.Error](err) {
		err = wrapped.Err
	}
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("the connection was cut in the middle of the answer (%w)", err)
	case errors.Is(err, io.EOF):
		err = fmt.Errorf("the connection was closed without an answer (%w)", err)
	}
	text := err.Error()
	if safe := c.MaskOf(r, text); safe != text {
		return &maskedError{text: safe, cause: err}
	}
	return err
}

// maskedError replaces an error whose text holds a secret. It answers errors.Is, but does not
// unwrap, so that nobody prints the original.
type maskedError struct {
	text  string
	cause error
}

func (e *maskedError) Error() string        { return e.text }
func (e *maskedError) Is(target error) bool { return errors.Is(e.cause, target) }

// checkURL is the advice for answers that the API cannot have given.
const checkURL = "Check that the URL in the provider configuration is that of the API itself, and that no proxy answers in its place"

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
	case errors.Is(err, http.ErrSchemeMismatch):
		return fmt.Sprintf("There is no TLS at %s: check the scheme and the port of the URL in the provider configuration", host)
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("Nothing listens at %s: check the URL in the provider configuration, and that the service runs", host)
	case errors.Is(err, errTooLarge):
		return checkURL
	case errors.Is(err, errAttemptTimeout):
		return fmt.Sprintf("The service at %s did not answer in time; try again later", host)
	case errors.Is(err, errNoTurn):
		return "Run again with a longer timeout, or with a lower -parallelism"
	}
	return fmt.Sprintf("Check that %s can be reached from here, and run again", host)
}
