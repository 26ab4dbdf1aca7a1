package octeth

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

// Codes that mean the same in answer to every call.
const (
	codeTooMany        = 429
	codeNotAllowed     = 99998 // the API key or the session is unknown
	codeSessionExpired = 99999
	// Hard failures, in which no command has answered, are in between these.
	codeHardest, codeHardLast = 100000, 100005
)

// meaning is what one of the platform's codes says in answer to one call.
type meaning struct {
	kind   error
	advice string
}

// meanings are those of a call's codes. Codes that are not among them say what their text says.
type meanings map[int64]meaning

// verdict is what every answer can say of whether the call was carried out.
type verdict struct {
	Success      *api.Flag // of dns.authorize and dns.set in lower case, which JSON in Go takes for the same
	ErrorCode    api.List[api.Number]
	ErrorText    words
	ErrorMessage words
	Errors       api.List[failure]
}

// failure is an error as most calls report it.
type failure struct {
	Code    api.Number
	Message words
}

// refused is whether the platform says that it has not carried out the call.
func (v verdict) refused() bool {
	return len(v.Errors.Rows) > 0 || v.Success != nil && !bool(*v.Success) || v.Success == nil && v.code() != 0
}

// code is the first error code; 0 where there is none, as in answer to a success.
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

// reason gives the platform's own words.
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

// refusal is the error of a call that was answered with the word that it has not been carried out.
func (c *Client) refusal(r api.Request, v verdict, codes meanings) error {
	err := c.api.Refusal(r, v.reason())
	if v.code() != 0 {
		err.Code = strconv.FormatInt(v.code(), 10)
	}
	c.interpret(r, err, v.code(), codes)
	return err
}

// refine corrects what HTTP statuses mean here: it is the codes that speak of objects and credentials, so that "not found"
// without a code is a wrong URL, and "forbidden" can be a limit.
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

// interpret sets what a code means.
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

// setVersion is the advice for what an older version than that of the installation lacks.
const setVersion = "Set api_version of octeth in the provider configuration if the installation is newer"

// isAboutLogin recognises the one refusal of credentials that has no code of its own.
func isAboutLogin(answer string) bool {
	return strings.Contains(strings.ToLower(answer), "authentication")
}

// noAnswer adds to the error of an answer that is no JSON what it is when it is a page.
func noAnswer(err error, body []byte) error {
	var failed *api.Error
	if errors.As(err, &failed) && bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
		failed.Advice = "Before 5.9.3 the platform answers with a page when it fails or has no such command: check that url and api_version of octeth in the provider configuration are those of the installation, and look at its error log"
	}
	return err
}
