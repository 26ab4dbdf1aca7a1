package googleapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// exchange sends the calls by which tokens are obtained, to whatever address the credentials name. It
// does so by the rules of all calls: time limits, repetitions, masking, plain words in errors.
type exchange struct {
	cfg Config

	mu      sync.Mutex
	clients map[string]*api.Client // by scheme and host
}

func newExchange(cfg Config) *exchange {
	return &exchange{cfg: cfg, clients: map[string]*api.Client{}}
}

// exchangeRetries is how often a call for a token is repeated.
const exchangeRetries = 2

// client returns the client of an address.
func (e *exchange) client(base *url.URL) *api.Client {
	e.mu.Lock()
	defer e.mu.Unlock()
	origin := base.Scheme + "://" + base.Host
	known, ok := e.clients[origin]
	if !ok {
		transport := e.cfg.Transport
		if transport == nil && isMetadata(base.Hostname()) {
			transport = direct()
		}
		known = api.New(api.Config{
			Service: service, BaseURL: &url.URL{Scheme: base.Scheme, Host: base.Host}, UserAgent: e.cfg.UserAgent, Transport: transport,
			Timeout: min(or(e.cfg.Timeout, tokenTimeout), tokenTimeout), Retries: min(e.cfg.Retries, exchangeRetries), RetryWaitMin: e.cfg.RetryWaitMin, RetryAfterMax: e.cfg.RetryAfterMax,
			Explain: explainToken,
		})
		e.clients[origin] = known
	}
	return known
}

// tokenTimeout limits a call for a token.
const tokenTimeout = 30 * time.Second

func or(d, byDefault time.Duration) time.Duration {
	if d == 0 {
		return byDefault
	}
	return d
}

// direct is a transport that uses no proxy: what is asked of a metadata server stays on the machine.
func direct() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	return t
}

// send sends one call and decodes its answer.
func (e *exchange) send(ctx context.Context, base *url.URL, r api.Request, into any) error {
	client := e.client(base)
	resp, err := client.Send(ctx, r)
	if err != nil {
		return err
	}
	return client.JSON(r, resp, into)
}

// run has Google's library get a token. fn uses the HTTP client in the context that it gets.
func (e *exchange) run(ctx context.Context, who string, secrets []string, fn func(context.Context) (*oauth2.Token, error)) (*oauth2.Token, error) {
	attempt := &exchangeCall{exchange: e, ctx: ctx, who: who, secrets: secrets}
	got, err := fn(context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Transport: attempt}))
	attempt.mu.Lock()
	defer attempt.mu.Unlock()
	switch {
	case attempt.failed != nil:
		// The library leaves only the text of an error.
		return nil, attempt.failed
	case err != nil && attempt.asked:
		return nil, unexpected(opToken+" for", who, errors.New(e.client(tokenURL).MaskOf(api.Request{Secrets: secrets}, err.Error())))
	case err != nil:
		cause := errors.New(e.client(tokenURL).MaskOf(api.Request{Secrets: secrets}, err.Error()))
		return nil, &api.Error{Service: service, Op: opToken + " for", Object: who, Kind: api.ErrAuth, Cause: cause, Advice: CredentialsForms}
	case got.AccessToken == "":
		return nil, unexpected(opToken+" for", who, errors.New("there is no token in it"))
	}
	return got, nil
}

// tokenURL is where most tokens come from.
var tokenURL = &url.URL{Scheme: "https", Host: "oauth2.googleapis.com"}

// exchangeCall is the transport of the library's calls for one token.
type exchangeCall struct {
	exchange *exchange
	ctx      context.Context //nolint:containedctx // the library makes some requests without one
	who      string
	secrets  []string

	mu     sync.Mutex
	asked  bool
	failed error // of the last request
}

// secretParameters are the parts of a form that are secret.
var secretParameters = []string{"assertion", "subject_token", "actor_token", "refresh_token", "client_secret"}

// RoundTrip implements [http.RoundTripper].
func (c *exchangeCall) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.send(req)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked, c.failed = true, err
	return resp, err
}

