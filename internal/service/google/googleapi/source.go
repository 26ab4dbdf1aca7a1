package googleapi

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
)

// Credentials say who calls the API. The zero value stands for application default credentials: the
// file that GOOGLE_APPLICATION_CREDENTIALS names, gcloud's own file, or the metadata server.
type Credentials struct {
	// AccessToken is an access token, which cannot be renewed. It takes precedence over Text.
	AccessToken string
	// Text is the content of a credentials file, or the path of one: the key of a service account, the
	// configuration of workload identity federation, or gcloud's credentials of a user.
	Text string
	// Impersonate is the e-mail address of a service account to act as; empty: none.
	Impersonate string

	// From is the attribute or the variable that AccessToken or else Text comes from, for messages;
	// empty: none is known.
	From string
	// Ignored is the variable with credentials that do not count, because there is an AccessToken;
	// empty: none.
	Ignored string
}

// from names where the credentials come from.
func (c Credentials) from() string {
	if c.From != "" {
		return c.From
	}
	return "the provider configuration"
}

// platformScope is the scope with which another service account can be impersonated.
const platformScope = "https://www.googleapis.com/auth/cloud-platform"

// fileTypes are the types of credentials files that are accepted.
var fileTypes = []google.CredentialsType{
	google.ServiceAccount, google.AuthorizedUser, google.ExternalAccount, google.ExternalAccountAuthorizedUser, google.ImpersonatedServiceAccount,
}

// source gets access tokens.
type source struct {
	credentials Credentials
	exchange    *exchange
	files       api.Cache[*file]
}

func newSource(cfg Config) *source {
	return &source{credentials: cfg.Credentials, exchange: newExchange(cfg)}
}

// file is the content of a credentials file. Its text is nil if there is none, so that the metadata
// server is asked.
type file struct {
	text  []byte
	where string // it comes from, for messages

	Type           google.CredentialsType `json:"type"`
	ProjectID      string                 `json:"project_id"`
	QuotaProjectID string                 `json:"quota_project_id"`
	ClientEmail    string                 `json:"client_email"`
}

const opToken = "get an access token"

// failed is an error before any call.
func failed(op string, kind, cause error, advice string) *api.Error {
	return &api.Error{Service: service, Op: op, Kind: kind, Cause: cause, Advice: advice}
}

// file reads the credentials file once.
func (s *source) file(ctx context.Context) (*file, error) {
	return s.files.Get(ctx, "file", func(context.Context) (*file, error) {
		f, err := s.read()
		if err != nil || f.text == nil {
			return f, err
		}
		if json.Unmarshal(f.text, f) != nil {
			return nil, failed(opToken, api.ErrAuth, fmt.Errorf("%s is not JSON", f.where), CredentialsForms)
		}
		if !slices.Contains(fileTypes, f.Type) {
			return nil, failed(opToken, api.ErrAuth, fmt.Errorf("%s is not a credentials file: its type is %q", f.where, api.Shorten(string(f.Type))), CredentialsForms)
		}
		return f, f.usable()
	})
}

// usable says which part of a credentials file is missing or unusable, before Google's library tries it.
// The library tells of a key in terms of its encoding. The error has nothing of the file but names.
func (f *file) usable() error {
	var fields map[string]any
	if json.Unmarshal(f.text, &fields) != nil {
		return nil // it was read before
	}
	has := func(name string) bool { text, _ := fields[name].(string); return strings.TrimSpace(text) != "" }
	var missing []string
	need := func(names ...string) {
		for _, name := range names {
			if !has(name) {
				missing = append(missing, name)
			}
		}
	}
	switch f.Type {
	case google.ServiceAccount:
		need("client_email", "private_key")
	case google.AuthorizedUser:
		need("client_id", "client_secret", "refresh_token")
	case google.ExternalAccount:
		need("audience", "subject_token_type")
	}
	if missing != nil {
		return failed(opToken, api.ErrAuth, fmt.Errorf("%s is of the type %q and lacks %s", f.where, f.Type, strings.Join(missing, " and ")), completeAdvice)
	}
	if f.Type == google.ServiceAccount {
		if key, _ := fields["private_key"].(string); !isPrivateKey(key) {
			return failed(opToken, api.ErrAuth, fmt.Errorf("the private_key in %s is not a private key in PEM, which begins with -----BEGIN PRIVATE KEY-----: it may be cut off, or its line breaks may have been changed", f.where), completeAdvice)
		}
	}
	return nil
}

