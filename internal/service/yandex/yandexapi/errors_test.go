package yandexapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/service/yandex/yandexapi"
)

// kinds are all that package api has, to see which an error does not match.
var kinds = []error{api.ErrNotFound, api.ErrAuth, api.ErrConflict, api.ErrRateLimited, api.ErrNotConfigured, api.ErrUnavailable, api.ErrOutcomeUnknown}

// Each code is an error of its own that says what to do, and none but the two temporary ones is
// tried again.
func TestEveryCode(t *testing.T) {
	const domainCall, accountCall = "POST domain/register", "POST email/add"
	for _, tc := range []struct {
		call string
		code yandexapi.Code
		kind error // nil: none
		want string
	}{
		{domainCall, yandexapi.NoToken, api.ErrAuth, "Check pdd_token"},
		{domainCall, yandexapi.NoAuth, api.ErrAuth, "Check pdd_token"},
		{domainCall, yandexapi.BadToken, api.ErrAuth, "Check pdd_token"},
		{domainCall, yandexapi.BadLogin, api.ErrAuth, "Check pdd_token"},
		{domainCall, yandexapi.BadPassword, api.ErrAuth, "Check pdd_token"},
		{domainCall, "bad_oauth", api.ErrAuth, "Check pdd_token"},
		{domainCall, "get_new_token_please", api.ErrAuth, "Get a new one"},
		{domainCall, yandexapi.NotAllowed, api.ErrAuth, "the user who connected the domain"},
		{domainCall, "not_master_admin", api.ErrAuth, "the user who connected the domain"},
		{domainCall, yandexapi.NoDomain, nil, "Check that base_url"},
		{domainCall, yandexapi.NoIP, nil, "Check that base_url"},
		{domainCall, yandexapi.BadDomain, nil, "Check its spelling"},
		{domainCall, yandexapi.Prohibited, nil, "another mail service"},
		{domainCall, yandexapi.Blocked, nil, "have the block lifted"},
		{domainCall, yandexapi.Occupied, api.ErrConflict, "cannot be imported with this token"},
		{domainCall, yandexapi.DomainLimitReached, nil, "which are 50"},
		{domainCall, yandexapi.MigratedToConnect, nil, "take it out of the state"},
		{domainCall, "status_none", api.ErrNotFound, "not connected"},
		{domainCall, "never_heard_of", nil, "refused (code never_heard_of)"},
		{domainCall, "", nil, "refused"},

		{accountCall, yandexapi.BadToken, api.ErrAuth, "Check pdd_token"},
		{accountCall, yandexapi.NotAllowed, api.ErrAuth, "that the domain is connected and verified"},
		{accountCall, yandexapi.Occupied, api.ErrConflict, "the name is taken"},
		{accountCall, "login_reserved", nil, "the name is reserved"},
		{accountCall, yandexapi.BadLogin, nil, "Choose another local part"},
		{accountCall, "badlogin", nil, "Choose another local part"},
		{accountCall, "login-toolong", nil, "Choose another local part"},
		{accountCall, "login-empty", nil, "Check that base_url"},
		{accountCall, "no_login", nil, "Check that base_url"},
		{accountCall, "no_uid_or_login", nil, "Check that base_url"},
		{accountCall, yandexapi.BadPassword, nil, "Choose another password"},
		{accountCall, "badpasswd", nil, "6 to 20 characters"},
		{accountCall, "passwd-tooshort", nil, "the password is too short"},
		{accountCall, "passwd-toolong", nil, "the password is too long"},
		{accountCall, "passwd-likelogin", nil, "too like the name"},
		{accountCall, "passwd-empty", nil, "Check that base_url"},
		{accountCall, "no_password", nil, "Check that base_url"},
		{accountCall, "account_not_found", api.ErrNotFound, "no such mailbox"},
		{accountCall, "user_blocked", nil, "have the block lifted"},
		{accountCall, "bad_request, passwd-toolong", nil, "the password is too long"},
	} {
		t.Run(tc.call+" "+string(tc.code), func(t *testing.T) {
			s := newScripted(t)
			s.has()
			s.says("GET domain/details", none)
			s.says("GET email/list", accountsOf())
			s.refuses(tc.call, tc.code)
			c := s.client()
			var err error
			if tc.call == domainCall {
				_, err = c.Register(t.Context(), "example.com")
			} else {
				_, err = c.CreateAccount(t.Context(), "alice@example.com", password, yandexapi.Profile{})
			}
			wantError(t, err, tc.kind, tc.want)
			for _, kind := range kinds {
				if errors.Is(err, kind) != (kind == tc.kind) {
					t.Errorf("whether %q: %v", kind, err)
				}
			}
			if !strings.Contains(string(tc.code), ",") && !errors.Is(err, tc.code) {
				t.Errorf("not %q: %v", tc.code, err)
			}
			if n := s.count(tc.call); n != 1 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

func TestTemporaryFailures(t *testing.T) {
	for _, code := range []yandexapi.Code{yandexapi.Unknown, yandexapi.NoReply} {
		for _, tc := range []struct {
			call, success string
			make          func(context.Context, *yandexapi.Client) error
		}{
			{"GET domain/domains", `{"success":"ok","total":0,"domains":[]}`, func(ctx context.Context, c *yandexapi.Client) error {
				_, err := c.Domains(ctx)
				return err
			}},
			{"GET domain/registration_status", registered, func(ctx context.Context, c *yandexapi.Client) error {
				_, err := c.RegistrationStatus(ctx, "example.com")
				return err
			}},
			{"POST domain/register", registered, func(ctx context.Context, c *yandexapi.Client) error {
				_, err := c.Register(ctx, "example.com")
				return err
			}},
			{"POST domain/delete", fine, func(ctx context.Context, c *yandexapi.Client) error {
				return c.DeleteDomain(ctx, "example.com")
			}},
			{"POST email/del", fine, func(ctx context.Context, c *yandexapi.Client) error {
				return c.DeleteAccount(ctx, "alice@example.com")
			}},
			{"POST dkim/enable", `{"success":"ok","dkim":{"enabled":"yes","txtrecord":"v=DKIM1; p=AAAA"}}`, func(ctx context.Context, c *yandexapi.Client) error {
				_, err := c.EnableDKIM(ctx, "example.com")
				return err
			}},
		} {
			t.Run(string(code)+" "+tc.call, func(t *testing.T) {
				s := newScripted(t)
				s.has("example.org")
				s.says("GET domain/details", none)
				s.says("GET email/list", accountsOf("bob@example.com"))
				s.says(tc.call, refusal(code), refusal(code), tc.success)
				if err := tc.make(t.Context(), s.client()); err != nil {
					t.Error(err)
				}
				if n := s.count(tc.call); n != 3 {
					t.Errorf("%d calls", n)
				}
			})
		}
	}
}

func TestTemporaryFailureThatLasts(t *testing.T) {
	s := newScripted(t)
	s.refuses("GET domain/domains", yandexapi.Unknown)
	_, err := s.client().Domains(t.Context())
	wantError(t, err, api.ErrUnavailable, "code unknown", "run again later")
	if n := s.count("GET domain/domains"); n != 5 {
		t.Errorf("%d calls", n)
	}

	s.has()
	s.says("GET domain/details", none)
	s.refuses("POST domain/register", yandexapi.Unknown)
	_, err = s.client().Register(t.Context(), "example.com")
	wantError(t, err, yandexapi.Unknown, "code unknown", "run again later")
	if errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("it was looked for each time: %v", err)
	}
	if n := s.count("POST domain/register"); n != 5 {
		t.Errorf("%d calls", n)
	}
}

// The wait between attempts ends with the caller's context, however long it would be.
func TestTemporaryFailureOfACancelledCaller(t *testing.T) {
	s := newScripted(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.does("GET domain/details", func(w http.ResponseWriter, _ url.Values) {
		_, _ = io.WriteString(w, refusal(yandexapi.Unknown))
		cancel()
	})
	_, err := s.client(func(cfg *yandexapi.Config) { cfg.RetryWaitMin = time.Hour }).Details(ctx, "example.com")
	if err == nil || s.count("GET domain/details") != 1 {
		t.Errorf("%d calls, %v", s.count("GET domain/details"), err)
	}
}

// failing is a service that fails for a time.
type failing struct{ times int }

func (f *failing) RoundTrip(*http.Request) (*http.Response, error) {
	body := `{"success":"ok","total":0,"domains":[]}`
	if f.times--; f.times >= 0 {
		body = refusal(yandexapi.Unknown)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// A service in trouble is left alone for a while, and for a longer one each time.
func TestPausesBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var took []time.Duration
		for times := range 4 {
			start := time.Now()
			if _, err := yandexapi.New(yandexapi.Config{Token: token, Transport: &failing{times}}).Domains(t.Context()); err != nil {
				t.Fatal(err)
			}
			took = append(took, time.Since(start))
		}
		for times, least := range []time.Duration{0, 250 * time.Millisecond, 750 * time.Millisecond, 1750 * time.Millisecond} {
			if took[times] < least || took[times] > 2*least+time.Microsecond {
				t.Errorf("%d failures took %s, want %s to twice that", times, took[times], least)
			}
		}
	})
}

func TestUnintelligibleAnswers(t *testing.T) {
	for name, body := range map[string]string{
		"without success": `{"domain":"example.com","status":"added"}`,
		"only an error":   `{"error":"` + token + `"}`,
		"neither":         `{"success":"maybe"}`,
		"a list":          `[]`,
		"a page":          `<html>Welcome ` + token + `</html>`,
		"nothing":         ``,
		"cut JSON":        `{"success":"ok"`,
		"another domain":  `{"success":"ok","domain":"example.net","status":"added"}`,
		"without status":  `{"success":"ok","domain":"example.com"}`,
		"odd secrets":     `{"success":"ok","domain":"example.com","status":"added","secrets":7}`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newScripted(t)
			s.has()
			s.says("GET domain/details", body)
			s.says("POST domain/register", body)
			c := s.client()
			_, err := c.Details(t.Context(), "example.com")
			wantError(t, err, api.ErrUnavailable, "in the provider configuration")
			if errors.Is(err, api.ErrOutcomeUnknown) || errors.Is(err, api.ErrNotFound) {
				t.Errorf("reading: %v", err)
			}
			s.says("GET domain/details", none)
			_, err = c.Register(t.Context(), "example.com")
			wantError(t, err, api.ErrOutcomeUnknown, "safe to run again")
			if n := s.count("POST domain/register"); n != 1 {
				t.Errorf("registered %d times", n)
			}
		})
	}
}

func TestStatuses(t *testing.T) {
	for _, tc := range []struct {
		name   string
		status int
		body   string
		kind   error
		want   string
	}{
		{"a wrong URL", 404, "<html>no such page</html>", api.ErrUnavailable, "Check that base_url"},
		{"a wrong URL in words", 404, "not found", api.ErrUnavailable, "Check that base_url"},
		{"credentials", 403, "go away", api.ErrAuth, "Check pdd_token"},
		{"a code", 400, refusal(yandexapi.BadDomain), yandexapi.BadDomain, "it is not a domain name"},
		{"an unknown code", 404, refusal("odd"), yandexapi.Code("odd"), "refused"},
		{"a code of a failure", 503, refusal(yandexapi.Unknown), api.ErrUnavailable, "the service failed"},
		{"JSON", 400, `{"secretkey":"` + token + `"}`, nil, "bytes of JSON that give no reason"},
		{"a redirect", 302, "", nil, "Redirects are not followed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := newScripted(t)
			s.does("GET domain/details", func(w http.ResponseWriter, _ url.Values) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(tc.status)
				_, _ = io.WriteString(w, tc.body)
			})
			_, err := s.client().Details(t.Context(), "example.com")
			wantError(t, err, tc.kind, tc.want)
			if errors.Is(err, api.ErrNotFound) {
				t.Errorf("not found: %v", err)
			}
			if n := s.count("GET domain/details"); (n == 5) != (tc.status >= 500) || n != 1 && n != 5 {
				t.Errorf("%d calls", n)
			}
		})
	}
}

