package sendgridapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// ErrLookupFailed is a validation without a result, because SendGrid's own DNS lookup failed. It
// matches api.ErrUnavailable too.
var ErrLookupFailed = errors.New("SendGrid could not look into the DNS")

// checkURL is the advice for answers that SendGrid cannot have given.
const checkURL = "Check that base_url in the provider configuration is that of SendGrid's API, and that no proxy answers in its place"

var report = api.Reporter{Service: service, CheckURL: checkURL}

// SendGrid's own words, in lower case.
const (
	answerExists       = "already exists"
	answerLookupFailed = "internal error getting"
)

// blockedWords are in answers that speak of the account as a whole.
var blockedWords = []string{"suspend", "deactivat", "banned", "frozen", "under review", "closed"}

// errorItem is one of the errors in an answer.
type errorItem struct {
	Message string `json:"message"`
	Error   string `json:"error"` // instead of Message, if "errors" is an object
	Field   string `json:"field"` // of the request; null for none
}

// explain finds the reason in an answer with an error status. "errors" is a list, or an object if
// there is only one.
func explain(_ int, body []byte) (code, message string) {
	var answer struct {
		Errors json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", ""
	}
	listed := []json.RawMessage{answer.Errors}
	if isList(answer.Errors) && json.Unmarshal(answer.Errors, &listed) != nil {
		return "", ""
	}
	var texts []string
	for _, raw := range listed {
		if text := explainOne(raw); text != "" {
			texts = append(texts, text)
		}
	}
	return "", strings.Join(texts, "; ")
}

func explainOne(raw json.RawMessage) string {
	var text string
	if bytes.HasPrefix(raw, []byte(`"`)) && json.Unmarshal(raw, &text) == nil {
		return text
	}
	var item errorItem
	if json.Unmarshal(raw, &item) != nil {
		return ""
	}
	text = item.Message
	if text == "" {
		text = item.Error
	}
	if text != "" && item.Field != "" {
		text += fmt.Sprintf(" (field %s)", item.Field)
	}
	return text
}

// refine corrects the kind of an error and adds advice.
func (c *Client) refine(ctx context.Context, r api.Request, err error) error {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return err
	}
	said := strings.ToLower(fail.Answer)
	switch {
	case (fail.Status == http.StatusForbidden || fail.Status == http.StatusUnauthorized) && speaksOfAccount(said):
		fail.Advice = "SendGrid has blocked the account itself, and no key or setting here changes that: ask SendGrid's support"
	case fail.Status == http.StatusUnauthorized:
		fail.Advice = fmt.Sprintf("Check the API key: it may have been deleted or mistyped, or be one of the other region. It was used %s; "+
			"the keys of EU subusers are known in the region eu alone", c.where())
	case fail.Status == http.StatusForbidden:
		fail.Advice = c.adviceForForbidden(ctx, r)
	case fail.Status == http.StatusNotFound && !aboutOne(r):
		// The list of domains always exists at SendGrid itself.
		fail.Kind, fail.Advice = api.ErrUnavailable, checkURL
	case fail.Status == http.StatusUnavailableForLegalReasons:
		fail.Advice = fmt.Sprintf("SendGrid keeps the data of this account in another region than %s: set region to that", c.region)
	case fail.Status == http.StatusBadRequest && strings.Contains(said, answerExists):
		fail.Kind = api.ErrConflict
	case fail.Status == http.StatusInternalServerError && strings.Contains(said, answerLookupFailed):
		fail.Cause = ErrLookupFailed
		fail.Advice = "SendGrid's own DNS lookup failed, which says nothing about the records: ask again later"
	}
	return fail
}

// aboutOne is whether a call is about a domain of a given id.
func aboutOne(r api.Request) bool { return len(r.Path) > 2 && r.Path[2] != "default" }

func speaksOfAccount(said string) bool {
	return slices.ContainsFunc(blockedWords, func(word string) bool { return strings.Contains(said, word) })
}