// completeAdvice is the advice for a credentials file of which a part is missing or damaged.
const completeAdvice = "Take the file as it was downloaded or written by gcloud, without any change, or make a new one"

// isPrivateKey reports whether a text is an RSA key as Google's library reads it.
func isPrivateKey(text string) bool {
	der := []byte(text)
	if block, _ := pem.Decode(der); block != nil {
		der = block.Bytes
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err == nil {
		_, is := parsed.(*rsa.PrivateKey)
		return is
	}
	_, err = x509.ParsePKCS1PrivateKey(der)
	return err == nil
}

// CredentialsForms says what credentials are, as a sentence without its full stop.
const CredentialsForms = "Credentials are the JSON of a service account's key, of workload identity federation, or of gcloud auth application-default login, or the path of a file with it"

// read finds the credentials file.
func (s *source) read() (*file, error) {
	given := strings.TrimSpace(s.credentials.Text)
	if strings.HasPrefix(given, "{") {
		return &file{text: []byte(given), where: "the JSON of " + s.credentials.from()}, nil
	}
	path, where := given, "the file that "+s.credentials.from()+" names"
	if path == "" {
		if path, where = os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"), "the file of GOOGLE_APPLICATION_CREDENTIALS"; path == "" {
			return s.readDefault()
		}
	}
	content, err := os.ReadFile(expandHome(path))
	if err != nil {
		if nameable(path) {
			where += fmt.Sprintf(", %q,", path)
		}
		return nil, failed(opToken, api.ErrAuth, fmt.Errorf("%s cannot be read: %w", where, reasonOf(err)), CredentialsForms)
	}
	return &file{text: content, where: where}, nil
}

// nameable reports whether a text that was taken for a path can be shown. It may be something else, such
// as a key or a token: what looks like a path ends in .json, and is short.
func nameable(path string) bool {
	const longest = 200
	return len(path) <= longest && strings.HasSuffix(path, ".json") && !strings.Contains(path, "PRIVATE KEY")
}

// reasonOf is the error of a file operation without the path, which may be something else that was
// taken for one, such as a key.
func reasonOf(err error) error {
	var inPath *os.PathError
	if errors.As(err, &inPath) {
		return inPath.Err
	}
	return err
}

// readDefault reads gcloud's own file, if there is one.
func (s *source) readDefault() (*file, error) {
	content, err := os.ReadFile(gcloudFile())
	switch {
	case err == nil:
		return &file{text: content, where: "gcloud's file of application default credentials"}, nil
	case errors.Is(err, os.ErrNotExist):
		return &file{where: "the metadata server"}, nil
	}
	return nil, failed(opToken, api.ErrAuth, fmt.Errorf("gcloud's file of application default credentials cannot be read: %w", err), "")
}

// gcloudFile is where gcloud keeps application default credentials.
func gcloudFile() string {
	const name = "application_default_credentials.json"
	if folder := os.Getenv("CLOUDSDK_CONFIG"); folder != "" {
		return filepath.Join(folder, name)
	}
	if runtime.GOOS == "windows" {
		return filepath.Join(os.Getenv("APPDATA"), "gcloud", name)
	}
	home, _ := os.UserHomeDir() // without one, there is no such file
	return filepath.Join(home, ".config", "gcloud", name)
}