func TestNotConfigured(t *testing.T) {
	_, err := yandexapi.New(yandexapi.Config{}).Domains(t.Context())
	wantError(t, err, api.ErrNotConfigured, "YANDEX_PDD_TOKEN")
}

// A token behind a code, in whatever case the service sends it back, is masked; the code as such is
// shown as documented.
func TestTokensBehindCodesAreMasked(t *testing.T) {
	for _, form := range []string{token, strings.ToLower(token), "Bad_Token " + token, "unknown," + strings.ToLower(token)} {
		for status, body := range map[int]string{200: `{"success":"error","error":"` + form + `"}`, 400: `{"error":"` + form + `"}`} {
			s := newScripted(t)
			s.answers["GET domain/domains"] = func(w http.ResponseWriter, _ url.Values) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}
			_, err := s.client().Domains(t.Context())
			if err == nil || strings.Contains(strings.ToLower(err.Error()), strings.ToLower(token)) || !strings.Contains(err.Error(), "***") {
				t.Errorf("%d %s: %v", status, form, err)
			}
		}
	}
	s := newScripted(t)
	s.says("GET domain/domains", `{"success":"error","error":"BAD_TOKEN"}`)
	if _, err := s.client().Domains(t.Context()); !errors.Is(err, yandexapi.BadToken) || !strings.Contains(err.Error(), "(code bad_token)") {
		t.Errorf("%v", err)
	}
}

