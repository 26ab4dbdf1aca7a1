package googleapi

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// call is one call of the API.
type call struct {
	op, object string // as in api.Request
	method     string
	path       []string
	verb       string // a method of the API that is written after the path, behind a colon
	query      url.Values
	body       any // sent as JSON; nil: none
	repeat     api.Repeat
	needs      string // the permission that the call needs, and on what
	advice     string // further advice if that is lacking, as a sentence
}

// send sends a call and decodes its answer. It repeats calls that only read where that can help, and
// others only if the service has refused them as too many, or because the token has expired.
func (h *Host) send(ctx context.Context, c call, into any) error {
	r := api.Request{Op: c.op, Object: c.object, Method: c.method, Path: slices.Clone(c.path), Query: c.query, Repeat: c.repeat}
	if c.verb != "" {
		r.Path[len(r.Path)-1] += ":" + c.verb
	}
	if c.method == http.MethodGet {
		r.Repeat = api.Safely
	}
	if c.body != nil {
		r = r.WithJSON(c.body)
	}
	refreshed := false
	for attempt := 0; ; attempt++ {
		token, err := h.tokens.get(ctx)
		if err != nil {
			return err
		}
		r.Header, r.Secrets = http.Header{"Accept": {"application/json"}, "Authorization": {"Bearer " + token.access}}, []string{token.access}
		if token.quotaProject != "" {
			r.Header.Set("X-Goog-User-Project", token.quotaProject)
		}
		resp, err := h.client.Send(ctx, r)
		if err == nil {
			return h.client.JSON(r, resp, into)
		}
		var fail *api.Error
		if !errors.As(err, &fail) {
			return err
		}
		switch {
		case fail.Status == http.StatusUnauthorized && !refreshed && h.tokens.replace(token):
			// The service has not carried the call out, so another token may do so. It is tried once.
			refreshed = true
		case fail.Status == http.StatusForbidden && slices.Contains(tooMany, fail.Code):
			if attempt >= h.retries || !h.wait(ctx, attempt) {
				return h.advised(c, fail)
			}
		default:
			return h.advised(c, fail)
		}
	}
}

// wait pauses before a call is repeated that was refused as one too many in the service's older way.
// It reports false if the operation ends first.
func (h *Host) wait(ctx context.Context, attempt int) bool {
	longest := min(waitMax, h.waitMin<<min(attempt, 16))
	timer := time.NewTimer(longest/2 + rand.N(longest/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Reasons of errors, as the API calls them.
const (
	reasonForbidden     = "forbidden"
	reasonNotConfigured = "accessNotConfigured"
	reasonDisabled      = "SERVICE_DISABLED"
	reasonScope         = "ACCESS_TOKEN_SCOPE_INSUFFICIENT"
	reasonInsufficient  = "insufficientPermissions"
	reasonBilling       = "inactiveBillingState"
	reasonNoBilling     = "BILLING_DISABLED"
	reasonPerimeter     = "SECURITY_POLICY_VIOLATED"
	reasonUserProject   = "USER_PROJECT_DENIED"
	reasonNoProject     = "CONSUMER_INVALID"
	reasonDaily         = "dailyLimitExceeded"
	reasonQuota         = "quotaExceeded"
	reasonNotFound      = "notFound"
	reasonExists        = "alreadyExists"
	reasonAlias         = "cnameResourceRecordSetConflict"
)

// tooMany are the reasons with which 403 means what 429 says.
var tooMany = []string{"rateLimitExceeded", "userRateLimitExceeded"}

// telling are the reasons in the details of an error that tell apart what its older reasons do not.
var telling = []string{reasonDisabled, reasonScope, reasonNoBilling, reasonPerimeter, reasonUserProject, reasonNoProject}

// explain reads an error body: its first reason, and all messages.
func explain(_ int, body []byte) (code, message string) {
	var answer struct {
		Error struct {
			Message string `json:"message"`
			Status  string `json:"status"`
			Errors  []struct {
				Reason  string `json:"reason"`
				Message string `json:"message"`
			} `json:"errors"`
			Details []struct {
				Reason string `json:"reason"`
			} `json:"details"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", ""
	}
	of := answer.Error
	texts := []string{of.Message}
	for _, e := range of.Errors {
		if code == "" {
			code = e.Reason
		}
		if !slices.Contains(texts, e.Message) {
			texts = append(texts, e.Message)
		}
	}
	for _, d := range of.Details {
		if slices.Contains(telling, d.Reason) || code == "" {
			code = d.Reason
		}
	}
	if code == "" {
		code = of.Status
	}
	return code, strings.Join(slices.DeleteFunc(texts, func(text string) bool { return text == "" }), "; ")
}
