package googleapi

import (
	"context"
	"sync"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// scope is the OAuth scope that edits zones.
const scope = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"

// token is an access token.
type token struct {
	access string
	expiry time.Time // zero: not known
	// fixed says that the token was configured, so that there is no other one.
	fixed bool
	// quotaProject is the project whose quota the calls count for; empty: that of the credentials.
	quotaProject string
}

// early is how long before its expiry a token is replaced, so that it does not expire on the way.
const early = time.Minute

// tokens keeps the access token of a host. Callers share one request for a new one.
type tokens struct {
	source *source
	client *api.Client // learns each token, to mask it
	cache  api.Cache[*token]

	mu      sync.Mutex
	refused *token // by the service
}

// tokenKey is the only key of the cache of tokens.
const tokenKey = "token"

func newTokens(cfg Config, client *api.Client) *tokens {
	t := &tokens{source: newSource(cfg), client: client}
	client.AddSecret(cfg.Credentials.AccessToken)
	return t
}

// get returns a token. It asks for a new one if there is none, or if it expires soon or has been
// refused.
func (t *tokens) get(ctx context.Context) (*token, error) {
	for fresh := false; ; fresh = true {
		got, err := t.cache.Get(ctx, tokenKey, t.fetch)
		if err != nil || fresh || t.usable(got) {
			return got, err
		}
		t.cache.Forget(tokenKey)
	}
}

func (t *tokens) fetch(ctx context.Context) (*token, error) {
	got, err := t.source.token(ctx)
	if err == nil {
		t.client.AddSecret(got.access)
	}
	return got, err
}

func (t *tokens) usable(got *token) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return got.fixed || got != t.refused && (got.expiry.IsZero() || time.Until(got.expiry) > early)
}

// replace has the next call get another token than this one, which the service has refused. It
// reports false if there is no other one.
func (t *tokens) replace(refused *token) bool {
	if refused.fixed {
		return false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.refused = refused
	return true
}

// projectID returns the project of the configuration, or else that of the credentials.
func (h *Host) projectID(ctx context.Context) (string, error) {
	if h.project != "" {
		return h.project, nil
	}
	return h.tokens.source.project(ctx)
}
