package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// Reporter makes the errors of one service that Send cannot make: for calls that were not sent, and
// for answers that are a success for HTTP alone.
type Reporter struct {
	Service  string // as in Error.Service
	CheckURL string // the advice for an answer that the API cannot have given
}

// Problem starts an error about a call: answer says what is wrong, advice what to do now. kind is
// one of the Err values of this package, or nil.
func (p Reporter) Problem(r Request, kind error, answer, advice string) *Error {
	return &Error{Service: p.Service, Op: r.Op, Object: r.Object, Kind: kind, Answer: answer, Advice: advice}
}

// Unsendable is the error of a call that was not sent, because of its input or because the run
// ended first.
func (p Reporter) Unsendable(r Request, cause error) *Error {
	if endsRun(cause) {
		cause = Reworded("the run was stopped, or its time ran out, while it waited for its turn", cause)
	}
	return &Error{Service: p.Service, Op: r.Op, Object: r.Object, Cause: cause, Advice: "Nothing was sent"}
}

// Stopped puts into words that a run ended while it waited for an answer, its own or one that it
// shares with others. It returns all other errors as they are.
func (p Reporter) Stopped(r Request, err error) error {
	if !endsRun(err) {
		return err
	}
	return &Error{
		Service: p.Service, Op: r.Op, Object: r.Object,
		Cause: Reworded("the run was stopped, or its time ran out, before the answer came", err), Advice: "Run again",
	}
}

// endsRun is whether an error is that of an ended context and nothing else. One that wraps it has
// words of its own.
func endsRun(err error) bool {
	return err == context.Canceled || err == context.DeadlineExceeded //nolint:errorlint // see above
}

// Unintelligible is the error of an answer that is JSON, but not what the API documents.
func (p Reporter) Unintelligible(r Request) *Error {
	err := p.Problem(r, ErrUnavailable, "the answer is JSON, but lacks what the API documents", p.CheckURL)
	err.Unsure = r.Repeat == Never
	return err
}

// Misdirected corrects an error whose status says that an object is missing or exists already. It
// is for APIs that never speak of their objects by HTTP status: there, such a status means that
// something else answers at the URL.
func (p Reporter) Misdirected(failed *Error) {
	if failed.Status == http.StatusNotFound || failed.Status == http.StatusConflict {
		failed.Kind, failed.Advice = ErrUnavailable, p.CheckURL
	}
}

// Unproven is the error of a changing call whose outcome could not be read back. It matches
// ErrUnavailable and ErrOutcomeUnknown. sendErr is how the call ended; where it is nil,
// acknowledged quotes the service's claim that it was done. advice is what to do now.
func (p Reporter) Unproven(r Request, sendErr, readErr error, acknowledged, advice string) error {
	said := acknowledged + ", and the check failed: "
	if sendErr != nil {
		said = strings.TrimPrefix(Brief(sendErr), r.Op+" "+r.Object+": ") + "; the check whether it was done failed as well: "
	}
	return &Error{
		Service: p.Service, Op: r.Op, Object: r.Object, Kind: ErrUnavailable, Unsure: true,
		Cause: Reworded(said+Brief(readErr), readErr), Advice: advice,
	}
}

// ErrRefused is the cause of a Refusal.
var ErrRefused = errors.New("refused")

// Refusal is the error of a call that the service says it has not carried out, in an answer with a
// status of success. reason is the service's own word; its secrets are masked.
func (c *Client) Refusal(r Request, reason string) *Error {
	err := &Error{Service: c.cfg.Service, Op: r.Op, Object: r.Object, Cause: ErrRefused, Answer: Shorten(c.MaskOf(r, reason))}
	if err.Answer == "" {
		err.Answer = "without a reason"
	}
	return err
}

// ExplainJSON makes a Config.Explain of a function that finds code and message in the JSON of an
// error body. JSON in which it finds neither is not shown: a proxy may have put its status on an
// answer that holds keys or hashes.
func ExplainJSON(find func(body []byte) (code, message string)) func(status int, body []byte) (code, message string) {
	return func(_ int, body []byte) (code, message string) {
		body = bytes.TrimSpace(body)
		if len(body) == 0 || body[0] != '{' && body[0] != '[' {
			return "", ""
		}
		if code, message = find(body); code == "" && message == "" {
			message = fmt.Sprintf("%d bytes of JSON that give no reason", len(body))
		}
		return code, message
	}
}

// Advise replaces the advice of an error.
func Advise(err error, advice string) error {
	var failed *Error
	if !errors.As(err, &failed) {
		return fmt.Errorf("%w. %s", err, advice)
	}
	better := *failed
	better.Advice = advice
	return &better
}

// Note adds to what an error says has happened.
func Note(err error, text string) error {
	var failed *Error
	if !errors.As(err, &failed) {
		return fmt.Errorf("%w; %s", err, text)
	}
	longer := *failed
	longer.Answer = strings.TrimPrefix(longer.Answer+"; "+text, "; ")
	return &longer
}

// Brief is the text of an error without what an error around it repeats: the service, the advice,
// and that the outcome is unknown.
func Brief(err error) string {
	var failed *Error
	if !errors.As(err, &failed) {
		return err.Error()
	}
	bare := *failed
	bare.Unsure, bare.Advice = false, ""
	return strings.TrimPrefix(bare.Error(), bare.Service+": ")
}

// Reworded is an error in other words; it matches what the first one matches.
func Reworded(text string, err error) error { return &reworded{text, err} }

type reworded struct {
	text string
	err  error
}

func (r *reworded) Error() string { return r.text }

func (r *reworded) Unwrap() error { return r.err }
