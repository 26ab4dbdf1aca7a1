package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// attempts is the transport below the retries. Each attempt waits for a free slot and for the rate
// limit, has its own time limit, and keeps its slot until its body has been read.
type attempts struct {
	next    http.RoundTripper
	traced  bool // whether next reports when it has a connection, as *http.Transport does
	slots   chan struct{}
	limiter *rate.Limiter
}

// callState is what Send and all attempts of one call share.
type callState struct {
	repeat   Repeat
	timeout  time.Duration
	maxBody  int64
	attempts int
	body     []byte // of the last answer; nil until it has been read

	// open is whether the last attempt may have been carried out. A call with Never is sent again
	// only if it is false. The transport sets it from another goroutine.
	open atomic.Bool
}

type callKey struct{}

var (
	// errAttemptTimeout is the time limit of one attempt, not the end of the operation that it
	// belongs to.
	errAttemptTimeout = errors.New("no complete answer within the time limit")
	// errNoTurn: the operation would end before the rate limit allows the call.
	errNoTurn = errors.New("too little time is left to wait for the rate limit")
	// errTooLarge ends the reading of a body that is too long.
	errTooLarge = errors.New("the answer is larger than any that the API documents")
)

// RoundTrip implements http.RoundTripper.
func (a *attempts) RoundTrip(req *http.Request) (*http.Response, error) {
	state := req.Context().Value(callKey{}).(*callState)
	if err := a.turn(req.Context()); err != nil {
		return nil, err
	}
	state.attempts++
	ctx, cancel := context.WithTimeoutCause(req.Context(), state.timeout,
		fmt.Errorf("%w of %s", errAttemptTimeout, state.timeout))
	release := func() { cancel(); <-a.slots }
	if a.traced {
		// Nothing has been sent before there is a connection and its handshakes are done.
		ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			GotConn: func(httptrace.GotConnInfo) { state.open.Store(true) },
		})
	} else {
		state.open.Store(true)
	}
	resp, err := a.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		if neverArrived(err) {
			state.open.Store(false)
		}
		err = timeoutOr(ctx, err)
		release()
		return nil, err
	}
	state.open.Store(leavesOpen(resp.StatusCode))
	if _, err := resp.Location(); err != nil {
		// http.Client would fail on it and quote it, with the secrets that its query may hold.
		resp.Header.Del("Location")
	}
	resp.Body = &heldBody{ReadCloser: resp.Body, ctx: ctx, release: release}
	return resp, nil
}

// turn waits for a slot first, and then for the rate limit. In the other order, calls that were
// allowed one by one could queue for slots and go out all at once.
func (a *attempts) turn(ctx context.Context) error {
	select {
	case a.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	err := a.limiter.Wait(ctx)
	if err == nil {
		return nil
	}
	<-a.slots
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return errNoTurn
}

// leavesOpen is whether a call that got this status may have been carried out. A server error may
// come after the change was made, or from a gateway that lost the answer. 303 is an indirect answer
// to a completed call (RFC 9110 section 15.4.4). A success is one, but its body has yet to arrive.
func leavesOpen(status int) bool {
	return status < 300 || status == http.StatusSeeOther || status >= 500
}

// timeoutOr replaces the error that an expired attempt causes in the transport by
// errAttemptTimeout.
func timeoutOr(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errAttemptTimeout) {
		return cause
	}
	return err
}

// heldBody frees the slot when the body is closed.
type heldBody struct {
	io.ReadCloser
	ctx     context.Context
	release func()
}

func (b *heldBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		err = timeoutOr(b.ctx, err)
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

// read reads an answer up to the size limit. retryablehttp asks CheckRetry again when it fails, so
// that a call whose answer was cut is repeated where that is safe.
func (s *callState) read(resp *http.Response) error {
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, s.maxBody+1))
	if err != nil {
		return err
	}
	if int64(len(body)) > s.maxBody {
		return errTooLarge
	}
	s.body = body
	return nil
}