// The scopes that the calls of this package need.
var neededScopes = []string{"whitelabel.read", "whitelabel.create", "whitelabel.update", "whitelabel.delete"}

// allScopes is the one key of the scope cache.
const allScopes = ""

// adviceForForbidden finds out whether the API key lacks a scope: SendGrid gives the same answer to
// everything that it does not allow.
func (c *Client) adviceForForbidden(ctx context.Context, r api.Request) string {
	has, err := c.scopes(ctx)
	if err != nil {
		return fmt.Sprintf("The API key lacks a scope (it needs %s), has no access %s, or is blocked for a while; what it may do could not be found out",
			strings.Join(neededScopes, ", "), c.where())
	}
	needed := neededScopes
	if r.Method == http.MethodGet {
		needed = neededScopes[:1]
	}
	missing := slices.DeleteFunc(slices.Clone(needed), func(scope string) bool { return slices.Contains(has, scope) })
	switch {
	case len(missing) > 0:
		return fmt.Sprintf("The API key lacks the scopes %s: give it full access to Sender Authentication in SendGrid's settings, or use another key",
			strings.Join(missing, ", "))
	case c.onBehalfOf != "":
		return fmt.Sprintf("The API key has the scopes, so it is about on_behalf_of: check that %q is a subuser (or \"account-id\" and a customer) "+
			"of the key's account, in the region %s", c.onBehalfOf, c.region)
	}
	return "The API key has the scopes that this needs, so SendGrid blocks the account or this address for a while: look into SendGrid's console, and run again later"
}

// scopes returns what the API key may do (GET /v3/scopes). SendGrid does not tell it on behalf of
// an unknown subuser, so the call is made for the key itself.
func (c *Client) scopes(ctx context.Context) ([]string, error) {
	own := c
	if c.onBehalfOf != "" {
		own = c.shared.client(c.region, "")
	}
	return own.account.scopes.Get(ctx, allScopes, func(ctx context.Context) ([]string, error) {
		r := api.Request{Op: "read the scopes of the API key", Method: http.MethodGet, Path: []string{"scopes"}, Repeat: api.Safely}
		resp, err := own.send(ctx, r)
		if err != nil {
			return nil, err
		}
		var got struct {
			Scopes []string `json:"scopes"`
		}
		err = own.decode(r, resp, &got)
		return got.Scopes, err
	})
}

// unasked is the error of an answer about other domains than that in the path.
func (c *Client) unasked(r api.Request, got []Domain) error {
	got = slices.DeleteFunc(slices.Clone(got), func(d Domain) bool { return d.ID == 0 })
	if len(got) == 0 {
		return report.Unintelligible(r)
	}
	return &api.Error{
		Service: service, Op: r.Op, Object: r.Object, Kind: ErrOtherDomain, Unsure: r.Repeat == api.Never,
		Answer: "the answer is about " + describe(got), Advice: checkURL,
	}
}

// unreadable is the error of a domain with a field of an impossible type in the answer.
func (c *Client) unreadable(r api.Request, d Domain) error {
	return &api.Error{
		Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrUnavailable, Unsure: r.Repeat == api.Never && r.Method != http.MethodGet,
		Cause: fmt.Errorf("the answer about %s cannot be read: %s", d.Domain, d.problem), Advice: checkURL,
	}
}

// decode reads the JSON of an answer. It refuses an answer that repeats the API key, because parts
// of it are shown or saved.
func (c *Client) decode(r api.Request, resp *api.Response, into any) error {
	text := string(resp.Body)
	if c.host.api.Mask(text) == text {
		return c.host.api.JSON(r, resp, into)
	}
	return &api.Error{
		Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrUnavailable, Unsure: r.Repeat == api.Never,
		Cause:  errors.New("the answer repeats the API key, and is not used"),
		Advice: checkURL,
	}
}