func expandHome(path string) string {
	if rest, found := strings.CutPrefix(path, "~/"); found {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}

// token gets an access token.
func (s *source) token(ctx context.Context) (*token, error) {
	scopes := []string{scope}
	if s.credentials.Impersonate != "" {
		scopes = []string{platformScope}
	}
	got, err := s.own(ctx, scopes)
	if err != nil || s.credentials.Impersonate == "" {
		return got, err
	}
	return s.impersonated(ctx, got)
}

// own gets an access token of the credentials themselves.
func (s *source) own(ctx context.Context, scopes []string) (*token, error) {
	if s.credentials.AccessToken != "" {
		return &token{access: s.credentials.AccessToken, fixed: true}, nil
	}
	f, err := s.file(ctx)
	if err != nil {
		return nil, err
	}
	if f.text == nil {
		return s.fromMetadata(ctx, scopes)
	}
	got, err := s.exchange.run(ctx, f.who(), secretsOf(f.text), func(ctx context.Context) (*oauth2.Token, error) {
		found, err := google.CredentialsFromJSONWithTypeAndParams(ctx, f.text, f.Type, google.CredentialsParams{Scopes: scopes})
		if err != nil {
			return nil, err
		}
		return found.TokenSource.Token()
	})
	if err != nil {
		return nil, tokenTrouble(err, f)
	}
	t := &token{access: got.AccessToken, expiry: got.Expiry}
	if f.Type == google.AuthorizedUser || f.Type == google.ExternalAccountAuthorizedUser {
		// A user's calls have to name the project that they count for. Others have one of their own.
		t.quotaProject = f.QuotaProjectID
		if named := os.Getenv("GOOGLE_CLOUD_QUOTA_PROJECT"); named != "" {
			t.quotaProject = named
		}
	}
	return t, nil
}

// who names the account of a credentials file, for messages.
func (f *file) who() string {
	if f.ClientEmail != "" {
		return f.ClientEmail
	}
	return string(f.Type)
}

// secretFields are the parts of a credentials file that are secret.
var secretFields = []string{"private_key", "client_secret", "refresh_token", "access_token"}

// secretsOf returns the secrets of a credentials file, at whatever depth.
func secretsOf(text []byte) []string {
	var secrets []string
	var look func(key string, node any)
	look = func(key string, node any) {
		switch node := node.(type) {
		case map[string]any:
			for inner, value := range node {
				if key == "headers" {
					inner = secretFields[0] // what is sent to get the token of another service
				}
				look(inner, value)
			}
		case []any:
			for _, value := range node {
				look(key, value)
			}
		case string:
			if slices.Contains(secretFields, key) {
				secrets = append(secrets, node)
			}
		}
	}
	var root any
	if json.Unmarshal(text, &root) == nil {
		look("", root)
	}
	return secrets
}

// impersonated gets an access token of another service account, with one of the caller's own
// (https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken).
func (s *source) impersonated(ctx context.Context, own *token) (*token, error) {
	account := s.credentials.Impersonate
	header := http.Header{"Authorization": {"Bearer " + own.access}}
	if own.quotaProject != "" {
		header.Set("X-Goog-User-Project", own.quotaProject)
	}
	request := api.Request{
		Op: opToken + " by impersonation of", Object: account, Method: http.MethodPost,
		Path:   []string{"v1", "projects", "-", "serviceAccounts", account + ":generateAccessToken"},
		Header: header, Repeat: api.Safely, Secrets: []string{own.access},
	}.WithJSON(map[string]any{"scope": []string{scope}, "lifetime": "3600s"})
	var got impersonatedToken
	err := s.exchange.send(ctx, &url.URL{Scheme: "https", Host: "iamcredentials.googleapis.com"}, request, &got)
	if err == nil && got.AccessToken == "" {
		err = unexpected(request.Op, account, errors.New("there is no token in it"))
	}
	if err != nil {
		return nil, impersonationTrouble(err, account)
	}
	return &token{access: got.AccessToken, expiry: got.ExpireTime}, nil
}

// project returns the project that the credentials belong to.
func (s *source) project(ctx context.Context) (string, error) {
	const op = "find out the project"
	unknown := failed(op, api.ErrNotConfigured, errors.New("the credentials do not say whose project's zones are meant"),
		`Set project in the block google (environment: GOOGLE_CLOUD_PROJECT, GOOGLE_PROJECT or GCLOUD_PROJECT), or name the zone with its project in the postmaster_dns_authorization: zone_id = "projects/PROJECT/managedZones/NAME"`)
	if s.credentials.AccessToken != "" {
		return "", unknown
	}
	f, err := s.file(ctx)
	switch {
	case err != nil:
		return "", err
	case f.text == nil:
		return s.projectFromMetadata(ctx)
	case f.ProjectID == "":
		return "", unknown
	}
	return f.ProjectID, nil
}

// refusedAdvice says what to do if the API does not accept an access token.
func (s *source) refusedAdvice() string {
	if s.credentials.AccessToken != "" && s.credentials.Impersonate == "" {
		ignored := ""
		if s.credentials.Ignored != "" {
			ignored = fmt.Sprintf(". %s does not count as long as %s is set: unset that to use it", s.credentials.Ignored, s.credentials.from())
		}
		return "The access token of " + s.credentials.from() + " has expired, or is none of Google's: configure a new one (gcloud auth print-access-token). A token lasts an hour; " +
			"the key of a service account and workload identity federation renew theirs" + ignored
	}
	return "Google has issued the access token, and does not accept it: check that the account is not disabled or deleted, and that this machine's clock is right"
}
