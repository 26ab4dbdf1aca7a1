package yandexapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/dns"
)

const service = "Yandex.Mail for Domain"

// checkURL is the advice for answers that the API cannot have given.
const checkURL = "Check that base_url of yandex in the provider configuration is that of the API, down to and with /admin, and that no proxy answers in its place"

var report = api.Reporter{Service: service, CheckURL: checkURL}

// explain finds the code in an answer with an error status.
var explain = api.ExplainJSON(func(body []byte) (code, message string) {
	var v verdict
	if json.Unmarshal(body, &v) != nil {
		return "", ""
	}
	return v.reason(), ""
})

// verdict is the part of every answer that says whether the call was carried out.
type verdict struct {
	Success api.Text `json:"success"`
	Error   api.Text `json:"error"`
	Domain  api.Text `json:"domain"` // the domain of the answer, if it names one
}

// isAbout is whether an answer is about the domain of the call, unless one of them does not name
// it.
func (v verdict) isAbout(r api.Request) bool {
	asked := r.Query.Get("domain")
	if form, err := url.ParseQuery(string(r.Body)); asked == "" && err == nil {
		asked = form.Get("domain")
	}
	if asked == "" || v.Domain == "" {
		return true
	}
	name, err := dns.Canonical(string(v.Domain))
	return err == nil && name == dns.FoldName(asked)
}

func (v verdict) carriedOut() bool { return strings.EqualFold(string(v.Success), "ok") }

// refused is whether the service says that it has not carried out the call.
func (v verdict) refused() bool { return strings.EqualFold(string(v.Success), "error") }

// reason returns the service's word for the reason. Some failures have two words, and the last one
// is more specific.
func (v verdict) reason() string {
	words := strings.Split(string(v.Error), ",")
	return strings.TrimSpace(words[len(words)-1])
}

// codeOf converts a reason to a code, whatever its case. It serves to find the meaning and not for
// messages: something else may stand in the reason's place, even the token.
func codeOf(reason string) Code { return Code(strings.ToLower(reason)) }

// refused is the cause of the error of a call that the service refused.
type refused struct {
	code Code
	says string // what the code means
}

func (r *refused) Error() string { return r.says }

// Is makes errors.Is work with a Code.
func (r *refused) Is(target error) bool { return target == error(r.code) }

// isRefusal is whether the service said itself that it has not carried out the call.
func isRefusal(err error) bool {
	var r *refused
	return errors.As(err, &r)
}

// isTemporary is whether a call failed temporarily by the service's own word and was not repeated
// yet. Package api has repeated calls that got an error status.
func isTemporary(err error) bool {
	var failed *api.Error
	return errors.As(err, &failed) && failed.Status == 0 && (errors.Is(err, Unknown) || errors.Is(err, NoReply))
}

func isNotFound(err error) bool { return errors.Is(err, api.ErrNotFound) }

// isUncertain is whether a failed call may have made its change.
func isUncertain(err error) bool { return errors.Is(err, api.ErrOutcomeUnknown) }

// refusal is the error of a call that the service says it has not carried out.
func (c *Client) refusal(r api.Request, v verdict) error {
	err := report.Problem(r, nil, "", "")
	err.Code = api.Shorten(c.api.MaskOf(r, v.reason()))
	if code := codeOf(v.reason()); isKnown(r, code) {
		err.Code = string(code) // although it may also be somebody's password
	}
	interpret(r, err)
	return err
}

// refine corrects the meaning of HTTP statuses. The codes describe objects and credentials, so "not
// found" without a code means a wrong URL.
func refine(r api.Request, err error) error {
	var failed *api.Error
	if !errors.As(err, &failed) || failed.Status == 0 {
		return err
	}
	switch {
	case failed.Code != "":
		if failed.Status < 500 && failed.Status != http.StatusTooManyRequests {
			failed.Kind = nil // the status alone says less than the code
		}
		interpret(r, failed)
		failed.Answer = failed.Cause.Error()
	case failed.Status == http.StatusUnauthorized, failed.Status == http.StatusForbidden:
		failed.Advice = tokenAdvice
	default:
		report.Misdirected(failed)
	}
	return failed
}

func isKnown(r api.Request, code Code) bool {
	_, known := meaningOf(r, code)
	return known
}

// interpret sets what the code of an error means in answer to a call. The code is masked already. A
// known code is shown as documented, and an unknown one as it came.
func interpret(r api.Request, err *api.Error) {
	code := codeOf(err.Code)
	meant, known := meaningOf(r, code)
	if !known {
		err.Cause = &refused{code: code, says: "refused"}
		return
	}
	err.Code = string(code)
	err.Cause = &refused{code: code, says: meant.says}
	err.Advice = meant.advice
	if meant.kind != nil {
		err.Kind = meant.kind
	}
}

// unintelligible is the error of an answer that is JSON, but not what the API documents.
func (c *Client) unintelligible(r api.Request, v verdict) error {
	answer := "the answer is JSON, but lacks what the API documents"
	if v.Success == "" {
		answer = `the answer is JSON, but has no "success"`
	}
	if v.Error != "" {
		answer += ", and the error " + api.Shorten(c.api.MaskOf(r, string(v.Error)))
	}
	return unsure(r, report.Problem(r, api.ErrUnavailable, answer, checkURL))
}

// unsure marks the error of an answer that does not show whether a change was made.
func unsure(r api.Request, err error) error {
	var failed *api.Error
	if errors.As(err, &failed) {
		failed.Unsure = r.Method == http.MethodPost
	}
	return err
}

// unproven is the error of a change whose outcome could not be read back. sendErr is nil if the
// service said that the change was made.
func unproven(r api.Request, sendErr, readErr error) error {
	return report.Unproven(r, sendErr, readErr, "the service said that it was done", "Run again when the service works: that shows whether it was done")
}