// An answer about another domain is an error, and the change counts as open.
func TestAnswersAboutAnotherDomain(t *testing.T) {
	other := `{"success":"ok","domain":"bank.example","status":"added","stage":"added","login":"alice","uid":1,` +
		`"dkim":{"enabled":"yes","txtrecord":"v=DKIM1; k=rsa; p=MIGf"},"accounts":[],"page":1,"pages":1,"total":0,"found":0}`
	for name, call := range map[string]func(c *yandexapi.Client) error{
		"POST domain/register": func(c *yandexapi.Client) error { _, err := c.Register(t.Context(), "example.com"); return err },
		"GET domain/details":   func(c *yandexapi.Client) error { _, err := c.Details(t.Context(), "example.com"); return err },
		"GET email/list":       func(c *yandexapi.Client) error { _, err := c.Accounts(t.Context(), "example.com"); return err },
		"GET dkim/status":      func(c *yandexapi.Client) error { _, err := c.DKIM(t.Context(), "example.com"); return err },
		"POST dkim/enable":     func(c *yandexapi.Client) error { _, err := c.EnableDKIM(t.Context(), "example.com"); return err },
		"POST dkim/disable":    func(c *yandexapi.Client) error { return c.DisableDKIM(t.Context(), "example.com") },
		"POST domain/delete":   func(c *yandexapi.Client) error { return c.DeleteDomain(t.Context(), "example.com") },
	} {
		s := newScripted(t)
		s.has("example.org")
		for _, read := range []string{"GET domain/details", "GET dkim/status"} {
			s.says(read, `{"success":"ok","domain":"example.com","status":"added","stage":"added","dkim":{"enabled":"no"}}`)
		}
		if strings.HasSuffix(name, "/disable") || strings.HasSuffix(name, "/enable") {
			s.says("GET dkim/status", other)
		}
		s.says(name, other)
		if name == "POST domain/register" {
			s.says("GET domain/details", `{"success":"ok","status":"none"}`)
		}
		if err := call(s.client()); !errors.Is(err, api.ErrUnavailable) || !strings.Contains(err.Error(), "about bank.example") && !strings.Contains(err.Error(), "it still") && !strings.Contains(err.Error(), "still there") {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Another spelling is the same domain.
	s := newScripted(t)
	s.says("GET domain/details", `{"success":"ok","domain":"Пример.Example.","status":"added","stage":"added"}`)
	if _, err := s.client().Details(t.Context(), "xn--e1afmkfd.example"); err != nil {
		t.Error(err)
	}
}
