package azureapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"golang.org/x/sync/singleflight"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// oidcAudience is whom a token of another issuer has to be for.
const oidcAudience = "api://AzureADTokenExchange"

// tokenTimeout is the time limit for an access token, with all that it takes.
const tokenTimeout = 2 * time.Minute

// tokens gets access tokens. The credential is made at the first call, and asks for a token when it has
// none that is still good.
type tokens struct {
	config Config
	client *api.Client // masks secrets
	http   *http.Client

	once       sync.Once
	credential azcore.TokenCredential
	failed     error

	flights singleflight.Group
}

func newTokens(config Config, client *api.Client) *tokens {
	return &tokens{config: config, client: client, http: &http.Client{
		Transport:     config.Transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// get returns an access token for a call. Concurrent callers share one request for it.
func (t *tokens) get(ctx context.Context, r api.Request) (string, error) {
	if token := t.config.Credentials.AccessToken; token != "" {
		return token, nil
	}
	if err := ctx.Err(); err != nil {
		return "", reporter.Unsendable(r, err)
	}
	flight := t.flights.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tokenTimeout)
		defer cancel()
		return t.ask(ctx)
	})
	select {
	case got := <-flight:
		if got.Err != nil {
			var fail *api.Error
			if errors.As(got.Err, &fail) {
				of := *fail
				of.Op, of.Object = r.Op, r.Object
				return "", &of
			}
			return "", got.Err
		}
		token, _ := got.Val.(string) // ask returns one
		return token, nil
	case <-ctx.Done():
		return "", reporter.Stopped(r, ctx.Err())
	}
}

// ask asks the credential for a token.
func (t *tokens) ask(ctx context.Context) (string, error) {
	t.once.Do(func() {
		options := azcore.ClientOptions{
			Cloud: t.config.Cloud.place().login, Transport: (*exchange)(t),
			Retry: policy.RetryOptions{MaxRetries: 2, RetryDelay: max(t.config.RetryWaitMin, time.Millisecond)},
		}
		t.credential, t.failed = t.config.Credentials.open(options, t.request)
	})
	if t.failed != nil {
		return "", t.refused(nil, t.failed)
	}
	heard := &answers{}
	token, err := t.credential.GetToken(context.WithValue(ctx, answersKey{}, heard), policy.TokenRequestOptions{Scopes: []string{t.config.Cloud.scope()}})
	if err != nil {
		return "", t.refused(heard, err)
	}
	t.client.AddSecret(token.Token)
	return token.Token, nil
}

// exchange is the transport of the calls for tokens. It remembers the last answer that was no token.
type exchange tokens

// answers are what a request for a token heard.
type answers struct {
	mu   sync.Mutex
	last *heardAnswer
}

type heardAnswer struct {
	host   string
	status int
	body   []byte
	err    error
}

type answersKey struct{}

// Do implements [policy.Transporter].
func (e *exchange) Do(req *http.Request) (*http.Response, error) {
	if e.config.UserAgent != "" {
		req.Header.Set("User-Agent", e.config.UserAgent)
	}
	resp, err := e.http.Do(req)
	said := &heardAnswer{host: req.URL.Host, err: err}
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		said.status = resp.StatusCode
		said.body, resp.Body, err = peek(resp.Body)
	}
	if heard, ok := req.Context().Value(answersKey{}).(*answers); ok {
		heard.mu.Lock()
		heard.last = said
		heard.mu.Unlock()
	}
	return resp, err
}

// refused is the error of a token that was not given.
func (t *tokens) refused(heard *answers, cause error) error {
	fail := &api.Error{Service: service, Kind: api.ErrAuth, Cause: errNoToken, Advice: t.advice("")}
	chain := t.config.Credentials.kind() == kindDefault
	var last *heardAnswer
	if heard != nil && (!chain || decisive(cause, heard.last)) {
		last = heard.last // of several places that were tried, the last one may not be the one that matters
	}
	if last != nil && last.err != nil {
		fail.Kind = api.ErrUnavailable
		if !t.config.Credentials.ManagedIdentity {
			fail.Advice = fmt.Sprintf("Check that %s can be reached from here, and run again", last.host)
		}
	}
	// The library repeats the answer of the server with everything around it, on many lines.
	text := plainReason(cause.Error())
	if chain {
		text = chainReasons(cause)
	}
	if last != nil && last.status != 0 {
		text = fmt.Sprintf("%s answered HTTP %d", last.host, last.status)
		if said, code := explainLogin(last.body); said != "" {
			text += ": " + api.Shorten(said)
			fail.Advice = t.advice(code)
		}
		if last.status >= http.StatusInternalServerError || last.status == http.StatusTooManyRequests {
			fail.Kind, fail.Advice = api.ErrUnavailable, "The service that gives tokens failed; run again later"
		}
	}
	fail.Answer = t.client.Mask(text)
	return fail
}

