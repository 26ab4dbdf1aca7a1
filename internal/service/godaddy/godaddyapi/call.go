package godaddyapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// caller sends the calls of either API.
type caller struct {
	client *api.Client
	pace   *pace
	header http.Header
	token  bool // the credentials are a token, not a key
}

// newCaller makes a caller. GoDaddy's 429 tells the wait only in its body, and only in v1. So a
// call that was refused as one too many is repeated over more than a minute: by then there is room
// again, even if another process uses its share.
func newCaller(config Config) *caller {
	c := &caller{pace: newPace(config), header: http.Header{"Accept": {"application/json"}}, token: config.Token != ""}
	switch {
	case c.token:
		c.header.Set("Authorization", "Bearer "+config.Token)
	case config.Key != "" && config.Secret != "":
		c.header.Set("Authorization", "sso-key "+config.Key+":"+config.Secret)
	}
	if config.ShopperID != "" {
		c.header.Set("X-Shopper-Id", config.ShopperID)
	}
	wait := config.RetryWait
	if wait == 0 {
		wait = 2 * time.Second
	}
	c.client = api.New(api.Config{
		Service: service, BaseURL: config.BaseURL, UserAgent: config.UserAgent, Transport: config.Transport,
		Timeout: config.Timeout, Retries: 6, RetryWaitMin: wait, RetryWaitMax: 32 * wait,
		Explain: explain, Secrets: []string{config.Token, config.Secret, config.Key},
	})
	return c
}

// call is one call of either API.
type call struct {
	op, object string // as in api.Request
	method     string
	endpoint   string // the unit by which GoDaddy counts calls, together with the method
	path       []string
	query      url.Values
	body       any // sent as JSON; nil: none
}

// send sends a call and decodes its answer into into; nil: the content of the answer does not
// matter. It repeats a GET where that can help, and no other call that may have been carried out.
func (c *caller) send(ctx context.Context, call call, into any) error {
	r := api.Request{
		Op: call.op, Object: call.object, Method: call.method, Path: call.path, Query: call.query, Header: c.header.Clone(),
	}
	if c.header.Get("Authorization") == "" {
		return &api.Error{
			Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrNotConfigured,
			Cause:  errors.New("there are no credentials"),
			Advice: "Set token, or api_key and api_secret, in the provider's block godaddy (or GODADDY_TOKEN, or GODADDY_API_KEY and GODADDY_API_SECRET in the environment)",
		}
	}
	if r.Method == http.MethodGet {
		r.Repeat = api.Safely
	}
	if call.body != nil {
		r = r.WithJSON(call.body)
	}
	if err := c.pace.wait(ctx, call.method+" "+call.endpoint); err != nil {
		fail := &api.Error{Service: service, Op: r.Op, Object: r.Object, Cause: err}
		if ctx.Err() == nil {
			fail.Kind = api.ErrRateLimited
		}
		return fail
	}
	resp, err := c.client.Send(ctx, r)
	if err != nil {
		return c.advise(err, r.Repeat == api.Never)
	}
	if into == nil {
		// The answer to a change is empty, or repeats the change. A web page is not from GoDaddy:
		// its sender may not have passed the call on.
		if len(bytes.TrimSpace(resp.Body)) == 0 {
			return nil
		}
		into = new(json.RawMessage)
	}
	return c.client.JSON(r, resp, into)
}

// explain reads an error body: {code, message, fields} of v1, {name, message, details} of v3. The
// codes of single fields say more than that of the whole.
func explain(_ int, body []byte) (code, message string) {
	var answer struct {
		Code, Name, Message string
		Fields              []struct{ Code, Path, Message string }
		Details             []struct{ Issue, Field, Description string }
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", ""
	}
	code = answer.Code + answer.Name
	texts := []string{answer.Message}
	for _, f := range answer.Fields {
		texts = append(texts, strings.TrimSpace(f.Path+" "+f.Message)+" ("+f.Code+")")
	}
	for i, d := range answer.Details {
		if i == 0 && d.Issue != "" {
			code = d.Issue
		}
		texts = append(texts, strings.TrimSpace(d.Field+" "+d.Description)+" ("+d.Issue+")")
	}
	return code, strings.Join(texts, "; ")
}

// What the user can do about an error.
const (
	keyAdvice = "GoDaddy does not accept this API key with this secret. Check api_key and api_secret; keys for production and for the test environment (environment = \"ote\") " +
		"are different ones. Keys are made at https://developer.godaddy.com/keys"
	tokenAdvice = "GoDaddy does not accept this personal access token: it is mistyped, has expired, was revoked, or is one for another environment. " +
		"Tokens are made at https://developer.godaddy.com"
	deniedAdvice = "GoDaddy opens its DNS API only to accounts that it deems large enough, so this account may not qualify; otherwise the domain is not one that these credentials may act for. " +
		"What is required is said at https://developer.godaddy.com/getstarted"
	writeAdvice = "If the zone can be read, the token lacks the scope domains.dns:update: make one that has it. Otherwise GoDaddy does not open its DNS API to this account, or not for this domain"
	rateAdvice  = "GoDaddy allows 60 calls a minute to each endpoint, and somebody else uses these credentials too: run again later, or with a lower -parallelism"

	noZoneAdvice = "Either the domain is in another account (resellers name their customer's by shopper_id), or GoDaddy does not host its DNS"
)

// advise adds advice to an error.
func (c *caller) advise(err error, writing bool) error {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return err
	}
	switch {
	case fail.Status == http.StatusUnauthorized && c.token:
		fail.Advice = tokenAdvice
	case fail.Status == http.StatusUnauthorized:
		fail.Advice = keyAdvice
	case fail.Status == http.StatusForbidden && c.token && writing:
		fail.Advice = writeAdvice
	case fail.Status == http.StatusForbidden:
		fail.Advice = deniedAdvice
	case errors.Is(fail, api.ErrRateLimited):
		fail.Advice = rateAdvice
	case errors.Is(fail, api.ErrNotFound):
		fail.Advice = noZoneAdvice
	}
	return err
}

// gone drops the error that a record to delete does not exist.
func gone(err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return nil
	}
	return err
}
