package mailserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// ErrNoDomains is a domain list that is null. The server answers so when it has
// no domain at all, and just the same when its database is down, so it proves
// nothing about any domain. It matches api.ErrUnavailable.
var ErrNoDomains = api.Reworded("the server lists no domain at all, which it also does when its database is down", api.ErrUnavailable)

const service = "mail server"

// errRefused is the server's own word that it has not carried out a call.
var errRefused = errors.New("refused")

// What the server says in its own words.
const (
	answerTokenRefused  = "Token is not correct"
	answerUnknownMethod = "API method is not exist"
	answerDomainExists  = "Domain is already exist"
	answerUserExists    = "User already exist!"
)

// verdict is what most answers say: whether the call was carried out, and if not
// why, under one of three keys.
type verdict struct {
	Result   *bool           `json:"result"`
	ErrorMsg json.RawMessage `json:"error_msg"` // domains and export
	Error    json.RawMessage `json:"error"`     // accounts and Let's Encrypt
	Msg      json.RawMessage `json:"msg"`       // authentication; a list on deleting accounts
	Message  json.RawMessage `json:"message"`   // of an unknown path
}

// refused is whether the server says that it has not carried out the call.
func (v verdict) refused() bool {
	return v.Result != nil && !*v.Result || v.Result == nil && (v.ErrorMsg != nil || v.Error != nil)
}

// reason gives the server's own words.
func (v verdict) reason() string {
	for _, raw := range []json.RawMessage{v.ErrorMsg, v.Error, v.Msg, v.Message} {
		if text := plainText(raw); text != "" {
			return text
		}
	}
	return ""
}

// plainText reads a reason that is a string or a list of objects.
func plainText(raw json.RawMessage) string {
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return ""
	}
	return compact.String()
}

// explain finds the reason in an answer with an error status. JSON without a
// reason is not shown: a proxy may have put its status on an answer with keys.
func explain(_ int, body []byte) (code, message string) {
	body = bytes.TrimSpace(body)
	if len(body) == 0 || body[0] != '{' && body[0] != '[' {
		return "", ""
	}
	var v verdict
	if json.Unmarshal(body, &v) == nil && v.reason() != "" {
		return "", v.reason()
	}
	return "", fmt.Sprintf("%d bytes of JSON that give no reason", len(body))
}

// problem starts the error of a call that failed without a failing HTTP answer.
func problem(r api.Request, kind error, answer, advice string) *api.Error {
	return &api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: kind, Answer: answer, Advice: advice}
}

// unsendable is the error of input that must not reach the server.
func unsendable(r api.Request, err error) error {
	if isBareEnd(err) {
		err = api.Reworded("the run was stopped, or its time ran out, while it waited for its turn", err)
	}
	return &api.Error{Service: service, Op: r.Op, Object: r.Object, Cause: err, Advice: "Nothing was sent"}
}

// isBareEnd is whether an error says nothing but that the run was stopped, or that its
// time ran out. A wrapped one has words of its own.
func isBareEnd(err error) bool {
	return err == context.Canceled || err == context.DeadlineExceeded //nolint:errorlint // see above
}

// stopped puts into words that a run ended while it waited for a call of its own or
// for one of another resource.
func stopped(r api.Request, err error) error {
	if !isBareEnd(err) {
		return err
	}
	return &api.Error{
		Service: service, Op: r.Op, Object: r.Object,
		Cause: api.Reworded("the run was stopped, or its time ran out, before the answer came", err), Advice: "Run again",
	}
}

// unansweredIsUnsure marks the error of a call that was repeated and never answered:
// for all that is known, one of the attempts may have been carried out.
func unansweredIsUnsure(err error) error {
	var failed *api.Error
	if errors.As(err, &failed) && errors.Is(failed.Kind, api.ErrUnavailable) && !errors.Is(err, errRefused) {
		unsure := *failed
		unsure.Unsure = true
		return &unsure
	}
	return err
}

// refusal is the error of a call that the server says it has not carried out.
func (c *Client) refusal(r api.Request, v verdict) error {
	err := problem(r, nil, "", "")
	err.Cause = errRefused
	err.Answer = api.Shorten(c.api.MaskOf(r, v.reason()))
	if err.Answer == "" {
		err.Answer = "without a reason"
	}
	if same(err.Answer, answerDomainExists) || same(err.Answer, answerUserExists) {
		err.Kind = api.ErrConflict
	}
	return err
}

// refine corrects what HTTP statuses mean here: no call of this API uses them to
// speak of its objects, so "not found" is a wrong URL, never a missing mailbox.
func refine(err error) error {
	var failed *api.Error
	if !errors.As(err, &failed) {
		return err
	}
	if failed.Status == http.StatusNotFound || failed.Status == http.StatusConflict {
		failed.Kind = api.ErrUnavailable
		failed.Advice = "Check that the URL in the provider configuration is that of the mail server's API"
	}
	return failed
}

// isUnknownMethod is whether the server has no such path, so that no handler has run.
func isUnknownMethod(err error) bool {
	var failed *api.Error
	return errors.As(err, &failed) && failed.Status == http.StatusNotFound && strings.Contains(failed.Answer, answerUnknownMethod)
}

// advise gives an error better advice than it has.
func advise(err error, advice string) error {
	var failed *api.Error
	if errors.As(err, &failed) {
		better := *failed
		better.Advice = advice
		return &better
	}
	return fmt.Errorf("%w. %s", err, advice)
}

// note adds to what an error says has happened.
func note(err error, text string) error {
	var failed *api.Error
	if errors.As(err, &failed) {
		longer := *failed
		longer.Answer += "; " + text
		return &longer
	}
	return fmt.Errorf("%w; %s", err, text)
}
