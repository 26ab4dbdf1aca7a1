package awsauth_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/awsauth"
)

// world is the surroundings of credentials: an empty home, no variables, and a transport that records
// what is asked. Nothing of the machine is read.
type world struct {
	home string

	mu     sync.Mutex
	asked  []string // hosts and forms of the calls
	answer func(r *http.Request, form string) (status int, body string)
}

func newWorld(t *testing.T) *world {
	t.Helper()
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			t.Setenv(name, "")
		}
	}
	w := &world{home: t.TempDir()}
	t.Setenv("HOME", w.home)
	t.Setenv("USERPROFILE", w.home)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(w.home, "config"))
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", filepath.Join(w.home, "credentials"))
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	return w
}

// RoundTrip answers the calls for temporary credentials.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	form := ""
	if r.Body != nil {
		content, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		form = string(content)
	}
	w.mu.Lock()
	w.asked = append(w.asked, r.URL.Host+" "+form)
	answer := w.answer
	w.mu.Unlock()
	if answer == nil {
		return nil, fmt.Errorf("nobody answers at %s", r.URL.Host)
	}
	status, body := answer(r, form)
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"text/xml"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

func (w *world) calls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.asked)
}

func (w *world) write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(w.home, file), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// assumed is the answer with temporary credentials of an action.
func assumed(action string, lifetime time.Duration) string {
	return fmt.Sprintf(`<%[1]sResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><%[1]sResult><Credentials>
<AccessKeyId>ASIAOFTHEROLE</AccessKeyId><SecretAccessKey>secret of the role</SecretAccessKey><SessionToken>token of the role</SessionToken><Expiration>%[2]s</Expiration>
</Credentials><AssumedRoleUser><Arn>arn</Arn><AssumedRoleId>id</AssumedRoleId></AssumedRoleUser></%[1]sResult></%[1]sResponse>`, action, time.Now().Add(lifetime).UTC().Format(time.RFC3339))
}

func failing(code, message string) string {
	return `<ErrorResponse><Error><Type>Sender</Type><Code>` + code + `</Code><Message>` + message + `</Message></Error></ErrorResponse>`
}

// Nothing is read and nobody is asked before the first call, and keys need neither.
func TestNothingIsReadBeforeTheFirstCall(t *testing.T) {
	w := newWorld(t)
	t.Setenv("AWS_CONFIG_FILE", filepath.Join(w.home, "no", "such", "folder"))
	t.Setenv("AWS_PROFILE", "nobody")
	credentials := awsauth.New(awsauth.Settings{Profile: "nobody", Transport: w}, nil)
	if _, err := credentials.Retrieve(t.Context()); !errors.Is(err, api.ErrNotConfigured) || !strings.Contains(err.Error(), `no profile "nobody"`) {
		t.Errorf("at the first call: %v", err)
	}
	w.write(t, "config", "this is [not a configuration\n")
	keys := awsauth.New(awsauth.Settings{AccessKey: "AKIA1", SecretKey: "secret", SessionToken: "token", Transport: w}, nil)
	got, err := keys.Retrieve(t.Context())
	if err != nil || got.AccessKeyID != "AKIA1" || got.SecretAccessKey != "secret" || got.SessionToken != "token" {
		t.Errorf("keys: %+v, %v", got, err)
	}
	if calls := w.calls(); len(calls) != 0 {
		t.Errorf("calls: %q", calls)
	}
}

