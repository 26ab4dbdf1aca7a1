package api_test

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api"
	"github.com/postmaster-dev/terraform-provider-postmaster/internal/api/apitest"
)

// What a person reads when a call fails.
func TestErrorText(t *testing.T) {
	fails := func(err error) transport {
		return func(*http.Request) (*http.Response, error) { return nil, err }
	}
	answers := func(status int, body string, headers ...string) transport {
		return func(r *http.Request) (*http.Response, error) {
			return apitest.Response(r, status, body, headers...), nil
		}
	}
	dial := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 443}, Err: err}
	}
	for _, tc := range []struct {
		name string
		r    api.Request
		f    transport
		want string
	}{
		{"refusal", create(), answers(422, "Domain name is too long."),
			"mail server: create domain example.com: HTTP 422 Unprocessable Entity: Domain name is too long"},
		{"credentials", list(), answers(401, `{"error":"bad token"}`),
			`mail server: list domains: HTTP 401 Unauthorized: {"error":"bad token"}. Check the credentials in the provider configuration, and what they are allowed to do`},
		{"gateway", create(), answers(502, "<html>\n<h1>Bad Gateway</h1>\n</html>"),
			"mail server: create domain example.com: HTTP 502 Bad Gateway: <html> <h1>Bad Gateway</h1> </html>. " +
				"It may or may not have been carried out. " +
				"The service or a proxy in front of it failed; run again later"},
		{"a status without a name", list(), answers(520, "web server is down!"),
			"mail server: list domains: HTTP 520: web server is down! " +
				"The service or a proxy in front of it failed; run again later"},
		{"maintenance", list(), answers(503, "", seconds(7200)),
			"mail server: list domains: HTTP 503 Service Unavailable. " +
				"The service or a proxy in front of it failed; run again later, not before 2000-01-01T02:00:00Z"},
		{"rate limit", create(), answers(429, "Too many requests", seconds(3600)),
			"mail server: create domain example.com: HTTP 429 Too Many Requests: Too many requests. " +
				"The service wants fewer calls, not before 2000-01-01T01:00:00Z; run again later, or with a lower -parallelism"},
		{"not the API", list(), answers(404, "<!doctype html><title>Shop</title>"),
			"mail server: list domains: HTTP 404 Not Found: <!doctype html><title>Shop</title>. " +
				"Check that the URL in the provider configuration is that of the API itself, and that no proxy answers in its place"},
		{"redirect", create(), answers(301, "", "Location: https://login.example.net/sso?next=1"),
			"mail server: create domain example.com: HTTP 301 Moved Permanently: redirected to https://login.example.net/sso. " +
				"Redirects are not followed, as credentials would go along: check the URL in the provider configuration"},
		{"redirect to nowhere", list(), answers(302, ""),
			"mail server: list domains: HTTP 302 Found: redirected to an unreadable address. " +
				"Redirects are not followed, as credentials would go along: check the URL in the provider configuration"},
		{"refused connection", create(), fails(dial(syscall.ECONNREFUSED)),
			"mail server: create domain example.com: dial tcp 192.0.2.7:443: connection refused. " +
				"Nothing listens at mail.example.com: check the URL in the provider configuration, and that the service runs"},
		{"no such host", list(), fails(dial(&net.DNSError{Err: "no such host", Name: "mail.example.com", IsNotFound: true})),
			"mail server: list domains: dial tcp 192.0.2.7:443: lookup mail.example.com: no such host. " +
				"Check the host name in the URL mail.example.com of the provider configuration"},
		{"untrusted", list(), fails(x509.UnknownAuthorityError{}),
			"mail server: list domains: x509: certificate signed by unknown authority. " +
				"The certificate of mail.example.com is not trusted here; if it is signed by an authority of your own, name its file in the provider configuration"},
		{"cut", create(), fails(io.EOF),
			"mail server: create domain example.com: the connection was closed without an answer (EOF). " +
				"It may or may not have been carried out. " +
				"Check that mail.example.com can be reached from here, and run again"},
		{"cut body", list(), func(r *http.Request) (*http.Response, error) {
			resp := apitest.Response(r, 200, "")
			resp.Body = io.NopCloser(cutBody{})
			return resp, nil
		}, "mail server: list domains: the connection was cut in the middle of the answer (unexpected EOF). " +
			"Check that mail.example.com can be reached from here, and run again"},
		{"hanging", create(), func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, "mail server: create domain example.com: no complete answer within the time limit of 1m0s. " +
			"It may or may not have been carried out. " +
			"The service at mail.example.com did not answer in time; try again later"},
		{"stalled body", list(), func(r *http.Request) (*http.Response, error) {
			resp := apitest.Response(r, 200, "")
			resp.Body = stalled{r.Context()}
			return resp, nil
		}, "mail server: list domains: no complete answer within the time limit of 1m0s. " +
			"The service at mail.example.com did not answer in time; try again later"},
		{"too large", list(), answers(200, strings.Repeat("x", 2000)),
			"mail server: list domains: the answer is larger than any that the API documents. " +
				"Check that the URL in the provider configuration is that of the API itself, and that no proxy answers in its place"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := inMemory(t, tc.f)
				cfg.MaxBody = 1000
				_, err := api.New(cfg).Send(t.Context(), tc.r)
				if err == nil {
					t.Fatal("succeeded")
				}
				if got := err.Error(); got != tc.want {
					t.Errorf("got  %s\nwant %s", got, tc.want)
				}
			})
		})
	}
}

