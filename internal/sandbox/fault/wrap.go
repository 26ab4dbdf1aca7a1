package fault

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/store"
)

const (
	longestHang   = 5 * time.Minute
	slowPieces    = 20
	slowGap       = 100 * time.Millisecond
	endlessLength = 1 << 30
	// drainLimit limits how much is read of a request that nobody handles.
	drainLimit = 32 << 20

	proxyPage      = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
	unfinishedJSON = `{"result": true, "msg": {"unfinished`
	rateLimitBody  = `{"error": "too many requests"}`
)

// Wrap applies to a handler the conditions that the state holds for its service at the time of each
// call.
//
// It needs a real http.Server, whose connections can be cut. If the conditions cannot be read or
// are impossible, it answers 500 with the reason.
func Wrap(service string, st *store.Store, handler http.Handler) http.Handler {
	var limits limiter
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conditions, err := Get(st, service)
		if err == nil {
			err = conditions.Validate()
		}
		if err != nil {
			refuse(w, service, err)
			return
		}
		wait(r.Context(), conditions.Latency)
		if limit := conditions.RateLimit; limit != nil && !limits.allow(*limit) {
			setRetryAfter(w.Header(), limit.RetryAfter)
			send(w, http.StatusTooManyRequests, orDefault(limit.Body, rateLimitBody))
			return
		}
		hit, err := next(st, service, r.Method, r.URL.Path)
		if err != nil {
			refuse(w, service, err)
			return
		}
		if hit == nil {
			handler.ServeHTTP(w, r)
			return
		}
		hit.serve(w, r, handler)
	})
}

func refuse(w http.ResponseWriter, service string, err error) {
	http.Error(w, "The sandbox can't tell the conditions of "+service+": "+err.Error(), http.StatusInternalServerError)
}

// serve carries out the fault. To cut the connection, it panics with http.ErrAbortHandler.
func (f Fault) serve(w http.ResponseWriter, r *http.Request, handler http.Handler) {
	if f.Kind != Hang && f.Kind != HangAfter && f.Kind != SlowBody {
		wait(r.Context(), f.Delay)
	}
	switch f.Kind {
	case Status, Redirect, EmptyError:
		f.answer(w)
	case StatusAfter:
		handler.ServeHTTP(newAnswer(), r)
		f.answer(w)
	case CutAfter:
		handler.ServeHTTP(newAnswer(), r)
		panic(http.ErrAbortHandler)
	case Hang:
		f.hang(r)
	case HangAfter:
		handler.ServeHTTP(newAnswer(), r)
		f.hang(r)
	case EndlessBody:
		f.sendEndless(w)
	case SlowBody, TruncatedBody, InvalidJSON:
		made := newAnswer()
		handler.ServeHTTP(made, r)
		maps.Copy(w.Header(), made.header)
		f.setHeader(w.Header())
		switch f.Kind {
		case SlowBody:
			f.sendSlowly(w, r, made)
		case TruncatedBody:
			sendHalf(w, made)
		case InvalidJSON:
			send(w, made.statusCode(), orDefault(f.Body, unfinishedJSON))
		}
	default: // Cut; Validate knows no other
		panic(http.ErrAbortHandler)
	}
}

// answer sends the answer of the fault, or the default of its kind.
func (f Fault) answer(w http.ResponseWriter) {
	status, body := f.Status, f.Body
	switch f.Kind {
	case StatusAfter:
		if body == "" {
			w.Header().Set("Content-Type", "text/html")
			body = proxyPage
		}
		status = orDefault(status, http.StatusBadGateway)
	case Redirect:
		status = orDefault(status, http.StatusFound)
	case EmptyError:
		status, body = http.StatusInternalServerError, ""
	default:
		status = orDefault(status, http.StatusInternalServerError)
	}
	f.setHeader(w.Header())
	send(w, status, body)
}

func (f Fault) setHeader(h http.Header) {
	for name, value := range f.Header {
		h.Set(name, value)
	}
	setRetryAfter(h, f.RetryAfter)
}

// hang waits until the client is gone or the time is up. The server notices that the client is gone
// only after it has read the whole request.
func (f Fault) hang(r *http.Request) {
	io.Copy(io.Discard, io.LimitReader(r.Body, drainLimit)) //nolint:errcheck // a client that goes away now is gone
	wait(r.Context(), orDefault(f.Delay, Duration(longestHang)))
	panic(http.ErrAbortHandler)
}

func (f Fault) sendEndless(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	f.setHeader(w.Header())
	w.WriteHeader(orDefault(f.Status, http.StatusOK))
	io.WriteString(w, "[") //nolint:errcheck // the next write tells
	block := bytes.Repeat([]byte(`{"filler": "a body that goes on and on and on, with no end"},`), 1000)
	for sent := 0; sent < endlessLength; sent += len(block) {
		if _, err := w.Write(block); err != nil {
			break
		}
	}
	panic(http.ErrAbortHandler)
}

func (f Fault) sendSlowly(w http.ResponseWriter, r *http.Request, made *answer) {
	body := made.body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(made.statusCode())
	piece := max(1, (len(body)+slowPieces-1)/slowPieces)
	for len(body) > 0 && r.Context().Err() == nil {
		flush(w)
		wait(r.Context(), orDefault(f.Delay, Duration(slowGap)))
		n := min(piece, len(body))
		w.Write(body[:n]) //nolint:errcheck // the context says when the client has gone
		body = body[n:]
	}
}

func sendHalf(w http.ResponseWriter, made *answer) {
	body := made.body.Bytes()
	// An empty body has no half, so more is announced.
	w.Header().Set("Content-Length", strconv.Itoa(max(len(body), 64)))
	w.WriteHeader(made.statusCode())
	w.Write(body[:len(body)/2]) //nolint:errcheck // the connection is cut in any case
	flush(w)
	panic(http.ErrAbortHandler)
}

func send(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	io.WriteString(w, body) //nolint:errcheck // nobody is left to be told
}

func flush(w http.ResponseWriter) {
	http.NewResponseController(w).Flush() //nolint:errcheck // nobody is left to be told
}

// setRetryAfter rounds up, so that a client that waits that long is never too early.
func setRetryAfter(h http.Header, d Duration) {
	if d > 0 {
		seconds := (time.Duration(d) + time.Second - 1) / time.Second
		h.Set("Retry-After", strconv.Itoa(int(seconds)))
	}
}

// wait returns after d, or when the client has gone.
func wait(ctx context.Context, d Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(time.Duration(d))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

func orDefault[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// answer records a handler's answer.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}} }

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) { a.status = orDefault(a.status, status) }

func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(p)
}

func (a *answer) statusCode() int { return orDefault(a.status, http.StatusOK) }

// limiter is the rate limit of one service in one process.
type limiter struct {
	mu     sync.Mutex
	of     RateLimit
	bucket *rate.Limiter
}

func (l *limiter) allow(limit RateLimit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bucket == nil || l.of != limit {
		every := time.Duration(limit.Per) / time.Duration(limit.Requests)
		l.of, l.bucket = limit, rate.NewLimiter(rate.Every(every), limit.Requests)
	}
	return l.bucket.Allow()
}
