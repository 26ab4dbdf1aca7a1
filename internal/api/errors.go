package api

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// The kinds of errors, for errors.Is. Each service's client decides which of its codes and texts
// are of which kind.
var (
	// ErrNotFound: the service verifiably says that the object does not exist. A service that does
	// not answer or cannot be reached never yields it.
	ErrNotFound = errors.New("not found")
	// ErrAuth: the service refused the credentials, or they lack a permission.
	ErrAuth = errors.New("credentials refused")
	// ErrConflict: the object exists already, or another one is in its place.
	ErrConflict = errors.New("already exists")
	// ErrRateLimited: the service wants fewer calls, for longer than the client waits.
	ErrRateLimited = errors.New("rate limited")
	// ErrNotConfigured: the provider has no credentials for the service.
	ErrNotConfigured = errors.New("not configured")
	// ErrUnavailable: the service could not answer, so that its state is unknown.
	ErrUnavailable = errors.New("service unavailable")
	// ErrOutcomeUnknown: a changing call may or may not have been carried out, because its answer
	// never arrived, cannot be read, or is a server's or proxy's error. Only a read can tell.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// Error is a failed call, written for the person who has to act on it. Its text names the service,
// the attempt and its object, the service's answer (with secrets masked) and what to do.
type Error struct {
	Service string // its name in messages, such as "mail server"
	Op      string // what was attempted, as a verb phrase: "create domain"
	Object  string // on what: "example.com"; may be empty
	Status  int    // HTTP status, including that of a success which the API's answer denies; 0 when there was no answer
	Code    string // the service's own error code, if it has one
	Answer  string // the service's answer, masked and shortened
	Advice  string // what to do now; may be empty
	Kind    error  // one of the Err values of this package, or nil
	Cause   error  // the underlying failure when there was no answer
	Unsure  bool   // the call may have been carried out; errors.Is(err, ErrOutcomeUnknown)
}

// Error returns the whole text without a full stop at its end, which the caller adds.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Service, e.Op)
	if e.Object != "" {
		fmt.Fprintf(&b, " %s", e.Object)
	}
	switch {
	case e.Status >= 200 && e.Status < 300 && e.Answer != "":
		// A success for HTTP alone: the answer itself says that the call failed.
	case e.Status != 0:
		b.WriteString(": " + strings.TrimSpace(fmt.Sprintf("HTTP %d %s", e.Status, http.StatusText(e.Status))))
	case e.Cause != nil:
		fmt.Fprintf(&b, ": %s", e.Cause)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " (code %s)", e.Code)
	}
	if e.Answer != "" {
		fmt.Fprintf(&b, ": %s", e.Answer)
	}
	if e.Unsure {
		addSentence(&b, "It may or may not have been carried out")
	}
	if e.Advice != "" {
		addSentence(&b, e.Advice)
	}
	return strings.TrimSuffix(b.String(), ".")
}

// addSentence adds a sentence to a text, which may end in a full stop.
func addSentence(b *strings.Builder, sentence string) {
	if strings.HasSuffix(b.String(), ".") || strings.HasSuffix(b.String(), "!") {
		b.WriteString(" " + sentence)
		return
	}
	b.WriteString(". " + sentence)
}

// Is makes errors.Is work with the Err values of this package.
func (e *Error) Is(target error) bool {
	if target == ErrOutcomeUnknown {
		return e.Unsure
	}
	return e.Kind != nil && target == e.Kind
}

// Unwrap returns the failure below HTTP, such as a refused connection.
func (e *Error) Unwrap() error { return e.Cause }

// kindOf is the kind of an error answer, unless the service's client knows better.
func kindOf(status int, body []byte) error {
	switch {
	case status == http.StatusNotFound && isWebPage(body):
		// What shows web pages is not the API, and knows nothing of its objects.
		return ErrUnavailable
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ErrAuth
	case status == http.StatusNotFound:
		return ErrNotFound
	case status == http.StatusConflict:
		return ErrConflict
	case status == http.StatusTooManyRequests:
		return ErrRateLimited
	case status >= 500:
		return ErrUnavailable
	}
	return nil
}

// isWebPage is whether a body is HTML, as proxies and web servers answer.
func isWebPage(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 256)]))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// Shorten cuts a text to what fits in a message, on one line. An HTML error page would otherwise
// fill the screen.
func Shorten(text string) string {
	const limit = 300
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= limit {
		return text
	}
	cut := limit
	for cut > 0 && text[cut]&0xC0 == 0x80 { // not inside a UTF-8 sequence
		cut--
	}
	return text[:cut] + " …"
}
