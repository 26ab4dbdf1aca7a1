package googleapi_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/sandbox/fault"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googleapi"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/google/googlesim"
)

// Errors of token endpoints name the account, what the endpoint says and what to do. None of them says
// that a zone does not exist, and none shows a secret.
func TestErrorsOfTokenEndpoints(t *testing.T) {
	private, _ := testKey()
	for what, tc := range map[string]struct {
		credentials googleapi.Credentials
		prepare     func(w *identities) fault.Conditions
		kind        error
		says        []string
	}{
		"a deleted key": {googleapi.Credentials{Text: keyFile(t)}, func(w *identities) fault.Conditions {
			_ = w.PutAccount(editorAccount, googlesim.Account{Project: googlesim.Project})
			return fault.Conditions{}
		}, api.ErrAuth, []string{editorAccount, "invalid_grant", "Invalid JWT Signature", "clock"}},
		"a user who has logged out": {googleapi.Credentials{Text: userFile(t, nil)}, func(w *identities) fault.Conditions {
			_ = w.PutAccount(userAccount, googlesim.Account{Project: googlesim.Project})
			return fault.Conditions{}
		}, api.ErrAuth, []string{"expired or revoked", "gcloud auth application-default login"}},
		"a wrong audience": {googleapi.Credentials{Text: federationFile(t, "a-token-of-somebody-else-000", nil)}, nil, api.ErrAuth, []string{"audience", "workload identity pool"}},
		"no right to act": {googleapi.Credentials{Text: keyFile(t), Impersonate: "nobody@sandbox-project.iam.gserviceaccount.com"}, nil,
			api.ErrAuth, []string{"nobody@sandbox-project", "iam.serviceAccounts.getAccessToken", "roles/iam.serviceAccountTokenCreator"}},
		"a service that fails": {googleapi.Credentials{Text: keyFile(t)}, func(*identities) fault.Conditions {
			return fault.Conditions{Faults: []fault.Fault{{Kind: fault.EmptyError, Path: "/token"}}}
		}, api.ErrUnavailable, []string{editorAccount, "HTTP 500"}},
		"no answer": {googleapi.Credentials{Text: keyFile(t)}, func(*identities) fault.Conditions {
			return fault.Conditions{Faults: []fault.Fault{{Kind: fault.Cut, Path: "/token"}}}
		}, api.ErrUnavailable, []string{editorAccount}},
		"a web page": {googleapi.Credentials{Text: keyFile(t)}, func(*identities) fault.Conditions {
			return fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: "<html>", Path: "/token"}}}
		}, api.ErrUnavailable, []string{"not what the API documents"}},
		"an empty answer": {googleapi.Credentials{Text: keyFile(t)}, func(*identities) fault.Conditions {
			return fault.Conditions{Faults: []fault.Fault{{Kind: fault.Status, Status: 200, Body: "{}", Path: "/token"}}}
		}, api.ErrUnavailable, []string{"there is no token"}},
		"not JSON":           {googleapi.Credentials{Text: `{"type":`}, nil, api.ErrAuth, []string{"is not JSON"}},
		"another file":       {googleapi.Credentials{Text: `{"type":"kubeconfig"}`}, nil, api.ErrAuth, []string{`"kubeconfig"`}},
		"a key that is none": {googleapi.Credentials{Text: asJSON(t, map[string]any{"type": "service_account", "client_email": editorAccount, "private_key": "secret-that-is-no-key-000"})}, nil, api.ErrAuth, []string{"the private_key in the JSON of the provider configuration is not a private key in PEM", "cut off"}},
		"a key that is cut off": {googleapi.Credentials{Text: asJSON(t, map[string]any{"type": "service_account", "client_email": editorAccount, "private_key": private[:200] + "\n-----END PRIVATE KEY-----\n"}), From: "GOOGLE_CREDENTIALS"},
			nil, api.ErrAuth, []string{"the private_key in the JSON of GOOGLE_CREDENTIALS is not a private key in PEM"}},
		"an account without a key": {googleapi.Credentials{Text: `{"type":"service_account","client_email":"` + editorAccount + `"}`, From: `dns_accounts["c"].google.credentials`},
			nil, api.ErrAuth, []string{`the JSON of dns_accounts["c"].google.credentials is of the type "service_account" and lacks private_key`}},
		"a user without a refresh token": {googleapi.Credentials{Text: userFile(t, map[string]any{"refresh_token": ""})}, nil, api.ErrAuth, []string{`is of the type "authorized_user" and lacks refresh_token`}},
		"a file that is not there": {googleapi.Credentials{Text: "no-such-file.json", From: "google.credentials"}, nil,
			api.ErrAuth, []string{`the file that google.credentials names, "no-such-file.json", cannot be read: no such file or directory`}},
		"an old token beside credentials": {googleapi.Credentials{AccessToken: "an-old-token-of-nobody", Text: keyFile(t), From: "GOOGLE_OAUTH_ACCESS_TOKEN", Ignored: "GOOGLE_CREDENTIALS"}, nil,
			api.ErrAuth, []string{"The access token of GOOGLE_OAUTH_ACCESS_TOKEN has expired", "GOOGLE_CREDENTIALS does not count as long as GOOGLE_OAUTH_ACCESS_TOKEN is set"}},
		"a path that is none": {googleapi.Credentials{Text: strings.ReplaceAll(private, "\n", "")}, nil, api.ErrAuth, []string{"cannot be read"}},
		"to a stranger, unencrypted": {googleapi.Credentials{Text: userFile(t, map[string]any{"token_uri": "http://oauth2.example.com/token"})}, nil,
			api.ErrAuth, []string{"without encryption"}},
	} {
		t.Run(what, func(t *testing.T) {
			w := newIdentities(t)
			if tc.prepare != nil {
				w.under(t, tc.prepare(w))
			}
			h := w.hostWith(t, googleapi.Config{Credentials: tc.credentials, Project: googlesim.Project, Transport: w})
			_, err := h.FindZone(t.Context(), "example.com")
			if !errors.Is(err, tc.kind) || errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrOutcomeUnknown) {
				t.Fatalf("got %v, want %v", err, tc.kind)
			}
			for _, says := range tc.says {
				if !strings.Contains(err.Error(), says) {
					t.Errorf("%q is not in: %v", says, err)
				}
			}
			for cause := err; cause != nil; cause = errors.Unwrap(cause) {
				for _, secret := range []string{refreshToken, clientSecret, "a-token-of-somebody-else-000", "secret-that-is-no-key-000", private[40:80]} {
					if strings.Contains(cause.Error(), secret) {
						t.Errorf("%s shows in: %v", secret, cause)
					}
				}
			}
		})
	}
}
