package octethapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

const service = "Octeth"

var report = api.Reporter{
	Service:  service,
	CheckURL: "Check that url and api_version of octeth in the provider configuration are those of the installation",
}

// explain finds code and reason in an answer with an error status.
var explain = api.ExplainJSON(func(body []byte) (code, message string) {
	var v verdict
	if json.Unmarshal(body, &v) != nil || !v.refused() {
		return "", ""
	}
	return strconv.FormatInt(v.code(), 10), v.reason()
})

// Codes that have the same meaning for every call.
const (
	codeTooMany        = 429
	codeNotAllowed     = 99998 // the API key or the session is unknown
	codeSessionExpired = 99999
	// Hard failures lie between these two. After one, no command has answered.
	codeHardest, codeHardLast = 100000, 100005
)

// meaning is the meaning of one of the platform's codes for one call.
type meaning struct {
	kind   error
	advice string
}

// meanings are those of a call's codes. For other codes there is only their text.
type meanings map[int64]meaning

// verdict is the part of an answer that says whether the call was carried out.
type verdict struct {
	Success      *api.Flag // dns.authorize and dns.set have it in lower case, which Go's JSON accepts too
	ErrorCode    api.List[api.Number]
	ErrorText    words
	ErrorMessage words
	Errors       api.List[failure]
}

// failure is an error in the form of most calls.
type failure struct {
	Code    api.Number
	Message words
}

// refused is whether the platform says that it has not carried out the call.
func (v verdict) refused() bool {
	return len(v.Errors.Rows) > 0 || v.Success != nil && !bool(*v.Success) || v.Success == nil && v.code() != 0
}

// code returns the first error code; 0 if there is none, as after a success.
func (v verdict) code() int64 {
	if len(v.Errors.Rows) > 0 {
		return v.Errors.Rows[0].Code.Value
	}
	for _, code := range v.ErrorCode.Rows {
		if code.Value != 0 {
			return code.Value
		}
	}
	return 0
}

// reason returns the platform's own words.
func (v verdict) reason() string {
	var all []string
	for _, f := range v.Errors.Rows {
		all = append(all, string(f.Message))
	}
	all = append(all, string(v.ErrorText), string(v.ErrorMessage))
	var said []string
	for _, w := range all {
		if w != "" {
			said = append(said, w)
		}
	}
	return strings.Join(said, "; ")
}

// refusal is the error of a call that the platform says it has not carried out.
func (c *Client) refusal(r api.Request, v verdict, codes meanings) error {
	err := c.api.Refusal(r, v.reason())
	if v.code() != 0 {
		err.Code = strconv.FormatInt(v.code(), 10)
	}
	c.interpret(r, err, v.code(), codes)
	return err
}

// refine corrects the meaning of HTTP statuses. The codes describe objects and credentials: "not
// found" without a code means a wrong URL, and "forbidden" can mean a limit.
func (c *Client) refine(r api.Request, err error, codes meanings) error {
	var failed *api.Error
	if !errors.As(err, &failed) || failed.Status == 0 {
		return err
	}
	if code, bad := strconv.ParseInt(failed.Code, 10, 64); bad == nil {
		failed.Kind = nil
		if failed.Status >= 500 {
			failed.Kind = api.ErrUnavailable
		}
		c.interpret(r, failed, code, codes)
		return failed
	}
	if failed.Status == http.StatusNotFound || failed.Status == http.StatusConflict {
		failed.Kind = api.ErrUnavailable
		failed.Advice = "Check that url of octeth in the provider configuration is that of the installation itself, and that no proxy answers in its place"
	}
	return failed
}

// interpret sets the kind and the advice of an error by its code.
func (c *Client) interpret(r api.Request, err *api.Error, code int64, codes meanings) {
	meant, known := codes[code]
	switch {
	case code == codeNotAllowed, code == 0 && isAboutLogin(err.Answer):
		err.Kind = api.ErrAuth
		err.Advice = "Check api_key of octeth in the provider configuration, or OCTETH_API_KEY in the environment: it is made in the user's settings"
		if c.cfg.APIKey == "" {
			err.Advice = "Check session_id of octeth in the provider configuration, or use api_key, which does not expire"
		}
	case code == codeSessionExpired:
		err.Kind = api.ErrAuth
		err.Advice = "Log in to Octeth for a new session_id, or use api_key, which does not expire"
	case code == codeTooMany:
		err.Kind = api.ErrRateLimited
		err.Advice = "The platform takes 100 calls a minute from all programs together; run again in a minute, or with a lower -parallelism"
	case code >= codeHardest && code <= codeHardLast:
		err.Kind = api.ErrUnavailable
		err.Unsure = err.Unsure || r.Repeat == api.Never && err.Status < 400
		err.Advice = "The platform failed before any command answered. Check that api_version of octeth in the provider configuration is that of the installation, and look at its error log"
	case known:
		err.Kind, err.Advice = meant.kind, meant.advice
	}
}

// setVersion is the advice where the configured version lacks a call.
const setVersion = "Set api_version of octeth in the provider configuration if the installation is newer"

// isAboutLogin recognises the one refusal of credentials that has no code of its own.
func isAboutLogin(answer string) bool {
	return strings.Contains(strings.ToLower(answer), "authentication")
}

// noAnswer adds advice to the error of an answer that is not JSON but a page.
func noAnswer(err error, body []byte) error {
	var failed *api.Error
	if errors.As(err, &failed) && bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		failed.Advice = "Before 5.9.3 the platform answers with a page when it fails or has no such command: check that url and api_version of octeth in the provider configuration are those of the installation, and look at its error log"
	}
	return err
}