func TestErrorTextWithEverything(t *testing.T) {
	err := &api.Error{
		Service: "SendGrid", Op: "create sender domain", Object: "example.org", Status: 400, Code: "E1",
		Answer: "subdomain is taken", Advice: "Choose another", Unsure: true,
	}
	want := "SendGrid: create sender domain example.org: HTTP 400 Bad Request (code E1): subdomain is taken. " +
		"It may or may not have been carried out. Choose another"
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

// Some APIs answer "200 OK" and say in the body that the call failed: then HTTP has nothing to say.
func TestErrorTextOfSuccessForHTTP(t *testing.T) {
	err := &api.Error{Service: "Namecheap", Op: "read zone", Object: "example.org", Status: 200, Code: "2019166", Answer: "Domain name not found"}
	if want := "Namecheap: read zone example.org (code 2019166): Domain name not found"; err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
}

func TestErrorMatches(t *testing.T) {
	cause := errors.New("beneath")
	err := error(&api.Error{Service: "s", Op: "o", Kind: api.ErrConflict, Cause: cause})
	if !errors.Is(err, api.ErrConflict) || !errors.Is(err, cause) {
		t.Errorf("%v matches neither its kind nor its cause", err)
	}
	if errors.Is(err, api.ErrNotFound) || errors.Is(err, api.ErrOutcomeUnknown) {
		t.Errorf("%v matches what it is not", err)
	}
	if errors.Is(&api.Error{}, nil) || !errors.Is(&api.Error{Unsure: true}, api.ErrOutcomeUnknown) {
		t.Error("an error without a kind matches wrongly")
	}
}

// The cause of a failed call can be asked for, even where its text is masked.
func TestCauseInTheChain(t *testing.T) {
	cfg := inMemory(t, func(*http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("t0ken: %w", syscall.ECONNRESET)
	})
	cfg.Secrets, cfg.Retries = []string{"t0ken"}, -1
	_, err := api.New(cfg).Send(t.Context(), list())
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("%v does not match its cause", err)
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if strings.Contains(e.Error(), "t0ken") {
			t.Errorf("the chain tells the secret: %v", e)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"short", "short", "short"},
		{"lines", " a\r\n\tb  c ", "a b c"},
		{"empty", " \n", ""},
		{"just fits", strings.Repeat("x", 300), strings.Repeat("x", 300)},
		{"long", strings.Repeat("x", 301), strings.Repeat("x", 300) + " …"},
		{"long, in a character", strings.Repeat("x", 299) + "äöü", strings.Repeat("x", 299) + " …"},
	} {
		if got := api.Shorten(tc.in); got != tc.want {
			t.Errorf("%s: got %q", tc.name, got)
		}
	}
}
