package api

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// What an error of any service can be asked for with errors.Is. A service's
// client decides which of its codes and texts mean what.
var (
	// ErrNotFound: the service verifiably says that the object does not exist.
	// A service that is merely silent or unreachable never yields it.
	ErrNotFound = errors.New("not found")
	// ErrAuth: the service refused the credentials, or they lack a permission.
	ErrAuth = errors.New("credentials refused")
	// ErrConflict: the object exists already, or something else is in its place.
	ErrConflict = errors.New("already exists")
	// ErrRateLimited: the service asked for fewer calls, for longer than we wait.
	ErrRateLimited = errors.New("rate limited")
	// ErrNotConfigured: the provider has no credentials for the service.
	ErrNotConfigured = errors.New("not configured")
	// ErrUnavailable: the service could not answer; what it holds is unknown.
	ErrUnavailable = errors.New("service unavailable")
	// ErrOutcomeUnknown: a changing call may or may not have been carried out,
	// because its answer never arrived, is unintelligible, or is a server error
	// or a proxy's. Only a read can tell.
	ErrOutcomeUnknown = errors.New("outcome unknown")
)

// Error is a failed call, written for the person who has to act on it. Its text
// names the service, what was attempted on which object, what came back (with
// secrets masked) and what to do.
type Error struct {
	Service string // as a person calls it: "mail server"
	Op      string // what was attempted, as a verb phrase: "create domain"
	Object  string // on what: "example.com"; may be empty
	Status  int    // HTTP status, also of an answer that is a success for HTTP alone; 0 when there was no answer
	Code    string // the service's own error code, if it has one
	Answer  string // what the service said, masked and shortened
	Advice  string // what to do now; may be empty
	Kind    error  // one of the Err values of this package, or nil
	Cause   error  // the underlying failure when there was no answer
	Unsure  bool   // the call may have been carried out; errors.Is(err, ErrOutcomeUnknown)
}

// Error gives the whole sentence, without its full stop, which whoever shows it adds.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", e.Service, e.Op)
	if e.Object != "" {
		fmt.Fprintf(&b, " %s", e.Object)
	}
	switch {
	case e.Status >= 200 && e.Status < 300 && e.Answer != "":
		// Success for HTTP alone: the API says in its answer that the call failed.
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

// addSentence adds one behind what a service said, which may end in a full stop
// of its own.
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

// Unwrap gives the failure below HTTP, such as a refused connection.
func (e *Error) Unwrap() error { return e.Cause }

// kindOf is what a failed answer means where the service says nothing better.
func kindOf(status int, body []byte) error {
	switch {
	case status == http.StatusNotFound && isWebPage(body):
		// Whoever shows web pages is not the API, and knows nothing of its objects.
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

// Shorten cuts a text to what fits in a message, on one line: an HTML error page
// or a mistyped URL's home page would otherwise fill the screen.
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