func (c *exchangeCall) send(req *http.Request) (*http.Response, error) {
	r := api.Request{
		Op: opToken + " for", Object: c.who, Method: req.Method, Query: req.URL.Query(), Header: req.Header,
		Repeat: api.Safely, Secrets: slices.Clone(c.secrets),
	}
	fail := func(cause error) error {
		return &api.Error{Service: service, Op: r.Op, Object: r.Object, Kind: api.ErrAuth, Cause: cause}
	}
	if !allowed(req.URL) {
		return nil, fail(fmt.Errorf("the credentials would go to %s without encryption", req.URL.Host))
	}
	if req.Body != nil {
		body, err := io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, fail(errors.New("the request could not be built"))
		}
		r.Body = body
		if form, err := url.ParseQuery(string(body)); err == nil {
			for _, name := range secretParameters {
				r.Secrets = append(r.Secrets, form[name]...)
			}
		}
	}
	if _, bearer, found := strings.Cut(req.Header.Get("Authorization"), " "); found {
		r.Secrets = append(r.Secrets, bearer)
	}
	for _, element := range strings.Split(strings.Trim(req.URL.EscapedPath(), "/"), "/") {
		plain, err := url.PathUnescape(element)
		if err != nil {
			return nil, fail(errors.New("the path of the call is not valid"))
		}
		if plain != "" {
			r.Path = append(r.Path, plain)
		}
	}
	resp, err := c.exchange.client(req.URL).Send(c.ctx, r)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(resp.Status), StatusCode: resp.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: resp.Header, Body: io.NopCloser(bytes.NewReader(resp.Body)), ContentLength: int64(len(resp.Body)), Request: req,
	}, nil
}

// allowed reports whether credentials may go to an address: by TLS, or to the machine itself.
func allowed(u *url.URL) bool {
	host := u.Hostname()
	ip := net.ParseIP(host)
	return u.Scheme == "https" || host == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsLinkLocalUnicast()) || isMetadata(host)
}

// isMetadata reports whether a host is a metadata server, which answers within the machine.
func isMetadata(host string) bool {
	ip := net.ParseIP(host)
	named, _, err := net.SplitHostPort(os.Getenv(metadataVariable))
	if err != nil {
		named = os.Getenv(metadataVariable)
	}
	return host == "metadata.google.internal" || host == named || ip != nil && ip.IsLinkLocalUnicast()
}

// explainToken reads the error of a token endpoint: of OAuth, or of Google's APIs.
func explainToken(status int, body []byte) (code, message string) {
	var answer struct {
		Error       json.RawMessage `json:"error"`
		Description string          `json:"error_description"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", ""
	}
	if json.Unmarshal(answer.Error, &code) == nil {
		return code, answer.Description
	}
	return explain(status, body)
}

// impersonatedToken is the answer of the IAM Credentials API.
type impersonatedToken struct {
	AccessToken string    `json:"accessToken"`
	ExpireTime  time.Time `json:"expireTime"`
}

// asAuth makes an error of a token endpoint one about credentials, unless the endpoint could not be
// asked. A token endpoint that finds nothing does not say that a zone does not exist.
func asAuth(err error, advice string) error {
	var fail *api.Error
	if !errors.As(err, &fail) {
		return err
	}
	of := *fail
	if !errors.Is(err, api.ErrUnavailable) && !errors.Is(err, api.ErrRateLimited) {
		of.Kind = api.ErrAuth
		of.Advice = advice
	}
	return &of
}

// tokenTrouble advises on the error of a credentials file.
func tokenTrouble(err error, f *file) error {
	advice := "Check " + f.where
	var fail *api.Error
	if errors.As(err, &fail) {
		switch {
		case fail.Advice == CredentialsForms:
			return err
		case f.Type == "service_account":
			advice = "Check that the key of " + f.who() + " has not been deleted, that the account is not disabled, and that this machine's clock is right"
		case f.Type == "authorized_user":
			advice = "Log in again: gcloud auth application-default login"
		case f.Type == "external_account":
			advice = "Check the workload identity pool and its provider: which tokens it takes (issuer, audience, attribute condition), and that the token has not expired"
		}
		if fail.Code == "IAM_PERMISSION_DENIED" || fail.Code == reasonForbidden {
			advice = "The caller needs the role roles/iam.serviceAccountTokenCreator (or roles/iam.workloadIdentityUser for a federated identity) on the service account that is impersonated"
		}
	}
	return asAuth(err, advice)
}

// impersonationTrouble advises on the error of an impersonation.
func impersonationTrouble(err error, account string) error {
	return asAuth(err, "Check the e-mail address of the service account. The configured credentials need the role roles/iam.serviceAccountTokenCreator on it, "+
		"and the IAM Service Account Credentials API has to be enabled in the project of "+account)
}