var errNoToken = errors.New("there is no access token")

// explainLogin reads an error of Microsoft Entra: a text, and the code of its kind.
func explainLogin(body []byte) (said, code string) {
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
		Codes       []int  `json:"error_codes"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return "", ""
	}
	// The first line is the reason. After it come numbers of the request.
	said, _, _ = strings.Cut(answer.Description, "\r\n")
	said, _, _ = strings.Cut(said, " Trace ID:")
	if said == "" {
		said = answer.Error
	}
	if len(answer.Codes) > 0 {
		code = fmt.Sprint(answer.Codes[0])
	}
	return said, code
}

// advice says what to do about a token that was not given, by Entra's code.
func (t *tokens) advice(code string) string {
	switch code {
	case "7000215":
		return "The client secret is wrong: take its value and not its ID (App registrations, Certificates & secrets)"
	case "7000222":
		return "The client secret has expired: make a new one (App registrations, Certificates & secrets), and configure that"
	case "700016":
		return "The tenant has no application with this client_id: check client_id and tenant_id"
	case "90002", "900021", "900023":
		return "There is no such tenant in this cloud: check tenant_id and environment"
	case "70021", "700211", "700212", "700213":
		return "The application has no federated credential for this token: compare the issuer, the subject and the audience that the error names (App registrations, Certificates & secrets, Federated credentials)"
	case "700024":
		return "The OpenID Connect token has expired, as such tokens do after some minutes: give a file or a request URL, from which the provider takes a new one each time"
	case "700027":
		return "The application does not know the client certificate: upload it (App registrations, Certificates & secrets)"
	}
	switch t.config.Credentials.kind() {
	case "client secret":
		return "Check tenant_id, client_id and client_secret"
	case "client certificate":
		return "Check tenant_id, client_id and the client certificate"
	case "OpenID Connect token":
		return "Check tenant_id, client_id, and that the application has a federated credential for the issuer of the token"
	case "managed identity":
		return "Check that this machine has a managed identity, and, if it has several, set client_id"
	}
	return "Log in by az login, or configure credentials: client_id and tenant_id (environment: AZURE_CLIENT_ID, AZURE_TENANT_ID, or ARM_CLIENT_ID, ARM_TENANT_ID) with " +
		"client_secret (AZURE_CLIENT_SECRET, ARM_CLIENT_SECRET), client_certificate_path (AZURE_CLIENT_CERTIFICATE_PATH, ARM_CLIENT_CERTIFICATE_PATH) or use_oidc (ARM_USE_OIDC); " +
		"or use_msi (ARM_USE_MSI) for the managed identity of this machine. AZURE_CLIENT_ID alone names a managed identity"
}

// request gets a token of another issuer, as GitHub's workflows offer it.
func (t *tokens) request(ctx context.Context, from, bearer string) (string, error) {
	u, err := url.Parse(from)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return "", errors.New("the address of OpenID Connect tokens is no https URL")
	}
	query := u.Query()
	query.Set("audience", oidcAudience)
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return "", errors.New("the address of OpenID Connect tokens is no https URL")
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	req.Header.Set("Accept", "application/json")
	resp, err := (*exchange)(t).Do(req)
	if err != nil {
		return "", fmt.Errorf("%s gave no OpenID Connect token: %w", u.Host, err)
	}
	defer resp.Body.Close()
	content, _, err := peek(resp.Body)
	var answer struct {
		Value string `json:"value"`
	}
	if err != nil || resp.StatusCode != http.StatusOK || json.Unmarshal(content, &answer) != nil || answer.Value == "" {
		return "", fmt.Errorf("%s gave no OpenID Connect token, but HTTP %d", u.Host, resp.StatusCode)
	}
	t.client.AddSecret(answer.Value)
	return answer.Value, nil
}
