package mailserverapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// ErrNoDomains is a domain list that is null. The server answers so when it has no domain, but also
// when its database is down, so that it proves nothing about any domain. It matches
// api.ErrUnavailable.
var ErrNoDomains = api.Reworded("the server lists no domain at all, which it also does when its database is down", api.ErrUnavailable)

const service = "mail server"

var report = api.Reporter{
	Service:  service,
	CheckURL: "Check that the URL in the provider configuration is that of the mail server's API",
}

// explain finds the reason in an answer with an error status.
var explain = api.ExplainJSON(func(body []byte) (code, message string) {
	var v verdict
	if json.Unmarshal(body, &v) != nil {
		return "", ""
	}
	return "", v.reason()
})

// The server's own words.
const (
	answerTokenRefused  = "Token is not correct"
	answerUnknownMethod = "API method is not exist"
	answerDomainExists  = "Domain is already exist"
	answerUserExists    = "User already exist!"
)

// verdict is in most answers: whether the call was carried out, and if not, the reason under one of
// these keys.
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

// reason returns the server's own words.
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

// unansweredIsUnsure marks the error of a repeated call without an answer: one of the attempts may
// have been carried out.
func unansweredIsUnsure(err error) error {
	var failed *api.Error
	if errors.As(err, &failed) && errors.Is(failed.Kind, api.ErrUnavailable) && !errors.Is(err, api.ErrRefused) {
		unsure := *failed
		unsure.Unsure = true
		return &unsure
	}
	return err
}

// refusal is the error of a call that the server says it has not carried out.
func (c *Client) refusal(r api.Request, v verdict) error {
	err := c.api.Refusal(r, v.reason())
	if same(err.Answer, answerDomainExists) || same(err.Answer, answerUserExists) {
		err.Kind = api.ErrConflict
	}
	return err
}

// refine corrects the meaning of HTTP statuses. No call of this API uses them for its objects, so
// "not found" means a wrong URL, and never a missing mailbox.
func refine(err error) error {
	var failed *api.Error
	if !errors.As(err, &failed) {
		return err
	}
	report.Misdirected(failed)
	return failed
}

// isUnknownMethod is whether the server has no such path, so that nothing has been done.
func isUnknownMethod(err error) bool {
	var failed *api.Error
	return errors.As(err, &failed) && failed.Status == http.StatusNotFound && strings.Contains(failed.Answer, answerUnknownMethod)
}