// Keys of the configuration win over its profile, and its profile over the environment.
func TestPrecedence(t *testing.T) {
	w := newWorld(t)
	w.write(t, "credentials", "[default]\naws_access_key_id = OFDEFAULT\naws_secret_access_key = s\n[mail]\naws_access_key_id = OFMAIL\naws_secret_access_key = s\n")
	retrieve := func(s awsauth.Settings) string {
		t.Helper()
		s.Transport = w
		got, err := awsauth.New(s, nil).Retrieve(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return got.AccessKeyID
	}
	check := func(what, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	check("the default profile", retrieve(awsauth.Settings{}), "OFDEFAULT")
	check("a profile", retrieve(awsauth.Settings{Profile: "mail"}), "OFMAIL")
	t.Setenv("AWS_PROFILE", "mail")
	check("the profile of the environment", retrieve(awsauth.Settings{}), "OFMAIL")
	t.Setenv("AWS_ACCESS_KEY_ID", "OFENVIRONMENT")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "s")
	check("keys of the environment", retrieve(awsauth.Settings{}), "OFENVIRONMENT")
	check("a profile beside them", retrieve(awsauth.Settings{Profile: "default"}), "OFDEFAULT")
	check("keys beside a profile", retrieve(awsauth.Settings{AccessKey: "OFBLOCK", SecretKey: "s", Profile: "default"}), "OFBLOCK")
}

// A role is assumed once, with its session name and external ID, and again when its credentials are
// about to expire or were refused.
func TestRole(t *testing.T) {
	w := newWorld(t)
	lifetime := time.Hour
	w.answer = func(*http.Request, string) (int, string) { return 200, assumed("AssumeRole", lifetime) }
	var learned []string
	settings := awsauth.Settings{AccessKey: "AKIA1", SecretKey: "secret", Transport: w, Region: "eu-central-1",
		Role: awsauth.Role{ARN: "arn:aws:iam::111122223333:role/dns", ExternalID: "customer 1"}}
	credentials := awsauth.New(settings, func(secret string) { learned = append(learned, secret) })
	for range 3 {
		got, err := credentials.Retrieve(t.Context())
		if err != nil || got.AccessKeyID != "ASIAOFTHEROLE" {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	calls := w.calls()
	if len(calls) != 1 {
		t.Fatalf("calls: %q", calls)
	}
	for _, part := range []string{"sts.eu-central-1.amazonaws.com ", "RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fdns", "RoleSessionName=" + awsauth.SessionName, "ExternalId=customer+1"} {
		if !strings.Contains(calls[0], part) {
			t.Errorf("%s is not in %s", part, calls[0])
		}
	}
	if !slices.Equal(learned, []string{"secret of the role", "token of the role"}) {
		t.Errorf("to be masked are %q", learned)
	}
	credentials.Invalidate()
	lifetime = time.Minute // so short that it is used once
	for range 2 {
		if _, err := credentials.Retrieve(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(w.calls()); n != 3 {
		t.Errorf("%d calls, want 3", n)
	}
}

// A web identity of the environment is exchanged for a role's credentials. The token file is read at
// that time.
func TestWebIdentity(t *testing.T) {
	w := newWorld(t)
	t.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", filepath.Join(w.home, "token"))
	t.Setenv("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/ci")
	w.answer = func(_ *http.Request, form string) (int, string) {
		if !strings.Contains(form, "WebIdentityToken=the.web.token") {
			return 400, failing("InvalidIdentityToken", "no")
		}
		return 200, assumed("AssumeRoleWithWebIdentity", time.Hour)
	}
	credentials := awsauth.New(awsauth.Settings{Transport: w}, nil)
	w.write(t, "token", "the.web.token")
	if got, err := credentials.Retrieve(t.Context()); err != nil || got.AccessKeyID != "ASIAOFTHEROLE" {
		t.Errorf("%+v, %v", got, err)
	}
	if calls := w.calls(); len(calls) != 1 {
		t.Errorf("calls: %q", calls)
	}
}

// Errors say which credentials were wanted, and what to do now.
func TestErrors(t *testing.T) {
	const role = "arn:aws:iam::111122223333:role/dns"
	for what, tc := range map[string]struct {
		settings awsauth.Settings
		prepare  func(t *testing.T, w *world)
		status   int
		body     string
		kind     error
		says     string
	}{
		"not allowed to assume": {awsauth.Settings{AccessKey: "AKIA1", SecretKey: "secret", Role: awsauth.Role{ARN: role}}, nil, 403,
			failing("AccessDenied", "User: x is not authorized to perform: sts:AssumeRole"), api.ErrAuth, "they need sts:AssumeRole"},
		"an expired key": {awsauth.Settings{AccessKey: "AKIA1", SecretKey: "secret", Role: awsauth.Role{ARN: role}}, nil, 403,
			failing("ExpiredToken", "expired"), api.ErrAuth, "The credentials have expired"},
		"a wrong key": {awsauth.Settings{AccessKey: "AKIA1", SecretKey: "secret", Role: awsauth.Role{ARN: role}}, nil, 403,
			failing("InvalidClientTokenId", "echo of secret"), api.ErrAuth, "mistyped, deactivated or deleted"},
		"nobody answers": {awsauth.Settings{AccessKey: "AKIA1", SecretKey: "secret", Role: awsauth.Role{ARN: role}}, nil, 0, "", api.ErrUnavailable, "can be reached"},
		"none at all":    {awsauth.Settings{}, nil, 0, "", api.ErrNotConfigured, "Set an access key, a profile or a role"},
		"a broken file": {awsauth.Settings{Profile: "mail"}, func(t *testing.T, w *world) {
			w.write(t, "config", "[profile mail]\nrole_arn = x\nsource_profile = gone\n")
		}, 0, "", nil, `of the profile "mail"`},
		"a login that ended": {awsauth.Settings{Profile: "sso"}, func(t *testing.T, w *world) {
			w.write(t, "config", "[profile sso]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-central-1\nsso_account_id = 111122223333\nsso_role_name = dns\n")
		}, 0, "", api.ErrAuth, "aws sso login --profile sso"},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			if tc.prepare != nil {
				tc.prepare(t, w)
			}
			if tc.status != 0 {
				w.answer = func(*http.Request, string) (int, string) { return tc.status, tc.body }
			}
			tc.settings.Transport = w
			_, err := awsauth.New(tc.settings, nil).Retrieve(t.Context())
			if err == nil || tc.kind != nil && !errors.Is(err, tc.kind) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v", err)
			}
			if err != nil && tc.settings.SecretKey != "" && strings.Contains(err.Error(), "of "+tc.settings.SecretKey) {
				t.Errorf("the secret key is in %v", err)
			}
		})
	}
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := awsauth.New(awsauth.Settings{AccessKey: "AKIA1", SecretKey: "secret", Role: awsauth.Role{ARN: role}, Transport: w}, nil).Retrieve(ctx)
	if !errors.Is(err, context.Canceled) || errors.Is(err, api.ErrAuth) {
		t.Errorf("a run that was stopped: %v", err)
	}
}
